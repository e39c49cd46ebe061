"""What holds for the judge's scores whatever the model says."""

import asyncio
from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain.ability import assuming, estimate, observe
from assessor.domain.rubric import Rubric
from assessor.domain.score import Score, Unscored
from tests.scoring.graders import Grader, Row, bench
from tests.scoring.test_judge import LONG
from tests.scoring.works import ANSWER, talk

IDS = [criterion.id for criterion in LONG.criteria]
TEXTS = {criterion.text: criterion.id for criterion in LONG.criteria}

verdicts = st.sampled_from(["met", "unmet", "cannot_assess"])
probabilities = st.floats(0, 1)
quotes = st.sampled_from([ANSWER, "every call shares it", "never said by anybody here", "short one", ""])
judgements = st.fixed_dictionaries({"verdict": verdicts, "probability": probabilities, "quote": quotes})
readings = st.fixed_dictionaries(dict.fromkeys(IDS, judgements))

WEIGHTS = {criterion.competency: 1.0 + place for place, criterion in enumerate(LONG.criteria)}

Said = Mapping[str, Mapping[str, object]]


def rated(said: Said, rubric: Rubric = LONG) -> dict[str, Score]:
    def says(text: str, _own: str) -> Row | None:
        if text not in TEXTS:
            return None
        one = said[TEXTS[text]]
        return {"quotes": [one["quote"]], "verdict": one["verdict"], "probability": one["probability"]}

    return asyncio.run(bench(Grader(says)).rate(talk(ANSWER, rubric=rubric)))


def total(scores: Mapping[str, Score]) -> float:
    """The composite by which a rule says that somebody is qualified: what is unscored may turn out unmet."""
    observations = observe(tuple(scores.values()), WEIGHTS)
    return estimate(assuming(observations, 0.0), cut=0.0).probability


def reordered(order: Sequence[int]) -> Rubric:
    return LONG.changed(criteria=tuple(LONG.criteria[at] for at in order))


@settings(deadline=None, max_examples=60)
@given(readings, st.sampled_from(IDS))
def test_a_criterion_more_that_is_met_never_lowers_a_total(said: Said, one: str) -> None:
    better = {**said, one: {"verdict": "met", "probability": 0.99, "quote": ANSWER}}

    assert total(rated(better)) >= total(rated(said))


@settings(deadline=None, max_examples=60)
@given(readings, st.permutations(range(len(IDS))))
def test_the_order_of_criteria_and_of_calls_does_not_matter(said: Said, order: list[int]) -> None:
    one, other = rated(said), rated(said, reordered(order))

    assert {name: (s.value, s.unscored, s.evidence) for name, s in one.items()} == {
        name: (s.value, s.unscored, s.evidence) for name, s in other.items()
    }


@settings(deadline=None, max_examples=60)
@given(readings, st.sampled_from(IDS))
def test_an_abstention_never_raises_a_total(said: Said, one: str) -> None:
    abstaining = {**said, one: {**said[one], "verdict": "cannot_assess"}}

    assert total(rated(abstaining)) <= total(rated(said))


@settings(deadline=None, max_examples=60)
@given(readings)
def test_credit_always_points_at_words_of_the_candidate(said: Said) -> None:
    for score in rated(said).values():
        assert not score.value or all(ANSWER[e.start : e.end] for e in score.evidence)
        assert not score.value or score.evidence
        assert (score.value is None) == (score.unscored is not None)


@settings(deadline=None, max_examples=60)
@given(readings)
def test_a_quote_that_is_not_there_never_counts(said: Said) -> None:
    invented = {name: {**one, "quote": "words that nobody ever said here"} for name, one in said.items()}

    assert not any(score.value for score in rated(invented).values())


@settings(deadline=None, max_examples=60)
@given(readings, st.sampled_from(IDS), st.sampled_from([Unscored.QUARANTINED, Unscored.BUDGET_EXHAUSTED]))
def test_whatever_is_left_unscored_never_raises_a_total(said: Said, one: str, why: Unscored) -> None:
    scores = rated(said)
    without = scores[one].changed(value=None, unscored=why, evidence=())

    assert total({**scores, one: without}) <= total(scores)
