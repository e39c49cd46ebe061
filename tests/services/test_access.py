from datetime import timedelta

import pytest

from assessor.domain.audit_log import Action
from assessor.domain.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from assessor.domain.policy import Policy
from assessor.ports import ActFilter
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

    with pytest.raises(Unauthenticated, match="Send a valid key as `Authorization: Bearer <key>`"):
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
    ordered = await world.inviting.reissue("acme", assessment.id)
    _, session = await world.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])

    with pytest.raises(Unauthenticated):
        await world.access.reviewer(session)
    assert await world.inviting.session(session) == assessment.id


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


async def test_a_key_opens_nothing_once_it_has_expired(world: World) -> None:
    made = await world.access.add_key("acme", tuple(Scope), livemode=True, days=30)

    await world.access.caller(f"Bearer {made.secret}", Scope.ASSESSMENTS_READ)
    world.clock.turn(timedelta(days=30))

    with pytest.raises(Unauthenticated, match="has expired"):
        await world.access.caller(f"Bearer {made.secret}", Scope.ASSESSMENTS_READ)


async def test_after_a_rotation_both_keys_work_until_the_overlap_ends(world: World) -> None:
    old = await world.access.add_key("acme", (Scope.VERDICTS_READ,), livemode=False)

    new, ends_at = await world.access.rotate_key(old.key.id, overlap_hours=24)

    assert (new.key.scopes, new.key.livemode) == (old.key.scopes, old.key.livemode)
    assert ends_at == world.clock.now() + timedelta(hours=24)
    for made in (old, new):
        await world.access.caller(f"Bearer {made.secret}", Scope.VERDICTS_READ)
    world.clock.turn(timedelta(hours=24))
    await world.access.caller(f"Bearer {new.secret}", Scope.VERDICTS_READ)
    with pytest.raises(Unauthenticated):
        await world.access.caller(f"Bearer {old.secret}", Scope.VERDICTS_READ)


async def test_a_rotation_never_prolongs_the_old_key(world: World) -> None:
    old = await world.access.add_key("acme", tuple(Scope), livemode=True, days=1)

    _, ends_at = await world.access.rotate_key(old.key.id, overlap_hours=24 * 7)

    assert ends_at == old.key.expires_at
    assert (await world.store.key(old.key.id))[0].expires_at == old.key.expires_at


async def test_a_revoked_key_is_not_rotated(world: World) -> None:
    made = await world.access.add_key("acme", tuple(Scope), livemode=True)
    await world.access.revoke_key(made.key.id)

    with pytest.raises(NotFound):
        await world.access.rotate_key(made.key.id, overlap_hours=1)
    assert await world.store.keys("acme") == ()


async def test_making_replacing_and_revoking_keys_is_recorded_without_their_secrets(world: World) -> None:
    made = await world.access.add_key("acme", (Scope.VERDICTS_READ,), livemode=True, by="olga")
    new, ends_at = await world.access.rotate_key(made.key.id, overlap_hours=1, by="olga")
    await world.access.revoke_key(new.key.id, by="olga")

    acts = (await world.store.recorded(ActFilter("acme", actor="olga")))[::-1]
    scopes = {"scopes": "verdicts:read", "livemode": True}
    assert [(act.action, act.subject, act.detail) for act in acts] == [
        (Action.KEY_MADE, made.key.id, scopes),
        (Action.KEY_MADE, new.key.id, {**scopes, "replaces": made.key.id, "until": ends_at.isoformat()}),
        (Action.KEY_REVOKED, new.key.id, {}),
    ]


async def test_the_last_use_is_noted_once_an_hour(world: World) -> None:
    made = await world.access.add_key("acme", tuple(Scope), livemode=True)
    seen = []

    for minutes in (0, 59, 1, 30):
        world.clock.turn(timedelta(minutes=minutes))
        await world.access.caller(f"Bearer {made.secret}", Scope.VERDICTS_READ)
        (key,) = await world.store.keys("acme")
        seen.append(key.last_used_at)

    first = seen[0]
    assert first is not None
    assert seen == [first, first, first + timedelta(hours=1), first + timedelta(hours=1)]


async def test_a_key_that_is_refused_was_not_used(world: World) -> None:
    made = await world.access.add_key("acme", (Scope.VERDICTS_READ,), livemode=True)

    with pytest.raises(Forbidden):
        await world.access.caller(f"Bearer {made.secret}", Scope.ASSESSMENTS_READ)

    assert (await world.store.keys("acme"))[0].last_used_at is None
