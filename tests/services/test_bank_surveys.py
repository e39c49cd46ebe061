"""Surveys for a page: what is quick comes at once, what is not comes later, and none is made twice."""

import asyncio
from datetime import timedelta

import pytest

from assessor.ports import Sample
from assessor.services.bank_surveys import KEPT, BankSurveys
from assessor.services.surveying import BankHealth
from tests.world import START, TurnedClock

SAMPLE = Sample(tenant="acme")


def bank(track: str, sample: Sample) -> BankHealth:
    return BankHealth(track, sample, 0, 0, 0, None, (), ())


class Held:
    """A survey that goes on until it is let go."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()

    async def survey(self, track: str, sample: Sample) -> BankHealth:
        self.begun += 1
        await self.may_end.wait()
        return bank(track, sample)


async def test_a_quick_survey_is_there_at_once_and_is_kept_for_an_hour() -> None:
    held, clock = Held(), TurnedClock(START)
    held.may_end.set()
    surveys = BankSurveys(held.survey, clock)

    first = await surveys.of("python", SAMPLE)
    clock.at += KEPT - timedelta(seconds=1)
    again = await surveys.of("python", SAMPLE)
    clock.at += timedelta(seconds=1)
    anew = await surveys.of("python", SAMPLE)

    assert first.bank == bank("python", SAMPLE)
    assert (again, held.begun) == (first, 2)
    assert anew.at == clock.at


async def test_nobody_waits_for_a_long_one_and_two_who_ask_begin_one() -> None:
    held = Held()
    surveys = BankSurveys(held.survey, TurnedClock(START), patience=0)

    nothing = [await surveys.of("python", SAMPLE) for _ in range(2)]
    other = await surveys.of("python", Sample())
    held.may_end.set()
    await asyncio.sleep(0)
    found = await BankSurveys.of(surveys, "python", SAMPLE)

    assert [one.bank for one in (*nothing, other)] == [None] * 3
    assert held.begun == 2
    assert found.bank is not None


async def test_a_survey_that_fails_is_told_and_begun_anew_by_the_next_one() -> None:
    calls = iter([ValueError("broken"), None])

    async def survey(track: str, sample: Sample) -> BankHealth:
        if error := next(calls):
            raise error
        return bank(track, sample)

    surveys = BankSurveys(survey, TurnedClock(START))

    with pytest.raises(ValueError, match="broken"):
        await surveys.of("python", SAMPLE)
    assert (await surveys.of("python", SAMPLE)).bank is not None


async def test_what_goes_on_is_let_go_at_the_end() -> None:
    held = Held()
    surveys = BankSurveys(held.survey, TurnedClock(START), patience=0)
    await surveys.of("python", SAMPLE)

    await surveys.close()

    assert held.begun <= 1
