"""The quality sample: which decisions are drawn, what two looks come to, and when a judge falls by them."""

import numpy as np
import pytest

from assessor.domain.calibration import REQUIRED
from assessor.domain.item import Category
from assessor.domain.quality import (
    QUALITY,
    JudgeNamed,
    LookedAt,
    Pair,
    QualityLevel,
    QualityMark,
    Sampling,
    SecondLook,
    agreement_in,
    below_bar,
    compared,
    to_look_at,
)
from assessor.domain.score import Score
from tests.domain.samples import score, unscored

KEY = bytes(range(32))
IDS = [f"asm_{number}" for number in range(5000)]


@pytest.mark.parametrize("share", [0.0, 0.03, 0.04, 0.05, 1.0])
def test_about_the_share_that_was_asked_for_is_drawn(share: float) -> None:
    drawn = sum(Sampling(share, KEY).draws(id_) for id_ in IDS) / len(IDS)

    assert drawn == pytest.approx(share, abs=0.01)


def test_the_same_assessment_is_always_drawn_or_never_and_only_who_has_the_key_can_tell() -> None:
    first, again, other = (Sampling(0.5, key) for key in (KEY, KEY, bytes(32)))

    assert [first.draws(id_) for id_ in IDS] == [again.draws(id_) for id_ in IDS]
    assert sum(first.draws(id_) == other.draws(id_) for id_ in IDS) / len(IDS) == pytest.approx(0.5, abs=0.05)


def judged(criterion: str, value: float = 1.0, *, item: str = "sft-0", weight: float = 1.0) -> Score:
    return score(
        item_id=item,
        category=Category.SFT,
        criterion=criterion,
        rater="judge:m1",
        value=value,
        weight=weight,
        competency="semantics",
    )


def test_only_what_a_judge_scored_and_a_person_can_score_is_looked_at() -> None:
    found = to_look_at(
        [
            judged("cause"),
            judged("cure"),
            judged("tone", item="sft-1"),
            judged("applied:order", item="rubric-0"),
            judged("ruled").changed(rater="rule:sft"),
            judged("mine").changed(rater="person:rev_1"),
            unscored(judged("open")),
        ]
    )

    assert found == {"sft-0": ("cause", "cure"), "sft-1": ("tone",)}


@pytest.mark.parametrize(
    ("marks", "person", "differs"),
    [
        ({"cause": "met", "cure": "met"}, 4, False),
        ({"cause": "met", "cure": "unmet"}, 3, False),
        ({"cause": "unmet", "cure": "met"}, 1, True),
        ({"cause": "unmet", "cure": "unmet"}, 0, True),
    ],
)
def test_two_looks_come_to_levels_and_are_shown_where_they_are_two_apart(
    marks: dict[str, QualityMark], person: int, *, differs: bool
) -> None:
    scores = {("sft-0", one.criterion): one for one in (judged("cause", weight=3), judged("cure", weight=1))}
    named = JudgeNamed("m1", "sft/semantics", "cal_1")

    (found,) = compared(scores, {"sft-0": LookedAt("rev_2", "tone@3", "de", marks)}, [named])

    assert (found.person, found.judge, found.differs) == (person, 4, differs)
    assert (found.model, found.category, found.competency) == ("m1", Category.SFT, "semantics")
    assert found.calibration_id == "cal_1"
    assert (found.reviewer, found.rubric, found.language) == ("rev_2", "tone@3", "de")
    assert found.marks == {name: (int(mark == "met"), 1) for name, mark in marks.items()}


def test_what_the_person_cannot_assess_is_compared_with_nothing() -> None:
    scores = {("sft-0", "cause"): judged("cause")}

    look = LookedAt("rev_2", "tone@1", "en", {"cause": "cannot_assess"})

    assert compared(scores, {"sft-0": look}, []) == ()


def test_a_second_look_is_open_until_every_item_is_scored() -> None:
    look = SecondLook({"aa": ("x",), "bb": ("y",)}, marks={"aa": {"x": "met"}})
    far = QualityLevel(
        item_id="aa",
        category=Category.SFT,
        competency="tone",
        model="m",
        calibration_id=None,
        person=4,
        judge=1,
        reviewer="rev_2",
        rubric="tone@1",
        language="en",
        marks={"warm": (1, 0)},
    )
    near = far.changed(judge=3)

    assert look.open_items == ("bb",)
    assert SecondLook({}, levels=(far, near)).differences == (far,)


def pairs(n: int, *, seed: int = 1, noise: float = 0.55, leniency: float = 0.0) -> list[Pair]:
    """Levels by a person and by a judge with so much noise, and so much leniency in levels."""
    draw = np.random.default_rng(seed)
    truth = draw.normal(2, 1.2, n)
    person = np.clip(np.rint(truth + draw.normal(0, 0.3, n)), 0, 4).astype(int)
    judge = np.clip(np.rint(truth + leniency + draw.normal(0, noise, n)), 0, 4).astype(int)
    return list(zip(person.tolist(), judge.tolist(), strict=True))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], None),
        (pairs(QUALITY.least - 1, noise=5), None),
        (pairs(QUALITY.least, noise=5), "agreement (QWK) with 30 second looks"),
        (pairs(60, noise=0.3, leniency=0.6), "the judge is too lenient"),
        (pairs(300, noise=0.3, leniency=-0.4), "by 200 second looks the judge is too severe"),
        (pairs(300), None),
        (pairs(60), None),
    ],
)
def test_a_judge_loses_its_standing_when_second_looks_say_so_for_certain(
    found: list[Pair], said: str | None
) -> None:
    why = below_bar(found)

    assert (why is None) == (said is None), why
    assert (said or "") in (why or "")


def test_few_second_looks_just_below_the_bar_say_nothing_and_as_many_as_a_calibration_has_do() -> None:
    def is_just_below(found: list[Pair]) -> bool:
        return REQUIRED.qwk - 0.06 < (agreement_in(found).qwk or 0) < REQUIRED.qwk

    drawn = (pairs(200, seed=seed, noise=1.0) for seed in range(500))
    just_below = next(found for found in drawn if is_just_below(found) and is_just_below(found[:40]))

    assert below_bar(just_below) is not None
    assert below_bar(just_below[:40]) is None


def test_only_the_newest_count() -> None:
    good, bad = pairs(400), pairs(QUALITY.newest, noise=5)

    assert agreement_in([*bad, *good]) == agreement_in(bad)
    assert below_bar([*bad, *good]) is not None
    assert below_bar([*good, *bad]) is None


def test_where_everything_is_alike_there_is_no_number_and_no_alarm() -> None:
    alike = [(4, 4)] * 50

    assert agreement_in(alike).qwk is None
    assert below_bar(alike) is None
