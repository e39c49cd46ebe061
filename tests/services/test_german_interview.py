"""A whole interview in German, by authored texts, with a model, and refused where texts are missing."""

from pathlib import Path

import pytest

from assessor.adapters.content import FileContent
from assessor.domain.assessment import Assessment
from assessor.domain.errors import InvalidInput
from assessor.domain.item import Category, InterviewItem
from assessor.domain.language import is_in
from assessor.domain.library import Library
from assessor.interview.graph import Interviewer
from assessor.services.briefing import brief_for
from assessor.services.order import Order
from assessor.services.scoring import work_of
from assessor.simulation import inspection
from tests.interview.stage import PROMPTS
from tests.scripted import ScriptedModel
from tests.world import World

HERE = Path(__file__).parents[1] / "german"
ORDER = Order(candidate_ref="kandidat-1", track="pflege", language="de", livemode=False)
ANSWERS = (
    "Ich arbeite seit zwölf Jahren in der Pflege, zuletzt auf einer internistischen Station.",
    "Können Sie die Frage bitte wiederholen?",
    "Ich übergebe am Bett, mit SBAR.",
    "Das weiß ich leider nicht.",
    "Kann ich kurz mit einem Menschen sprechen?",
    "Zuerst sehe ich nach, ob die Person ansprechbar ist.",
    "Letzte Woche ist jemand gestürzt, und ich habe die Vitalzeichen gemessen, weil das zuerst kommt.",
    "Dazu möchte ich nichts sagen.",
    *["Mehr fällt mir dazu nicht ein."] * 6,
)


@pytest.fixture
async def library(world: World) -> Library:
    library = await FileContent(HERE / "question_banks", HERE / "rubrics").library()
    world.content.edited = library
    return library


async def _interviewed(world: World, order: Order) -> Assessment:
    ordered = await world.ordering.order(world.tenant, order)
    await world.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])
    await world.conversing.begin(ordered.assessment.id)
    assessment = await world.conversing.settled(ordered.assessment.id)
    for number, text in enumerate(ANSWERS):
        if not assessment.interview_finished:
            await world.conversing.receive(assessment.id, f"message-{number:03}", text)
            assessment = await world.conversing.settled(assessment.id)
    return assessment


async def test_the_whole_interview_is_german_from_the_welcome_to_the_closing(
    world: World, library: Library
) -> None:
    assessment = await _interviewed(world, ORDER)

    said = [turn.text for turn in assessment.transcript.turns if turn.speaker == "interviewer"]
    track = library.track("pflege").words_in("de")
    assert assessment.interview_finished
    assert said[0].startswith("Guten Tag und herzlich willkommen.")
    assert said[0].endswith(track.background_question)
    assert said[-1].endswith(track.closing)
    assert [text for text in said if not is_in("de", text)] == []


async def test_core_questions_are_asked_once_and_verbatim_and_nothing_unapproved_is_said(
    world: World, library: Library
) -> None:
    assessment = await _interviewed(world, ORDER)

    brief = brief_for(assessment, library, frozenset())
    events = await world.store.events(assessment.id)
    assert [inspection.asked_once(assessment.transcript, q) for q in brief.questions] == [True, True]
    assert inspection.unapproved(events, brief) == 0


async def test_german_requests_are_understood(world: World, library: Library) -> None:
    assessment = await _interviewed(world, ORDER)

    replies = {
        assessment.transcript.turns[place - 1].text: turn.text
        for place, turn in enumerate(assessment.transcript.turns)
        if turn.speaker == "interviewer" and place
    }
    assert replies[ANSWERS[1]].startswith("Gern. Hier ist die Frage noch einmal:")
    assert replies[ANSWERS[3]].startswith("Das ist in Ordnung.")
    assert "schreiben Sie bitte der Plattform" in replies[ANSWERS[4]]


async def test_a_model_is_told_to_speak_german_and_words_a_probe_in_german(
    world: World, library: Library
) -> None:
    model = ScriptedModel(always="Sie haben „SBAR“ genannt. Können Sie von einem solchen Dienst erzählen?")
    world.conversing._interviewer = Interviewer(model, PROMPTS)

    assessment = await _interviewed(world, ORDER)

    assert 'in the language "de"' in model.history[0].system
    assert "„SBAR“" in " ".join(turn.text for turn in assessment.transcript.turns if turn.kind == "probe")


async def test_raters_read_the_question_that_was_asked(world: World, library: Library) -> None:
    assessment = await _interviewed(world, ORDER)

    for place in assessment.form.of(Category.INTERVIEW):
        item = library.item("pflege", place.item_id)
        assert isinstance(item, InterviewItem)
        assert work_of(assessment, item, library).item.presented()["question"] == (
            item.translations["de"].question
        )


async def test_the_same_track_can_be_ordered_in_english(world: World, library: Library) -> None:
    order = Order(candidate_ref="candidate-1", track="pflege", language="en", livemode=False)

    ordered = await world.ordering.order(world.tenant, order)

    brief = brief_for(ordered.assessment, library, frozenset())
    assert brief.opening == library.track("pflege").background_question
    assert brief.questions[0].text.endswith("?")
    assert is_in("en", brief.questions[0].text)


@pytest.mark.parametrize(
    ("track", "language", "way_out"), [("python", "de", "en"), ("pflege", "fr", "en, de")]
)
async def test_a_language_without_all_texts_is_refused_when_it_is_ordered(
    world: World, track: str, language: str, way_out: str
) -> None:
    if track == "pflege":
        world.content.edited = await FileContent(HERE / "question_banks", HERE / "rubrics").library()
    order = Order(candidate_ref="candidate-1", track=track, language=language, livemode=False)

    with pytest.raises(InvalidInput) as refused:
        await world.ordering.order(world.tenant, order)

    (problem,) = refused.value.problems
    assert problem.field == "language"
    assert f"cannot be held in '{language}'" in str(refused.value)
    assert f"Use one of: {way_out}." in str(refused.value)
