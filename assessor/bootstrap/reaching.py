"""Whether an installation reaches what it needs: its clock, its mail server, its models.

What `assessor doctor` looks at beside the installation itself. No mail is sent.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from assessor.adapters.clock import SystemClock
from assessor.bootstrap import parts
from assessor.bootstrap.examining import Finding, refused_settings
from assessor.domain.errors import ModelFault, SettingsInvalid
from assessor.ports import Model, ModelCall, ModelRequest, Usage
from assessor.settings import Settings

if TYPE_CHECKING:
    from assessor.adapters.store.clock import StoreTime

MOST_SKEW: Final = timedelta(seconds=2)
"""Beyond it, workers take each other for dead too early or too late, and terms end at the wrong time."""

PING: Final = ModelRequest(system="", user="ping", max_tokens=8, within_seconds=30)
"""Not among the prompts, whose hash verdicts are bound to."""


async def reach(settings: Settings, *, models: bool) -> AsyncIterator[Finding]:
    """Yield what was looked at. With `models` each is sent a word, which may cost a fraction of a cent."""
    if clock := await asyncio.to_thread(_clock, settings):
        yield clock
    yield await _mail(settings)
    if models:
        async for found in _models(settings):
            yield found


def _clock(settings: Settings) -> Finding | None:
    """Compare clocks; None where there is no database, which is a finding of its own."""
    from assessor.adapters.store.clock import time_of
    from assessor.adapters.store.schema import why_unusable

    if why_unusable(settings.database_url):
        return None
    return judged(time_of(settings.database_url))


def judged(found: "StoreTime") -> Finding:
    """Judge the clock of this machine by that of the database, and by what happened already."""
    what, remedy = "clock", "Let a time service keep the clocks of all machines (chrony, systemd-timesyncd)."
    skew = found.server - found.here if found.server else timedelta(0)
    if abs(skew) > MOST_SKEW:
        way = "behind" if skew > timedelta(0) else "ahead of"
        return Finding(what, f"is {abs(skew.total_seconds()):.1f} s {way} the database's", remedy)
    if found.newest_order and found.newest_order - found.here > MOST_SKEW:
        return Finding(what, f"is before the newest assessment, {found.newest_order.isoformat()}", remedy)
    return Finding(what)


async def _mail(settings: Settings) -> Finding:
    from assessor.adapters.mail import SmtpMailer

    what = f"mail server {settings.smtp_host}"
    try:
        mailer = parts.mailer(settings)
    except SettingsInvalid as refused:
        return refused_settings(refused)[0]
    if not isinstance(mailer, SmtpMailer):
        return Finding("mail: no server is set, none is sent")
    if why := await mailer.why_closed():
        return Finding(what, f"takes no mail: {why}", "See the ASSESSOR_SMTP_ variables (docs/mail.md).")
    return Finding(what)


async def _models(settings: Settings) -> AsyncIterator[Finding]:
    from assessor.adapters.model import models

    async with models(parts.choice(settings), _Unwritten(), SystemClock()) as chosen:
        asked = {one.name: one for one in (chosen.interviewer, *chosen.judges) if one}
        for name, model in asked.items():
            yield await _model(name, model)


async def _model(name: str, model: Model) -> Finding:
    what = f"model {name}"
    try:
        await model.complete(PING)
    except ModelFault as fault:
        remedy = "See docs/models.md. Meanwhile interviews go on with authored questions."
        return Finding(what, f"did not answer ({fault.kind})", remedy)
    return Finding(what)


class _Unwritten:
    """Fulfils `Ledger`: looking changes nothing, and a word costs next to nothing."""

    async def record(self, *calls: ModelCall) -> None:
        """Keep nothing."""

    async def usage(self) -> tuple[Usage, ...]:
        """Return nothing."""
        return ()
