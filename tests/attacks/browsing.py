"""All attacks of a file that are played in the browser."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from tests.attacks.crossing import play_crossing
from tests.attacks.payloads import Attack
from tests.attacks.stage import Played, Stage
from tests.attacks.uploading import play_uploads
from tests.attacks.words import play_words

TOGETHER = 5
"""How many payloads go along in one assessment: so many fit into every field."""
Play = Callable[[Stage, Sequence[Attack]], list[Played]]


def play_all(stage: Stage, attacks: Iterable[Attack]) -> Iterator[Played]:
    """Play each, and yield what came of it: words on a full form, so that all kinds of task have them."""
    given = list(attacks)
    for kinds, play in _PLAYS.items():
        of_these = [attack for attack in given if attack.kind in kinds]
        if of_these:
            yield from play(stage, of_these)


def _words(stage: Stage, attacks: Sequence[Attack]) -> list[Played]:
    few = [attacks[at : at + TOGETHER] for at in range(0, len(attacks), TOGETHER)]
    return [one for together in few for one in play_words(stage, together, "full")]


_PLAYS: Mapping[tuple[str, ...], Play] = MappingProxyType(
    {("W2",): play_crossing, ("W8",): play_uploads, ("W3", "W5"): _words}
)
