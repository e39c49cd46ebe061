"""What is asked over HTTP of somebody else's gets nothing; all of it is played by `make attack`."""

import pytest

from tests.attacks.front import fronted
from tests.attacks.payloads import HTTP_KINDS, OWN_HTTP, found
from tests.attacks.requesting import play_requests

ATTACKS = {attack.id: attack for attack in found(OWN_HTTP, HTTP_KINDS)}
A_HANDFUL = ("w1-others-ids", "w1-verdict-jws", "w4-mapped", "w6-rewritten", "w7-other-body", "w9-quotes")


@pytest.mark.slow
def test_one_attack_of_each_kind_gets_nothing_over_http() -> None:
    with fronted() as front:
        played = list(play_requests(front, [ATTACKS[name] for name in A_HANDFUL]))

    assert {one.attack.kind for one in played} == set(HTTP_KINDS)
    assert {one.attack.id: list(map(str, one.faults)) for one in played if one.faults} == {}


@pytest.mark.deep
def test_no_attack_of_our_own_gets_anything_over_http() -> None:
    with fronted() as front:
        played = list(play_requests(front, ATTACKS.values()))

    assert {one.attack.id: list(map(str, one.faults)) for one in played if one.faults} == {}
