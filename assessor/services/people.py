"""Who reviews for a platform: inviting people, what they may do, and ending it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from assessor.domain.audit_log import Action
from assessor.domain.errors import Conflict, FieldProblem, Gone, InvalidInput, NotFound
from assessor.domain.ids import make_id
from assessor.domain.roles import Role
from assessor.ports import Clock, Passwords, Random, Reviewer, Session, Store
from assessor.services.access import account_of, require_long
from assessor.services.auditing import Auditing
from assessor.services.tokens import hash_token, new_token

LINK: Final = timedelta(days=7)
"""For how long a link to set a password works."""
MAX_NAME_CHARS: Final = 200
MAX_EMAIL_CHARS: Final = 254
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_JOINING: Final = "joining"


@dataclass(frozen=True)
class Member:
    """A person of a platform, as administrators see them."""

    reviewer: Reviewer
    locked_until: datetime | None


@dataclass(frozen=True)
class Duties:
    """What somebody may do, and whose cases they take. No tracks or languages are all of them."""

    roles: Sequence[Role]
    tracks: Sequence[str] = ()
    languages: Sequence[str] = ()


class People:
    """What administrators do, each act in the audit log. `by` is a reviewer's id or an operator's name."""

    def __init__(self, store: Store, passwords: Passwords, clock: Clock, random: Random) -> None:
        self._store = store
        self._passwords = passwords
        self._clock = clock
        self._random = random
        self._auditing = Auditing(store, clock)

    async def members(self, tenant: str) -> tuple[Member, ...]:
        """Return everybody, the disabled too, the oldest account first."""
        now = self._clock.now()
        mine = [one for one in await self._store.reviewers() if one.tenant == tenant]
        return tuple(
            [Member(one, await self._store.locked_until(account_of(one.email), now)) for one in mine]
        )

    async def invite(
        self, by: str, tenant: str, email: str, name: str, duties: Duties
    ) -> tuple[Reviewer, str]:
        """Add somebody who has no password yet; return them with the token of a link to set one.

        Raises InvalidInput with every wrong field.
        """
        email, name = email.strip(), name.strip()
        problems = [*_problems(name, duties)]
        if not _ADDRESS.fullmatch(email) or len(email) > MAX_EMAIL_CHARS:
            problems.append(
                FieldProblem("email", "is not an e-mail address", "Write one like ana@example.org.")
            )
        elif await self._store.reviewer_by_email(email):
            problems.append(FieldProblem("email", "has an account already", "Use another address."))
        if problems:
            raise InvalidInput(problems)
        person = _with(
            Reviewer(make_id("rev", self._random.bytes(16)), tenant, email, name or email, ""), duties
        )
        await self._store.add_reviewer(person, self._clock.now())
        await self._record(by, Action.REVIEWER_ADDED, person)
        return person, await self._link(person)

    async def link(self, by: str, tenant: str, reviewer_id: str) -> tuple[Reviewer, str]:
        """Return the token of a new link to set a password; earlier ones end. Raises NotFound."""
        person = await self._of(tenant, reviewer_id)
        await self._record(by, Action.REVIEWER_LINKED, person)
        return person, await self._link(person)

    async def invited(self, token: str) -> Reviewer:
        """Return whom a link is for. Raises Gone for one that was used or ran out."""
        session = await self._store.session(hash_token(token), self._clock.now())
        if session is None or session.kind != _JOINING:
            raise Gone("link", "was used, replaced, or has run out", "Ask an administrator for a new one.")
        return await self._store.reviewer(session.subject)

    async def join(self, token: str, password: str) -> Reviewer:
        """Set a password, which uses the link up and ends every session. Raises Gone, InvalidInput."""
        person = await self.invited(token)
        require_long(password)
        person = replace(person, password_hash=self._passwords.hash(password))
        await self._store.change_reviewer(person)
        await self._store.close_sessions(_JOINING, person.id)
        await self._store.close_sessions("reviewer", person.id)
        await self._store.unlock(account_of(person.email))
        return person

    async def change(self, by: str, tenant: str, reviewer_id: str, duties: Duties) -> Reviewer:
        """Give somebody other duties. Raises NotFound, InvalidInput, Conflict for the last administrator."""
        person = await self._of(tenant, reviewer_id)
        if problems := [*_problems(person.name, duties)]:
            raise InvalidInput(problems)
        if Role.ADMIN not in duties.roles:
            await self._require_another_admin(person)
        changed = _with(person, duties)
        await self._store.change_reviewer(changed)
        await self._record(by, Action.ROLES_CHANGED, changed)
        return changed

    async def disable(self, by: str, tenant: str, reviewer_id: str) -> Reviewer:
        """End an account, and its sessions at once. What it did stays. Raises as `change`."""
        person = await self._of(tenant, reviewer_id)
        await self._require_another_admin(person)
        ended = replace(person, disabled_at=person.disabled_at or self._clock.now())
        await self._store.change_reviewer(ended)
        for kind in ("reviewer", _JOINING):
            await self._store.close_sessions(kind, person.id)
        await self._record(by, Action.REVIEWER_REMOVED, ended)
        return ended

    async def enable(self, by: str, tenant: str, reviewer_id: str) -> Reviewer:
        """Let somebody sign in again. Raises NotFound."""
        person = replace(await self._of(tenant, reviewer_id), disabled_at=None)
        await self._store.change_reviewer(person)
        await self._record(by, Action.REVIEWER_ADDED, person)
        return person

    async def unlock(self, by: str, tenant: str, reviewer_id: str) -> Reviewer:
        """Forget somebody's wrong passwords. Raises NotFound."""
        person = await self._of(tenant, reviewer_id)
        await self._store.unlock(account_of(person.email))
        await self._record(by, Action.REVIEWER_UNLOCKED, person)
        return person

    async def _of(self, tenant: str, reviewer_id: str) -> Reviewer:
        person = await self._store.reviewer(reviewer_id)
        if person.tenant != tenant:
            raise NotFound("reviewer", reviewer_id)
        return person

    async def _record(self, by: str, action: Action, person: Reviewer) -> None:
        duties = {name: " ".join(getattr(person, name)) for name in ("roles", "tracks", "languages")}
        await self._auditing.record(by, action, person.id, tenant=person.tenant, **duties)

    async def _link(self, person: Reviewer) -> str:
        token = new_token(self._random)
        await self._store.close_sessions(_JOINING, person.id)
        until = self._clock.now() + LINK
        await self._store.open_session(Session(hash_token(token), _JOINING, person.id, until))
        return token

    async def _require_another_admin(self, person: Reviewer) -> None:
        if Role.ADMIN not in person.roles or person.disabled_at:
            return
        others = [one.reviewer for one in await self.members(person.tenant) if one.reviewer.id != person.id]
        if not any(Role.ADMIN in one.roles and not one.disabled_at and one.has_joined for one in others):
            raise Conflict(
                f"{person.name} is the only administrator", "Make somebody else one first, who has joined."
            )


def _with(person: Reviewer, duties: Duties) -> Reviewer:
    roles = tuple(role for role in Role if role in duties.roles)
    return replace(person, roles=roles, tracks=tuple(duties.tracks), languages=tuple(duties.languages))


def _problems(name: str, duties: Duties) -> list[FieldProblem]:
    found = []
    if len(name) > MAX_NAME_CHARS:
        found.append(FieldProblem("name", f"is longer than {MAX_NAME_CHARS} characters", "Shorten it."))
    if not duties.roles:
        found.append(FieldProblem("roles", "are missing", "Choose at least one."))
    return found
