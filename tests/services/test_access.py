from datetime import timedelta

import pytest

from assessor.domain.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from assessor.domain.policy import Policy
from assessor.services.access import Scope
from tests.services import plays
from tests.world import World

PASSWORD = "a long enough password"


async def test_a_key_opens_its_tenant_within_its_scopes(world: World) -> None:
    made = await world.access.add_key("acme", (Scope.ASSESSMENTS_READ,), livemode=False)

    key, tenant = await world.access.caller(f"Bearer {made.secret}", Scope.ASSESSMENTS_READ)

    assert (tenant.id, key.livemode) == ("acme", False)
    with pytest.raises(Forbidden, match="verdicts:read"):
        await world.access.caller(f"Bearer {made.secret}", Scope.VERDICTS_READ)


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer x", "Bearer x.y", "Basic {secret}", "{secret}"]
)
async def test_anything_else_is_nobody(world: World, header: str | None) -> None:
    made = await world.access.add_key("acme", tuple(Scope), livemode=True)

    with pytest.raises(Unauthenticated):
        await world.access.caller(header and header.format(secret=made.secret), Scope.ASSESSMENTS_READ)


async def test_a_key_with_one_character_changed_is_nobodys(world: World) -> None:
    made = await world.access.add_key("acme", tuple(Scope), livemode=True)
    changed = made.secret[:-1] + ("0" if made.secret[-1] != "0" else "1")

    with pytest.raises(Unauthenticated):
        await world.access.caller(f"Bearer {changed}", Scope.ASSESSMENTS_READ)


async def test_a_revoked_key_opens_nothing_from_then_on(world: World) -> None:
    made = await world.access.add_key("acme", tuple(Scope), livemode=True)

    await world.access.revoke_key(made.key.id)

    with pytest.raises(Unauthenticated):
        await world.access.caller(f"Bearer {made.secret}", Scope.ASSESSMENTS_READ)


async def test_a_reviewer_signs_in_with_the_right_password_only(world: World) -> None:
    rita = await plays.reviewer(world)

    session = await world.access.sign_in(rita.email, PASSWORD)

    assert await world.access.reviewer(session) == rita
    for email, password in ((rita.email, "wrong"), ("nobody@acme.example", PASSWORD)):
        with pytest.raises(Unauthenticated, match="address or the password"):
            await world.access.sign_in(email, password)


async def test_a_session_ends_by_itself_and_by_signing_out(world: World) -> None:
    rita = await plays.reviewer(world)
    first, second = [await world.access.sign_in(rita.email, PASSWORD) for _ in range(2)]
    await world.access.sign_out(rita)
    third = await world.access.sign_in(rita.email, PASSWORD)
    world.clock.turn(timedelta(hours=13))

    for session in (first, second, third, None, "made up"):
        with pytest.raises(Unauthenticated):
            await world.access.reviewer(session)


async def test_a_candidates_session_is_no_reviewers(world: World) -> None:
    assessment = await plays.opened(world)
    ordered = await world.ordering.reissue_invite("acme", assessment.id)
    _, session = await world.ordering.redeem(ordered.invite_url.rsplit("/", 1)[-1])

    with pytest.raises(Unauthenticated):
        await world.access.reviewer(session)
    assert await world.ordering.session(session) == assessment.id


async def test_what_cannot_be_added_names_the_field(world: World) -> None:
    await plays.reviewer(world)

    with pytest.raises(InvalidInput, match="tenant"):
        await world.access.add_tenant("acme", "Again", Policy())
    with pytest.raises(InvalidInput, match="password"):
        await world.access.add_reviewer("acme", "new@acme.example", "New", "short")
    with pytest.raises(InvalidInput, match="email"):
        await world.access.add_reviewer("acme", "rita@acme.example", "Rita", PASSWORD)
    with pytest.raises(NotFound):
        await world.access.add_key("no-such-tenant", tuple(Scope), livemode=True)
