"""The clock of an assessment, whatever is done to it."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import events as e
from assessor.domain.accommodation import Accommodation
from assessor.domain.assessment import Assessment, Status, advanced
from assessor.domain.timekeeping import PauseReason
from tests.domain.samples import NOW, STARTED, assessment

LIMIT = timedelta(hours=2).total_seconds()
BUDGET = timedelta(minutes=30).total_seconds()
WORKING = assessment(*STARTED)
FACTORS = (1.0, 1.25, 1.5, 2.0)


@dataclass
class Course:
    """An assessment with books of our own about the time that was worked."""

    state: Assessment = WORKING
    now: timedelta = timedelta(0)
    standard_work: float = 0.0
    """Seconds, each stretch divided by the factor that held."""
    seconds_in_breaks: float = 0.0
    left: list[float] = field(default_factory=list)

    def passes(self, seconds: int) -> None:
        runs_from = self.now
        self.now += timedelta(seconds=seconds)
        if self.state.paused_at is None:
            self._work(seconds)
        elif self.state.paused_until is not None:
            until = min(self.state.paused_until, NOW + self.now)
            self.seconds_in_breaks += max((until - (NOW + runs_from)).total_seconds(), 0)

    def _work(self, seconds: float) -> None:
        self.standard_work += seconds / self.state.accommodation.time_factor

    def pauses(self, reason: PauseReason) -> None:
        if self.state.break_left(NOW + self.now) or reason == "distress":
            self._add(e.AssessmentPaused(reason=reason))

    def goes_on(self, _: object) -> None:
        if self.state.paused_at is None:
            return
        if (until := self.state.paused_until) and until < NOW + self.now:
            self._work((NOW + self.now - until).total_seconds())  # overrun: the clock ran since then
        deadline = self.state.deadline_after_pause(NOW + self.now)
        self._add(e.AssessmentResumed(deadline=deadline))

    def is_granted(self, factor: float) -> None:
        terms = self.state.accommodation.changed(time_factor=factor)
        in_time = (self.state.time_left(NOW + self.now) or 0) > 0
        if terms.takes_from(self.state.accommodation) is None and in_time:
            if self.state.paused_until and self.state.paused_until < NOW + self.now:
                self.goes_on(None)
            self._add(e.AccommodationGranted(terms=terms, by="platform", who="key_1", reason=""))

    def _add(self, fact: e.Fact) -> None:
        self.state = advanced(self.state, self.state.seq + 1, NOW + self.now, fact)


ACTS = st.one_of(
    st.tuples(st.just(Course.passes), st.integers(0, 3000)),
    st.tuples(st.just(Course.pauses), st.sampled_from(("break", "distress"))),
    st.tuples(st.just(Course.goes_on), st.none()),
    st.tuples(st.just(Course.is_granted), st.sampled_from(FACTORS)),
)


@given(st.lists(ACTS, max_size=40))
def test_what_is_left_and_what_was_worked_always_make_up_the_limit(acts: list[tuple[object, object]]) -> None:
    course = Course()

    for act, value in acts:
        act(course, value)  # type: ignore[operator]  # a method of Course with the value that it takes
    course.goes_on(None)

    left, factor = course.state.time_left(NOW + course.now), course.state.accommodation.time_factor
    assert left is not None
    # Work after the deadline is not taken, so it is what is over, never what is used.
    assert max(left, 0) / factor + min(course.standard_work, LIMIT) == pytest.approx(LIMIT, abs=0.01)
    assert course.state.break_used == pytest.approx(course.seconds_in_breaks, abs=0.01)
    assert course.state.break_used <= BUDGET + 0.01


@given(
    st.integers(0, 7000), st.lists(st.integers(0, 4000), max_size=8), st.sampled_from(("break", "distress"))
)
def test_the_time_left_never_falls_during_a_pause(
    worked: int, moments: list[int], reason: PauseReason
) -> None:
    at = NOW + timedelta(seconds=worked)
    paused = advanced(WORKING, WORKING.seq + 1, at, e.AssessmentPaused(reason=reason))

    left = [paused.time_left(at + timedelta(seconds=moment)) for moment in sorted(moments)]

    assert set(left) <= {WORKING.time_left(at)}
    assert not paused.is_over(at + timedelta(days=1))


@pytest.mark.parametrize(
    ("terms", "minutes"),
    [
        (Accommodation(time_factor=1.25), 112.5),
        (Accommodation(time_factor=1.5), 135),
        (Accommodation(time_factor=2), 180),
        (Accommodation(extra_break_minutes=60), 90),
        (Accommodation(untimed=True), None),
        (Accommodation(untimed=True, time_factor=2), None),
    ],
)
@pytest.mark.parametrize("in_a_break", [False, True])
def test_an_accommodation_keeps_what_was_used_and_scales_the_rest(
    terms: Accommodation, minutes: float | None, *, in_a_break: bool
) -> None:
    at = NOW + timedelta(minutes=30)
    course = Course(now=timedelta(minutes=30))
    if in_a_break:
        course.pauses("break")

    course._add(e.AccommodationGranted(terms=terms, by="platform", who="key_1", reason=""))

    assert course.state.time_left(at) == (None if minutes is None else minutes * 60)
    assert course.state.is_over(NOW + timedelta(days=9)) == (minutes is not None and not in_a_break)


def test_the_wait_for_a_reply_is_not_lost_when_the_terms_change() -> None:
    said = e.CandidateMessage(message_id="message-1", item_id=None, text="I write services.")
    course = Course()
    course._add(said)
    course.now = timedelta(minutes=5)

    course._add(e.AccommodationGranted(terms=Accommodation(time_factor=2), by="platform", who="k", reason=""))

    assert course.state.time_left(NOW + timedelta(minutes=5)) == 2 * LIMIT
    assert course.state.time_left(NOW + timedelta(minutes=9)) == 2 * LIMIT


def test_a_break_that_was_overrun_ended_when_its_budget_was_used_up() -> None:
    paused_at, back_at = NOW + timedelta(minutes=10), NOW + timedelta(minutes=70)
    paused = advanced(WORKING, WORKING.seq + 1, paused_at, e.AssessmentPaused())

    deadline = paused.deadline_after_pause(back_at)
    back = advanced(paused, WORKING.seq + 2, back_at, e.AssessmentResumed(deadline=deadline, by="limit"))

    assert paused.paused_until == paused_at + timedelta(minutes=30)
    assert back.time_left(back_at) == timedelta(minutes=80).total_seconds()
    assert (back.break_left(back_at), back.break_used) == (0, BUDGET)


def test_distress_during_a_break_lifts_its_end_and_uses_no_more_of_the_budget() -> None:
    course = Course()
    course.pauses("break")
    course.now = timedelta(minutes=4)

    course.pauses("distress")
    course.now = timedelta(days=2)

    assert course.state.status is Status.PAUSED
    assert course.state.paused_until is None
    assert course.state.time_left(NOW + course.now) == LIMIT
    assert course.state.break_left(NOW + course.now) == BUDGET - 240


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        (Accommodation(), Accommodation(time_factor=1.5), None),
        (Accommodation(time_factor=1.5), Accommodation(untimed=True), None),
        (Accommodation(time_factor=1.5), Accommodation(time_factor=1.25), "time_factor"),
        (Accommodation(untimed=True), Accommodation(time_factor=2), "untimed"),
        (Accommodation(extra_break_minutes=10), Accommodation(time_factor=2), "extra_break_minutes"),
    ],
)
def test_terms_that_would_take_something_away_name_the_field(
    before: Accommodation, after: Accommodation, field: str | None
) -> None:
    assert after.takes_from(before) == field


@pytest.mark.parametrize(
    ("kinds", "seen_up_to", "needs"),
    [
        ((), 0, None),
        (("break",), 0, "break"),
        (("more_time", "distress", "person"), 0, "distress"),
        (("distress", "break", "person"), 1, "person"),
        (("distress",), 1, None),
    ],
)
def test_the_most_urgent_unseen_call_for_help_is_what_the_queue_shows(
    kinds: tuple[e.HelpKind, ...], seen_up_to: int, needs: str | None
) -> None:
    asked = [e.HelpAsked(kind=kind, message=place) for place, kind in enumerate(kinds, 1)]
    seen = (e.HelpSeen(reviewer="rev_1", message=seen_up_to),) if seen_up_to else ()

    assert assessment(*STARTED, *asked, *seen).projection().needs_help == needs
