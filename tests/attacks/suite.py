"""All attacks of a file, everywhere in the conversation, for several seeds."""

from collections.abc import Callable, Iterable, Sequence

from assessor.simulation.interviews import Plan, studio
from tests.attacks.flooding import flood
from tests.attacks.payloads import Attack
from tests.attacks.playing import PLACES, Outcome, play

Tell = Callable[[Outcome], None]


async def attack_all(
    attacks: Sequence[Attack],
    seeds: Iterable[int] = (1,),
    tell: Tell = lambda _: None,
    everywhere: Sequence[str] = PLACES,
) -> list[Outcome]:
    """Play every attack with the gullible model."""
    outcomes: list[Outcome] = []
    for seed in seeds:
        async with studio(Plan("python", 1, "gullible", seed, form="short")) as rooms:
            index = 0
            for attack in attacks:
                places = ("",) if attack.kind == "I5" else everywhere
                for place in places:
                    run = play(rooms, attack, place, index) if place else flood(rooms, attack, index)
                    outcomes.append(await run)
                    tell(outcomes[-1])
                    index += 2
    return outcomes
