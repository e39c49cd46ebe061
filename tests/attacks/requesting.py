"""All attacks of a file that are played over HTTP."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from tests.attacks.front import Front
from tests.attacks.gains import Fault, broken
from tests.attacks.hooking import forgeries_of, is_about_order, play_forgeries, play_order, play_target
from tests.attacks.malforming import malformed_of, play_malformed
from tests.attacks.payloads import Attack
from tests.attacks.stage import Played
from tests.attacks.trespassing import trespasses_of


def play_requests(front: Front, attacks: Iterable[Attack]) -> Iterator[Played]:
    """Play each, and yield what came of it. Who signs in comes before what bars an address from it."""
    for attack in sorted(attacks, key=lambda one: one.kind):
        yield Played(attack, "over HTTP", tuple(_PLAYS[attack.kind](front, attack)))


def is_understood(attack: Attack) -> bool:
    """Whether somebody here knows what a payload describes; a target stands for itself."""
    described = (*trespasses_of(attack), *forgeries_of(attack), *malformed_of(attack))
    return attack.kind == "W4" or bool(described) or is_about_order(attack)


def _trespass(front: Front, attack: Attack) -> list[Fault]:
    return [fault for play in trespasses_of(attack) for fault in play(front)] + _unknown(attack)


def _forge(front: Front, attack: Attack) -> list[Fault]:
    in_order = play_order(front) if is_about_order(attack) else []
    return in_order + play_forgeries(front, forgeries_of(attack)) + _unknown(attack)


def _malform(front: Front, attack: Attack) -> list[Fault]:
    return play_malformed(front, malformed_of(attack)) + _unknown(attack)


def _unknown(attack: Attack) -> list[Fault]:
    return [] if is_understood(attack) else broken(["is not understood"])


_PLAYS: Mapping[str, Callable[[Front, Attack], list[Fault]]] = MappingProxyType(
    {"W1": _trespass, "W4": play_target, "W6": _forge, "W7": _malform, "W9": _malform}
)
