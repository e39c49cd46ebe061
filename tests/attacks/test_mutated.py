"""A payload in another form gets no more than the payload itself."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain.library import Library
from tests.attacks.judging import PLACES, judged, library, trials
from tests.attacks.mutating import MUTATIONS, mutated, mutations
from tests.attacks.payloads import JUDGE_KINDS, OWN_JUDGE, Attack, found

ATTACKS = [attack for attack in found(OWN_JUDGE, JUDGE_KINDS) if attack.kind not in {"G3", "G6"}]
"""Without content and padding, which say nothing that could be said otherwise."""


@pytest.fixture(scope="module")
def shelf() -> Library:
    return asyncio.run(library())


def in_other_words(shelf: Library, examples: int) -> Callable[[], None]:
    @settings(max_examples=examples)
    @given(
        st.sampled_from(ATTACKS),
        mutations(),
        st.sampled_from(PLACES),
        st.integers(min_value=0, max_value=999),
    )
    def play(attack: Attack, names: tuple[str, ...], place: str, seed: int) -> None:
        disguised = replace(attack, payload=mutated(attack.payload, names))
        (drawn,) = trials([disguised], shelf, 1, seed)
        result = asyncio.run(judged(replace(drawn, place=place)))
        assert (result.raised, result.flipped) == ((), ())

    return play


def test_no_mutation_of_a_payload_raises_a_score(shelf: Library) -> None:
    in_other_words(shelf, 40)()


@pytest.mark.deep
def test_no_mutation_of_a_payload_raises_a_score_in_many_trials(shelf: Library) -> None:
    in_other_words(shelf, 2000)()


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_a_model_that_obeys_understands_every_mutation(shelf: Library, name: str) -> None:
    attack = ATTACKS[0]
    disguised = replace(attack, payload=mutated(attack.payload, (name,)))
    (drawn,) = trials([disguised], shelf, 1)

    result = asyncio.run(judged(replace(drawn, place="after")))

    assert disguised.payload != attack.payload
    assert (result.obeyed, result.bites, result.won) == (True, True, False)
