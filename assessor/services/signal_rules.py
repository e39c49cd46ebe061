"""How often people set aside what a rule noticed, and switching off a rule that is wrong too often.

The audit log of a platform is the one record of both: what people found, and who switched what. Each platform
has its own count, since its tasks and its candidates are its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from assessor.domain.audit_log import SERVICE, Action, AuditRecord
from assessor.domain.errors import Conflict, NotFound
from assessor.domain.signal_rule import EDITION_OF, NOTICED, Noticed, Overturned
from assessor.domain.thresholds import THRESHOLDS
from assessor.ports import ActFilter, AuditLogs, Clock, Reviewer
from assessor.services.auditing import Auditing, accepted_reason

log = structlog.get_logger()

_LATEST: Final = THRESHOLDS.overturning.latest


@dataclass(frozen=True)
class Standing:
    """How one rule stands on one platform."""

    what: Noticed
    overturned: Overturned
    """Since it was switched on the last time."""
    switched: AuditRecord | None
    """The latest switching; None where it has been on from the beginning."""

    @property
    def rule(self) -> str:
        """The edition."""
        return EDITION_OF[self.what]

    @property
    def is_on(self) -> bool:
        """Whether it notices anything."""
        return self.switched is None or self.switched.action == Action.RULE_SWITCHED_ON


class SignalRules:
    """Counts, and switches."""

    def __init__(self, store: AuditLogs, clock: Clock) -> None:
        self._store = store
        self._auditing = Auditing(store, clock)

    async def off(self, tenant: str) -> tuple[Noticed, ...]:
        """Return the rules that notice nothing on a platform."""
        return tuple(one.what for one in await self.standings(tenant) if not one.is_on)

    async def look(self, tenant: str) -> tuple[Standing, ...]:
        """Return how every rule stands, and switch nothing."""
        return tuple([await self._standing(tenant, what) for what in NOTICED])

    async def standings(self, tenant: str) -> tuple[Standing, ...]:
        """Return how every rule stands; one that is wrong too often by now is switched off first."""
        return tuple([await self._settled(tenant, what) for what in NOTICED])

    async def switch_on(self, person: Reviewer, what: str, reason: str) -> None:
        """Let a rule notice again on a person's platform; its count begins anew.

        Raises NotFound for a rule that there is not, InvalidInput or TooLarge for the reason, Conflict where
        it is on.
        """
        chosen = next((one for one in NOTICED if one == what), None)
        if chosen is None:
            raise NotFound("rule", what)
        reason = accepted_reason(reason)
        if (await self._settled(person.tenant, chosen)).is_on:
            raise Conflict("The rule is on already", "Nothing is left to do.")
        await self._auditing.record(
            person.id, Action.RULE_SWITCHED_ON, EDITION_OF[chosen], reason, tenant=person.tenant
        )

    async def _settled(self, tenant: str, what: Noticed) -> Standing:
        found = await self._standing(tenant, what)
        if not (found.is_on and found.overturned.is_too_often):
            return found
        counted = found.overturned
        switched = await self._auditing.record(
            SERVICE,
            Action.RULE_SWITCHED_OFF,
            found.rule,
            tenant=tenant,
            looked=counted.looked,
            aside=counted.aside,
        )
        log.warning("signal_rule_switched_off", rule=found.rule, tenant=tenant, **vars(counted))
        return Standing(what, counted, switched)

    async def _standing(self, tenant: str, what: Noticed) -> Standing:
        about = ActFilter(tenant, subject=EDITION_OF[what])
        switched = next(iter(await self._store.recorded(about, limit=1)), None)
        if switched is None or switched.action == Action.RULE_SWITCHED_ON:
            return Standing(what, await self._overturned(tenant, what, switched), switched)
        detail = switched.detail or {}
        return Standing(what, Overturned(int(detail["looked"]), int(detail["aside"])), switched)

    async def _overturned(self, tenant: str, what: Noticed, on: AuditRecord | None) -> Overturned:
        since: datetime | None = on.at if on else None
        judged = ActFilter(tenant, action=Action.SIGNAL_JUDGED, since=since)
        # Two records belong to what was confirmed: that of the first person settles nothing.
        records: Sequence[AuditRecord] = await self._store.recorded(judged, limit=2 * _LATEST)
        details = [one.detail for one in records if one.detail]  # of who was erased, nothing is left
        settled = [one for one in details if not one.get("awaits_second")][:_LATEST]
        return Overturned.of(str(one["outcome"]) for one in settled if one["rule"] == EDITION_OF[what])
