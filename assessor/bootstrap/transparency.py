"""What an installation tells of itself, put together from settings, what was shipped, and the database."""

import asyncio
from collections.abc import Sequence

from assessor import __version__
from assessor.adapters.clock import SystemClock
from assessor.bootstrap import parts
from assessor.ports import Calibrations
from assessor.services.transparency import Known, Measured, Models, known_of
from assessor.settings import Settings


async def known(settings: Settings, *, provider: str, measured: Sequence[Measured]) -> Known:
    """Return what is known. A database that is not there is left out, and none is made."""
    from assessor.adapters.store.schema import why_unusable

    if await asyncio.to_thread(why_unusable, settings.database_url):
        return await _known(settings, None, provider, measured)
    async with parts.stored(settings) as store:
        return await _known(settings, store, provider, measured)


async def _known(
    settings: Settings, ledger: Calibrations | None, provider: str, measured: Sequence[Measured]
) -> Known:
    prompts = parts.prompts()
    choice = parts.choice(settings)
    judges = (choice.judge, choice.second_judge)
    return await known_of(
        f"assessor {__version__}",
        SystemClock().now(),
        Models(
            choice.interviewer or "",
            tuple(name for name in judges if name),
            tuple(choice.fallbacks),
            settings.model_providers,
        ),
        {name: prompts.hash_of(name) for name in prompts.names},
        prompts.hash,
        await parts.library(),
        ledger,
        provider=provider,
        measured=measured,
    )
