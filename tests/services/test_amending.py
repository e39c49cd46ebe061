"""What candidates may do about their own words before they submit."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from assessor.domain.amending import MAX_CORRECTIONS
from assessor.domain.assessment import Assessment, replay
from assessor.domain.errors import Conflict, IllegalTransition, InvalidInput, TooLarge
from assessor.domain.evidence import locate
from assessor.domain.item import Category
from assessor.domain.transcript import Turn
from assessor.ports import ModelRequest
from assessor.services.closing import INTERVIEW_DRAFT
from assessor.services.delivering import transcript_document
from assessor.services.scoring import work_of
from tests.scripted import ScriptedModel
from tests.services import plays
from tests.world import World
from tests.world import world as build

LEAK = "Mrs Zeugmatova of Ptarmigan Clinic"
ANSWER = (
    f"I would read the traceback first, as I did for {LEAK}, because guessing costs more time. "
    "Then I write a test that fails."
)


class SlowModel(ScriptedModel):
    """Says the candidate's word back, once it is let to."""

    def __init__(self) -> None:
        super().__init__(always="You mentioned “Ptarmigan”. Can you give an example?")
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def stream(self, request: ModelRequest) -> AsyncIterator[str]:
        self.asked.set()
        await self.may_answer.wait()
        async for piece in super().stream(request):
            yield piece


async def answered(world: World, text: str = ANSWER, form: str = "short") -> tuple[Assessment, Turn]:
    """Return an interview whose first core question was answered, and that answer."""
    begun = await plays.begun(world, form)
    await world.conversing.receive(begun.id, "background-1", "I am an engineer.")
    await world.conversing.settled(begun.id)
    await world.conversing.receive(begun.id, "first-answer", text)
    assessment = await world.conversing.settled(begun.id)
    return assessment, said(assessment, "first-answer")


def said(assessment: Assessment, message_id: str) -> Turn:
    return next(turn for turn in assessment.transcript.turns if turn.message_id == message_id)


async def everything(world: World, assessment_id: str) -> str:
    """Return all that anybody could read of an assessment."""
    assessment = await world.log.load(assessment_id)
    events = await world.store.events(assessment_id)
    library = await world.content.library()
    works = [
        work_of(assessment, library.item("python", place.item_id), library) for place in assessment.form.items
    ]
    draft = await world.store.draft(assessment_id, INTERVIEW_DRAFT)
    understood = assessment.transcript.as_understood
    return f"{events} {assessment} {transcript_document(assessment)} {works} {draft} {understood}"


async def test_a_passage_that_was_taken_back_is_nowhere_and_leaves_a_tombstone(world: World) -> None:
    assessment, turn = await answered(world)
    await world.store.save_draft(assessment.id, INTERVIEW_DRAFT, {"text": ANSWER}, 0, world.clock.at)

    await world.amending.redact(assessment.id, "redaction-1", turn.seq, LEAK)

    told = await everything(world, assessment.id)
    assert "Zeugmatova" not in told
    assert "Ptarmigan" not in told
    left = said(await world.log.load(assessment.id), "first-answer")
    assert "as I did for [redacted by the candidate, 5 words], because guessing" in left.text
    assert [(one.words, one.at) for one in left.redactions] == [(5, world.clock.at)]


async def test_the_log_is_read_and_verified_as_before(world: World) -> None:
    assessment, turn = await answered(world)
    before = len(await world.store.events(assessment.id))

    after = await world.amending.redact(assessment.id, "redaction-1", turn.seq, LEAK)

    events = await world.store.events(assessment.id)
    assert await world.store.verify_chain(assessment.id) == before + 1
    assert [event.seq for event in events] == list(range(1, before + 2))
    assert replay(assessment.id, events) == after


async def test_a_whole_message_can_be_taken_back(world: World) -> None:
    assessment, turn = await answered(world)

    after = await world.amending.redact(assessment.id, "redaction-1", turn.seq, None)

    assert said(after, "first-answer").text == f"[redacted by the candidate, {len(ANSWER.split())} words]"
    assert after.texts_of(str(turn.item_id)) == ()


async def test_the_unscored_opening_can_be_taken_back_as_well(world: World) -> None:
    assessment, _ = await answered(world)

    after = await world.amending.redact(
        assessment.id, "redaction-1", said(assessment, "background-1").seq, None
    )

    assert said(after, "background-1").text == "[redacted by the candidate, 4 words]"


async def test_words_can_be_taken_back_from_a_message_again_and_again(world: World) -> None:
    assessment, turn = await answered(world)
    await world.amending.redact(assessment.id, "redaction-1", turn.seq, "Zeugmatova")
    await world.amending.redact(assessment.id, "redaction-2", turn.seq, "Ptarmigan")

    after = await world.amending.redact(
        assessment.id, "redaction-3", turn.seq, "because guessing costs more time"
    )

    told = await everything(world, assessment.id)
    assert not [word for word in ("Zeugmatova", "Ptarmigan", "guessing") if word in told]
    assert [one.words for one in said(after, "first-answer").redactions] == [1, 1, 5]
    assert replay(assessment.id, await world.store.events(assessment.id)) == after
    await world.store.verify_chain(assessment.id)


async def test_the_same_redaction_twice_is_one(world: World) -> None:
    assessment, turn = await answered(world)

    once = await world.amending.redact(assessment.id, "redaction-1", turn.seq, LEAK)
    twice = await world.amending.redact(assessment.id, "redaction-1", turn.seq, LEAK)

    assert twice.seq == once.seq


async def test_an_interviewers_message_that_said_the_words_back_loses_them_too(world: World) -> None:
    assessment, turn = await answered(
        world,
        "I compared every number with `ptarmigan_ledger` because they were off by one and nobody could say "
        "since when, and then I went back day by day until they agreed again with each other.",
    )
    assert "ptarmigan_ledger" in assessment.transcript.turns[-1].text, "nothing was said back"

    after = await world.amending.redact(assessment.id, "redaction-1", turn.seq, "ptarmigan_ledger")

    assert "You mentioned “[redacted by the candidate, 1 word]”." in after.transcript.turns[-1].text
    assert "ptarmigan_ledger" not in await everything(world, assessment.id)


async def test_the_same_words_in_other_own_messages_go_when_that_is_wanted(world: World) -> None:
    begun = await plays.begun(world)
    await world.conversing.receive(begun.id, "background-1", "I work at Ptarmigan Clinic.")
    await world.conversing.settled(begun.id)
    await world.conversing.receive(begun.id, "first-answer", "At Ptarmigan Clinic we read it first.")
    assessment = await world.conversing.settled(begun.id)
    seq = said(assessment, "first-answer").seq

    one = await world.amending.preview(begun.id, seq, "Ptarmigan Clinic", everywhere=False)
    both = await world.amending.preview(begun.id, seq, "Ptarmigan Clinic", everywhere=True)
    await world.amending.redact(begun.id, "redaction-1", seq, "Ptarmigan Clinic", everywhere=True)

    assert (one.own_messages, both.own_messages, both.words) == (1, 2, 2)
    assert "Ptarmigan" not in await everything(world, begun.id)


async def test_a_preview_stores_nothing(world: World) -> None:
    assessment, turn = await answered(world)

    preview = await world.amending.preview(assessment.id, turn.seq, LEAK)

    assert "[redacted by the candidate, 5 words]" in preview.left.text
    assert await world.log.load(assessment.id) == assessment


@pytest.mark.parametrize("passage", ["words that are not there", "   ", "x" * 30_000])
async def test_a_passage_that_is_not_in_the_message_is_refused(world: World, passage: str) -> None:
    assessment, turn = await answered(world)

    with pytest.raises((InvalidInput, TooLarge)):
        await world.amending.redact(assessment.id, "redaction-1", turn.seq, passage)

    assert await world.log.load(assessment.id) == assessment


async def test_the_interviewers_own_words_cannot_be_chosen(world: World) -> None:
    assessment, _ = await answered(world)

    with pytest.raises(InvalidInput, match="not one of yours"):
        await world.amending.redact(assessment.id, "redaction-1", assessment.transcript.turns[0].seq, None)


async def test_words_can_be_taken_back_when_the_time_is_over_but_not_corrected(world: World) -> None:
    assessment, turn = await answered(world)
    world.clock.turn(timedelta(days=1))

    after = await world.amending.redact(assessment.id, "redaction-1", turn.seq, LEAK)
    with pytest.raises(IllegalTransition, match="time is over"):
        await world.amending.correct(assessment.id, "correction-1", str(turn.item_id), None, "More.")

    assert said(after, "first-answer").redactions


async def test_after_submitting_nothing_can_be_changed(world: World) -> None:
    assessment = await plays.submitted(world)
    turn = next(turn for turn in assessment.transcript.turns if turn.item_id and turn.message_id)

    with pytest.raises(IllegalTransition):
        await world.amending.redact(assessment.id, "redaction-1", turn.seq, None)
    with pytest.raises(IllegalTransition):
        await world.amending.correct(assessment.id, "correction-1", str(turn.item_id), turn.seq, "Other.")
    with pytest.raises(IllegalTransition):
        await world.amending.confirm_summary(assessment.id)


async def test_a_correction_is_what_counts_and_the_first_version_stays_readable(world: World) -> None:
    assessment, turn = await answered(world)
    item_id, better = str(turn.item_id), "I would rather bisect the history first, because it is mechanical."

    after = await world.amending.correct(assessment.id, "correction-1", item_id, turn.seq, better)

    found = locate("bisect the history first", after.texts_of(item_id))
    assert found is not None
    assert (found.event_seq, better[found.start : found.end]) == (after.seq, "bisect the history first")
    assert locate("write a test that fails", after.texts_of(item_id)) is None
    assert said(after, "first-answer").text == ANSWER
    assert transcript_document(after)["corrections"][0]["replaces"] == turn.seq


async def test_an_addition_counts_beside_what_was_said(world: World) -> None:
    assessment, turn = await answered(world)
    item_id = str(turn.item_id)

    after = await world.amending.correct(assessment.id, "addition-1", item_id, None, "And I note it down.")
    added = after.seq
    after = await world.amending.correct(assessment.id, "addition-2", item_id, added, "And I log it.")

    assert [own.text for own in after.texts_of(item_id)] == [ANSWER, "And I log it."]


async def test_raters_read_the_corrected_words_in_their_place(world: World) -> None:
    assessment, turn = await answered(world)
    item_id = str(turn.item_id)
    library = await world.content.library()

    after = await world.amending.correct(assessment.id, "correction-1", item_id, turn.seq, "I bisect first.")
    after = await world.amending.correct(assessment.id, "addition-1", item_id, None, "Then I test.")

    own = [
        one.text
        for one in work_of(after, library.item("python", item_id), library).turns
        if one.speaker == "candidate"
    ]
    assert own == ["I bisect first.", "Then I test."]


async def test_the_interviewer_goes_on_from_the_corrected_answer(world: World) -> None:
    assessment, turn = await answered(world)
    item_id = str(turn.item_id)

    after = await world.amending.correct(assessment.id, "correction-1", item_id, turn.seq, "I bisect first.")
    after = await world.amending.correct(assessment.id, "addition-1", item_id, None, "Then I test.")

    understood = after.transcript.as_understood
    assert said_in(understood.turns, turn.seq) == "I bisect first.\n\nThen I test."
    assert [one.seq for one in understood.turns] == [one.seq for one in after.transcript.turns]


def said_in(turns: tuple[Turn, ...], seq: int) -> str:
    return next(turn.text for turn in turns if turn.seq == seq)


async def test_a_correction_can_be_taken_back_too(world: World) -> None:
    assessment, turn = await answered(world)
    item_id = str(turn.item_id)
    corrected = await world.amending.correct(
        assessment.id, "correction-1", item_id, turn.seq, f"It was {LEAK} who asked."
    )

    after = await world.amending.redact(assessment.id, "redaction-1", corrected.seq, LEAK, everywhere=True)

    assert "Zeugmatova" not in await everything(world, assessment.id)
    assert after.transcript.corrections[0].text == "It was [redacted by the candidate, 5 words] who asked."


async def test_a_tombstone_cannot_be_quoted_as_evidence(world: World) -> None:
    assessment, turn = await answered(world)

    after = await world.amending.redact(assessment.id, "redaction-1", turn.seq, LEAK)

    texts = after.texts_of(str(turn.item_id))
    assert locate("[redacted by the candidate, 5 words]", texts) is None
    assert locate("did for [redacted by the candidate", texts) is None
    found = locate("because guessing costs more time", texts)
    assert found is not None
    text = said(after, "first-answer").text
    assert text[found.start : found.end] == "because guessing costs more time"


async def test_the_same_correction_twice_is_one(world: World) -> None:
    assessment, turn = await answered(world)

    once = await world.amending.correct(assessment.id, "correction-1", str(turn.item_id), turn.seq, "Other.")
    twice = await world.amending.correct(assessment.id, "correction-1", str(turn.item_id), turn.seq, "Other.")

    assert twice.seq == once.seq


async def test_an_answer_can_be_corrected_only_so_often(world: World) -> None:
    assessment, turn = await answered(world)
    for number in range(MAX_CORRECTIONS):
        await world.amending.correct(
            assessment.id, f"correction-{number}", str(turn.item_id), turn.seq, f"Other {number}."
        )

    with pytest.raises(Conflict, match="corrected 10 times"):
        await world.amending.correct(assessment.id, "correction-more", str(turn.item_id), turn.seq, "More.")


@pytest.mark.parametrize(
    ("item_id", "replaces", "text", "refusal"),
    [
        ("no-such-item", None, "More.", InvalidInput),
        (None, 1, "More.", InvalidInput),
        (None, None, "   ", InvalidInput),
        (None, None, "x" * 8001, TooLarge),
    ],
)
async def test_a_correction_of_nothing_that_was_said_is_refused(
    world: World, item_id: str | None, replaces: int | None, text: str, refusal: type[Exception]
) -> None:
    assessment, turn = await answered(world)

    with pytest.raises(refusal):
        await world.amending.correct(
            assessment.id, "correction-1", item_id or str(turn.item_id), replaces, text
        )


async def test_a_question_that_was_not_asked_cannot_be_answered_by_a_correction(world: World) -> None:
    assessment, _ = await answered(world, form="full")
    unasked = assessment.form.of(Category.INTERVIEW)[-1].item_id

    with pytest.raises(InvalidInput, match="was not asked"):
        await world.amending.correct(assessment.id, "correction-1", unasked, None, "More.")


async def test_the_summary_says_what_was_covered_and_is_confirmed_once(world: World) -> None:
    assessment = await plays.interviewed(world)

    covered = await world.amending.summary(assessment)
    once = await world.amending.confirm_summary(assessment.id)
    twice = await world.amending.confirm_summary(assessment.id)

    places = assessment.form.of(Category.INTERVIEW)
    assert [one.item_id for one in covered] == [place.item_id for place in places]
    assert {one.state for one in covered} == {"answered"}
    assert all(one.words > 0 for one in covered)
    assert once.summary_confirmed_at == world.clock.at
    assert twice.seq == once.seq


async def test_a_summary_is_not_confirmed_before_the_end(world: World) -> None:
    assessment, _ = await answered(world)

    with pytest.raises(IllegalTransition, match="not finished"):
        await world.amending.confirm_summary(assessment.id)


async def test_what_was_not_reached_and_what_was_taken_back_is_said_so(world: World) -> None:
    assessment, turn = await answered(world, form="full")

    after = await world.amending.redact(assessment.id, "redaction-1", turn.seq, None)

    states = [one.state for one in await world.amending.summary(after)]
    assert states[0] == "asked"
    assert states[-1] == "not_reached"


async def test_a_corrected_interview_is_scored_and_replays_alike(world: World) -> None:
    assessment = await plays.interviewed(world, level=1)
    item_id = assessment.form.of(Category.INTERVIEW)[0].item_id
    for turn in assessment.transcript.about(item_id):
        if turn.speaker == "candidate":
            await world.amending.redact(assessment.id, f"redaction-{turn.seq}", turn.seq, None)

    await world.answering.submit(assessment.id)

    scored = await world.log.load(assessment.id)
    reasons = {score.reason for (scored_item, _), score in scored.scores.items() if scored_item == item_id}
    assert reasons == {"This part was not answered."}
    assert replay(assessment.id, await world.store.events(assessment.id)) == scored


async def test_a_reply_that_was_thought_up_before_a_redaction_is_not_said(
    tmp_path: Path, address: str
) -> None:
    model = SlowModel()
    async with build(tmp_path, address, model=model) as world:
        begun = await plays.begun(world)
        await world.conversing.receive(begun.id, "background-1", "I am an engineer.")
        await world.conversing.settled(begun.id)
        await world.conversing.receive(begun.id, "first-answer", "Ptarmigan asked me to.")
        await model.asked.wait()
        waiting = await world.log.load(begun.id)

        await world.amending.redact(begun.id, "redaction-1", said(waiting, "first-answer").seq, "Ptarmigan")
        model.may_answer.set()
        await world.conversing.settled(begun.id)
        assessment = await world.conversing.settled(begun.id)

        first, *later = (request.user for request in model.history)
        assert "Ptarmigan" in first
        assert later
        assert not any("Ptarmigan" in request for request in later)
        assert assessment.transcript.turns[-1].speaker == "interviewer"
        assert "Ptarmigan" not in await everything(world, begun.id)
