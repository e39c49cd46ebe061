"""Whether a restored backup is all that it should be: what a drill looks at, where nobody works."""

from dataclasses import dataclass

from assessor.domain.errors import AssessorError, Erased
from assessor.ports import DestroyedKeys, Store
from assessor.services.chain_checking import ChainChecking, ChainsChecked, Progress
from assessor.services.differences import Opened
from assessor.services.erasing import destroy_again

_AT_ONCE = 200


@dataclass(frozen=True)
class Examined:
    """What a restored database came to."""

    destroyed_again: int
    """Keys of people who were erased since the backup."""
    chains: ChainsChecked
    opened: str | None
    """An assessment whose log was opened with the master key; None where there is none to open."""
    unopened: str = ""
    """Why none could be opened."""


async def examine_restored(
    store: Store, ledger: DestroyedKeys, opened: Opened, progress: Progress = lambda _done, _total: None
) -> Examined:
    """Replay the ledger of destroyed keys, then check every chain and verdict, and open one log."""
    destroyed = await destroy_again(store, ledger)
    chains = await ChainChecking(store, opened).check_all(progress)
    try:
        return Examined(destroyed, chains, await _open_one(store))
    except AssessorError as fault:
        return Examined(destroyed, chains, None, str(fault))


async def _open_one(store: Store) -> str | None:
    last = ""
    while ids := await store.assessment_ids(last, _AT_ONCE):
        for one in ids:
            try:
                if await store.events(one):
                    return one
            except Erased:
                continue
        last = ids[-1]
    return None
