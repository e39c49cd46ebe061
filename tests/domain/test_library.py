"""The library: what belongs to whom, and what stands in for what."""

import pytest

from assessor.domain.errors import NotFound
from assessor.domain.item import InterviewItem
from assessor.domain.item.interview import QuestionWords
from assessor.domain.library import Library
from tests.domain.samples import track
from tests.scoring.works import INTERVIEW, RANKING, RUBRIC, SFT

GERMAN = "Eine Funktion hat eine leere Liste als Vorgabe. Was kann dabei schiefgehen, und warum?"
SHIPPED = Library(
    tracks={"python": track()},
    items={"python": {SFT.id: SFT, RANKING.id: RANKING}},
    rubrics={RUBRIC.id: RUBRIC},
)
OWN = RUBRIC.changed(id="house-rules")
HOUSE = Library(
    tracks={"house": track(id="house")},
    items={"house": {SFT.id: SFT.changed(rubric=OWN.id)}},
    rubrics={OWN.id: OWN, "spare": OWN.changed(id="spare")},
)
BOTH = SHIPPED.joined(HOUSE, "acme")


def test_a_platforms_own_track_is_offered_to_it_alone() -> None:
    assert BOTH.offered_to("acme", "house") == HOUSE.tracks["house"]
    assert BOTH.offered_to("other", "house") is None
    assert BOTH.offered_to("other", "python") == BOTH.offered_to("acme", "python") == track()
    assert BOTH.offered_to("acme", "unknown") is None
    assert BOTH.owners == {"house": "acme"}


def test_what_everybody_uses_does_not_change_with_what_one_uploads() -> None:
    assert (BOTH.rubrics, BOTH.own_rubrics) == (SHIPPED.rubrics, HOUSE.rubrics)
    assert BOTH.items == SHIPPED.items | HOUSE.items
    assert BOTH.rubrics_for("python") == SHIPPED.rubrics
    assert BOTH.rubrics_for("house") == {OWN.id: OWN}
    assert BOTH.rubric(OWN.id) == OWN


def test_a_second_platform_joins_the_first() -> None:
    third = HOUSE.housed("house", "house-2")

    found = BOTH.joined(third, "other")

    assert found.owners == {"house": "acme", "house-2": "other"}
    assert set(found.own_rubrics) == {OWN.id, "spare", "house-rules-2", "spare-2"}


def test_a_track_in_a_house_of_its_own_has_ids_that_no_other_one_has() -> None:
    found = SHIPPED.housed("python", "python-acme")

    assert found == Library(
        tracks={"python-acme": track(id="python-acme")},
        items={"python-acme": {SFT.id: SFT.changed(rubric="reading-code-acme"), RANKING.id: RANKING}},
        rubrics={"reading-code-acme": RUBRIC.changed(id="reading-code-acme")},
    )


def test_rubrics_stand_in_for_those_of_the_same_id_and_no_other_comes_in() -> None:
    new, newer = RUBRIC.changed(purpose="Another purpose."), OWN.changed(purpose="Another purpose.")

    found = BOTH.with_rubrics([new, newer, RUBRIC.changed(id="unheard-of")])

    assert found.rubrics == {RUBRIC.id: new}
    assert found.own_rubrics == HOUSE.rubrics | {OWN.id: newer}
    assert (found.tracks, found.items, found.owners) == (BOTH.tracks, BOTH.items, BOTH.owners)


@pytest.mark.parametrize(
    ("kind", "looks"),
    [
        ("track", lambda: SHIPPED.track("nowhere")),
        ("item", lambda: SHIPPED.item("python", "nowhere")),
        ("item", lambda: SHIPPED.item("nowhere", SFT.id)),
        ("rubric", lambda: SHIPPED.rubric("nowhere")),
    ],
)
def test_what_is_not_there_is_named(kind: str, looks: type) -> None:
    with pytest.raises(NotFound) as refused:
        looks()

    assert refused.value.kind == kind
    assert refused.value.id in {"nowhere", SFT.id}


def test_an_interview_is_held_in_the_language_that_was_asked_for() -> None:
    words = QuestionWords(
        question=GERMAN, probes={probe.id: f"Welches Beispiel {probe.id}?" for probe in INTERVIEW.probes}
    )
    item = INTERVIEW.changed(translations={"de": words})

    german = SHIPPED.as_asked("python", item, "de")

    assert isinstance(german, InterviewItem)
    assert german.question == GERMAN
    assert [probe.text for probe in german.probes] == [
        f"Welches Beispiel p{number}?" for number in range(1, 5)
    ]
    assert [probe.kind for probe in german.probes] == [probe.kind for probe in INTERVIEW.probes]
    assert item.questions == (INTERVIEW.question, GERMAN)
    assert SHIPPED.as_asked("python", item, "en") == item
    assert SHIPPED.as_asked("python", SFT, "de") == SFT
    with pytest.raises(KeyError):
        SHIPPED.as_asked("python", item, "fr")
