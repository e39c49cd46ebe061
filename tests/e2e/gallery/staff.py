"""Accounts of a platform in every state that the people page shows: invited, disabled, locked."""

from contextlib import suppress

from assessor.domain.errors import AccountLocked, Unauthenticated
from assessor.domain.roles import Role
from assessor.ports import Reviewer
from assessor.services.access import LOCK_AFTER
from assessor.services.people import Duties
from tests.web.site import Platform, Site


async def seed_staff(site: Site, platform: Platform, admin: Reviewer) -> str:
    """Add the people; return the token by which the one who was invited sets a password."""
    tenant, people = platform.tenant.id, site.services.people
    duties = Duties([Role.REVIEWER, Role.SENIOR], ["python"], ["en"])
    _person, token = await people.invite(admin.id, tenant, "nora@acme.example", "Nora New", duties)
    gone = await site.reviewer(platform.tenant, Role.AUDITOR, name="Gus Gone")
    await people.disable(admin.id, tenant, gone.id)
    locked = await site.reviewer(platform.tenant, name="Lou Locked")
    for _ in range(LOCK_AFTER):
        with suppress(Unauthenticated, AccountLocked):
            await site.services.access.sign_in(locked.email, "not the password")
    return token
