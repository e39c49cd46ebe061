"""Bias audits as platforms have them made: recorded here, so that orders of some regions can rest on them."""

from assessor.domain.audit_log import Action
from assessor.domain.errors import NotFound, invalid
from assessor.domain.new_york import BiasAudit
from assessor.ports import Clock, Content, Store
from assessor.services.auditing import Auditing


class BiasAudits:
    """Nothing here looks at an audit itself: whoever records one vouches for it, by name."""

    def __init__(self, store: Store, content: Content, clock: Clock) -> None:
        self._store = store
        self._content = content
        self._clock = clock
        self._auditing = Auditing(store, clock)

    async def record(self, tenant: str, audit: BiasAudit, by: str) -> None:
        """Keep a track's newest audit. Raises NotFound for a tenant or a track that it is not offered, and
        InvalidInput for an audit to come or one before the newest."""
        known = {one.track: one for one in (await self._store.tenant(tenant)).bias_audits}
        if (await self._content.library(audit.track)).offered_to(tenant, audit.track) is None:
            raise NotFound("track", audit.track)
        if audit.audited_on > self._clock.now().date():
            raise invalid("--on", "is to come", "Give the day of the audit.")
        newest = known.get(audit.track, audit)
        if audit.audited_on < newest.audited_on:
            raise invalid("--on", f"is before the audit of {newest.audited_on}", "Give the newest audit.")
        await self._store.keep_bias_audit(tenant, audit)
        told = audit.model_dump(mode="json", exclude={"track"})
        await self._auditing.record(by, Action.BIAS_AUDIT_RECORDED, audit.track, tenant=tenant, **told)

    async def all(self, tenant: str) -> tuple[BiasAudit, ...]:
        """Return the newest of each track that has one. Raises NotFound."""
        return (await self._store.tenant(tenant)).bias_audits
