"""What is described in a file of attacks on the service is understood, or told to be not."""

import pytest

from tests.attacks.crossing import crosses_of
from tests.attacks.looking import formulas
from tests.attacks.payloads import BROWSER_KINDS, HTTP_KINDS, OWN_BROWSER, OWN_HTTP, Attack, found
from tests.attacks.requesting import is_understood
from tests.attacks.uploading import made

ATTACKS = [*found(OWN_BROWSER, BROWSER_KINDS), *found(OWN_HTTP, HTTP_KINDS)]


def _of(kind: str) -> list[Attack]:
    return [attack for attack in ATTACKS if attack.kind == kind]


@pytest.mark.parametrize("kind", [*BROWSER_KINDS, *HTTP_KINDS])
def test_there_are_several_of_each_kind(kind: str) -> None:
    assert len(_of(kind)) >= (3 if kind == "W7" else 5)


def test_every_request_and_every_file_of_ours_is_understood() -> None:
    assert [attack.id for attack in _of("W2") if not crosses_of(attack)] == []
    assert [attack.id for attack in _of("W8") if made(attack) is None] == []
    assert [attack.id for kind in HTTP_KINDS for attack in _of(kind) if not is_understood(attack)] == []


def test_what_nobody_here_knows_is_not_passed_over() -> None:
    assert crosses_of(Attack("new", "W2-new", "a thing that was never seen before")) == []
    assert made(Attack("new", "W8-new", "a thing that was never seen before")) is None
    assert not is_understood(Attack("new", "W9-new", "a thing that was never seen before"))


def test_what_a_spreadsheet_would_calculate_is_found_and_numbers_are_none() -> None:
    sheet = 'a,-1.5,\'=1+1,=1+1\r\n"\t=1",@SUM(1),\uff1d1,plain\r\n'

    assert formulas(sheet) == ["=1+1", "\t=1", "@SUM(1)", "\uff1d1"]
