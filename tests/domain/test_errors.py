"""A refusal says what is wrong, and the way out."""

from datetime import UTC, datetime

import pytest

from assessor.domain.errors import (
    AccountDisabled,
    AccountLocked,
    AssessorError,
    Conflict,
    Erased,
    FieldProblem,
    Forbidden,
    Gone,
    InvalidInput,
    LeaseHeld,
    LibraryInvalid,
    LibraryProblem,
    MovedOn,
    NotFound,
    NotTrained,
    SettingProblem,
    SettingsInvalid,
    StoreUnavailable,
    TooLarge,
    VerdictNotReady,
    invalid,
)

NOON = datetime(2026, 11, 22, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (invalid("email", "is no address", "Write it as name@example.com."), ["email: is no address. Write"]),
        (MovedOn(), ["in another browser. Go on there, or make a code there"]),
        (AccountLocked(NOON), ["locked. Wait until 12:05 UTC, or ask an administrator"]),
        (AccountDisabled(), ["disabled. Ask an administrator of your platform."]),
        (Forbidden("the role admin"), ["This needs the role admin."]),
        (NotTrained("python"), ["the track python", "/review/training"]),
        (NotFound("case", "as_1"), ["There is no case 'as_1' here."]),
        (VerdictNotReady("verdict", "as_1", "scoring", 30), ["as_1 is scoring", "Ask again in 30 seconds."]),
        (VerdictNotReady("verdict", "as_1", "expired", None), ["as_1 is expired", "will not get a verdict"]),
        (Conflict("It is being scored", "Wait a minute."), ["It is being scored. Wait a minute."]),
        (LeaseHeld("Rita", NOON), ["Rita has this case in hand until 12:05 UTC", "Take another case"]),
        (Gone("link", "has expired", "Ask for a new one."), ["This link has expired. Ask for a new one."]),
        (Erased(), ["This candidate's data was erased.", "needs another reference"]),
        (TooLarge("answer", 12, 10), ["answer has 12 characters; the limit is 10.", "shorten it"]),
        (StoreUnavailable(3), ["Try again in 3 seconds."]),
    ],
    ids=lambda one: one.code if isinstance(one, AssessorError) else "",
)
def test_what_people_read_holds_what_is_wrong_and_what_to_do(error: AssessorError, said: list[str]) -> None:
    assert [part for part in said if part not in str(error)] == []


def test_every_field_that_is_wrong_is_told_in_one_sentence_after_the_other() -> None:
    fields = [FieldProblem("email", "is empty", "Write one."), FieldProblem("name", "is long", "Shorten it.")]

    assert str(InvalidInput(fields)) == "email: is empty. Write one. name: is long. Shorten it."


def test_every_mistake_of_a_library_is_told_at_once_with_its_place() -> None:
    problems = [
        LibraryProblem("a.yaml", 3, "key", "is missing"),
        LibraryProblem("b.yaml", 9, "id", "is taken"),
    ]

    assert str(LibraryInvalid(problems)).splitlines() == [
        "2 errors in the library:", "a.yaml:3: key: is missing", "b.yaml:9: id: is taken",
    ]  # fmt: skip


def test_every_setting_that_cannot_be_is_told_at_once_with_the_way_out() -> None:
    problems = [SettingProblem("A", "is missing", "Set it"), SettingProblem("B", "is no number", "Write 5")]

    assert str(SettingsInvalid(problems)).splitlines() == [
        "2 problems in the settings:", "A: is missing. Set it.", "B: is no number. Write 5.",
    ]  # fmt: skip
