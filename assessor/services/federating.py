"""Signing in by an OpenID provider: whose account it is, who is let in, and with which roles."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from assessor.domain.errors import SignInRefused
from assessor.domain.ids import make_id
from assessor.domain.roles import Role
from assessor.ports import Clock, Flow, Random, Reviewer, SignInProvider, Store, Vouched
from assessor.services.tokens import new_token


@dataclass(frozen=True)
class Terms:
    """Whom the provider vouches for, as the operator has set it."""

    tenant: str
    """The platform whose people they are."""
    admit: Literal["invited", "anybody"] = "invited"
    roles_claim: str | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    """By a value of that claim."""


class Federation:
    """Sign-in by a provider. Accounts are known by issuer and subject; an address links one only once."""

    def __init__(
        self, store: Store, provider: SignInProvider, terms: Terms, clock: Clock, random: Random
    ) -> None:
        self._store = store
        self._provider = provider
        self._terms = terms
        self._clock = clock
        self._random = random

    async def begin(self) -> tuple[str, str]:
        """Return a secret for the browser to keep, and where to send it. Raises SignInRefused."""
        secret = new_token(self._random)
        return secret, await self._provider.address(flow_of(secret))

    async def finish(self, secret: str, state: str, code: str) -> Reviewer:
        """Return who was signed in, by what the provider sent back. Raises SignInRefused."""
        flow = flow_of(secret)
        if not secret or not hmac.compare_digest(flow.state.encode(), state.encode()):
            raise SignInRefused("did not send you here from this browser just now. Sign in again.")
        return await self._account(await self._provider.vouched(flow, code))

    async def _account(self, vouched: Vouched) -> Reviewer:
        known = await self._store.reviewer_of_subject(vouched.issuer, vouched.subject)
        person = known or await self._invited(vouched) or await self._new(vouched)
        named = replace(
            person,
            issuer=vouched.issuer,
            subject=vouched.subject,
            name=vouched.name,
            roles=self._roles(vouched, person),
        )
        if named != person:
            await self._store.change_reviewer(named)
        return named

    async def _invited(self, vouched: Vouched) -> Reviewer | None:
        """Return the account of an address that the provider has verified, which nobody is linked to yet."""
        person = await self._store.reviewer_by_email(vouched.email) if vouched.email else None
        if person is None:
            return None
        if person.tenant != self._terms.tenant or person.subject:
            raise SignInRefused("signed you in, but your address belongs to another account here.")
        return person

    async def _new(self, vouched: Vouched) -> Reviewer:
        if self._terms.admit != "anybody" or vouched.email is None:
            raise SignInRefused("signed you in, but nobody has invited you. Ask an administrator to.")
        person = Reviewer(
            make_id("rev", self._random.bytes(16)), self._terms.tenant, vouched.email, vouched.name, ""
        )
        person = replace(person, roles=self._roles(vouched, person))
        await self._store.add_reviewer(person, self._clock.now())
        return person

    def _roles(self, vouched: Vouched, person: Reviewer) -> tuple[Role, ...]:
        """Return the roles by the claim, where one is set up; else those that the account has."""
        if self._terms.roles_claim is None:
            return person.roles
        said = vouched.claims.get(self._terms.roles_claim, ())
        values = {said} if isinstance(said, str) else {one for one in said if isinstance(one, str)}
        named = {role for value, role in self._terms.roles.items() if value in values}
        if not named:
            raise SignInRefused("signed you in, but gives you no role here. Ask an administrator to.")
        return tuple(role for role in Role if role in named)


def flow_of(secret: str) -> Flow:
    """Derive what the provider and we recognise a sign-in by: nothing of it has to be kept on the server."""

    def derived(purpose: str) -> str:
        return hmac.digest(secret.encode(), purpose.encode(), "sha256").hex()

    return Flow(derived("state"), derived("nonce"), derived("verifier"))
