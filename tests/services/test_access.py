from dataclasses import replace
from datetime import timedelta

import pytest

from assessor.domain.audit_log import SERVICE, Action
from assessor.domain.errors import (
    AccountDisabled,
    AccountLocked,
    Forbidden,
    InvalidInput,
    NotFound,
    Unauthenticated,
)
from assessor.domain.policy import Policy
from assessor.domain.roles import Role
from assessor.ports import ActFilter
from assessor.services.access import LOCK, LOCK_AFTER, MIN_PASSWORD_CHARS, REVIEWER_HOURS, Scope
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


async def test_a_key_that_was_made_is_as_it_was_asked_for(world: World) -> None:
    live = await world.access.add_key("acme", (Scope.VERDICTS_READ, Scope.TRACKS_READ), livemode=True)
    test = await world.access.add_key("acme", (Scope.USAGE_READ,), livemode=False, days=3)

    assert live.key.id.startswith("ak_live_")
    assert (live.key.tenant, live.key.scopes) == ("acme", ("verdicts:read", "tracks:read"))
    assert (live.key.livemode, live.key.expires_at) == (True, None)
    assert test.key.id.startswith("ak_test_")
    assert test.key.expires_at == world.clock.now() + timedelta(days=3)
    for made in (live, test):
        key_id, _, random = made.secret.partition(".")
        assert (key_id, len(random)) == (made.key.id, 48)
    acts = (await world.store.recorded(ActFilter("acme", actor=SERVICE)))[::-1]
    assert [(act.action, act.subject) for act in acts] == [
        (Action.KEY_MADE, live.key.id),
        (Action.KEY_MADE, test.key.id),
    ]


async def test_who_presents_no_key_is_told_what_to_send(world: World) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await world.access.caller(None, Scope.VERDICTS_READ)

    assert str(refused.value) == (
        "We do not know who is asking. Send a valid key as `Authorization: Bearer <key>`."
    )


async def test_a_key_without_the_scope_is_told_which_is_missing(world: World) -> None:
    made = await world.access.add_key("acme", (Scope.TRACKS_READ,), livemode=True)

    with pytest.raises(Forbidden) as refused:
        await world.access.caller(f"bearer {made.secret}", Scope.VERDICTS_READ)

    assert "a key with the scope verdicts:read" in str(refused.value)


async def test_a_key_that_replaces_another_ends_when_it_was_asked_to(world: World) -> None:
    old = await world.access.add_key("acme", tuple(Scope), livemode=True)

    for_ever, _ = await world.access.rotate_key(old.key.id, overlap_hours=1)
    for_days, _ = await world.access.rotate_key(for_ever.key.id, overlap_hours=1, days=90)

    assert for_ever.key.expires_at is None
    assert for_days.key.expires_at == world.clock.now() + timedelta(days=90)
    assert for_days.key.tenant == "acme"


@pytest.mark.parametrize("mode", [True, False])
async def test_a_key_owns_what_is_of_its_platform_and_mode(world: World, mode: bool) -> None:  # noqa: FBT001 -- a parameter
    await world.access.add_tenant("other", "Other", Policy())
    assessment = await plays.opened(world)
    mine = await world.access.add_key("acme", tuple(Scope), livemode=mode)
    theirs = await world.access.add_key("other", tuple(Scope), livemode=mode)
    own = assessment.ordered.livemode is mode

    if own:
        await world.access.require_own(mine.key, "assessment_id", assessment.id)
    for key in [theirs.key] if own else [mine.key, theirs.key]:
        with pytest.raises(NotFound) as missing:
            await world.access.require_own(key, "assessment_id", assessment.id)
        assert (missing.value.kind, missing.value.id) == ("assessment", assessment.id)


async def test_a_password_is_long_enough_from_twelve_characters_on(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        await world.access.add_reviewer("acme", "a@acme.example", "A", "x" * (MIN_PASSWORD_CHARS - 1))

    assert str(refused.value) == "password: is too short. Use at least 12 characters."
    await world.access.add_reviewer("acme", "a@acme.example", "A", "x" * MIN_PASSWORD_CHARS)


async def test_a_reviewer_is_added_with_what_was_given(world: World) -> None:
    plain = await plays.reviewer(world)
    admin = await world.access.add_reviewer("acme", "al@acme.example", "Al", PASSWORD, [Role.ADMIN])

    assert plain.id.startswith("rev_")
    assert (plain.tenant, plain.name, plain.roles) == ("acme", "Rita", (Role.REVIEWER,))
    assert admin.roles == (Role.ADMIN,)
    assert await world.store.reviewer(admin.id) == admin
    assert PASSWORD not in admin.password_hash


async def test_each_field_that_is_taken_is_told_with_the_way_out(world: World) -> None:
    await plays.reviewer(world)

    with pytest.raises(InvalidInput) as tenant:
        await world.access.add_tenant("acme", "Again", Policy())
    with pytest.raises(InvalidInput) as email:
        await plays.reviewer(world)
    with pytest.raises(NotFound):
        await plays.reviewer(world, "nowhere", "new@acme.example")

    assert str(tenant.value) == "tenant: 'acme' exists already. Choose another id."
    assert str(email.value) == ("email: 'rita@acme.example' has an account already. Use another address.")


async def test_a_session_ends_after_twelve_hours_to_the_second(world: World) -> None:
    rita = await plays.reviewer(world)
    session = await world.access.sign_in(rita.email, PASSWORD)

    world.clock.turn(timedelta(hours=REVIEWER_HOURS, seconds=-1))
    assert await world.access.reviewer(session) == rita
    world.clock.turn(timedelta(seconds=1))

    with pytest.raises(Unauthenticated) as ended:
        await world.access.reviewer(session)
    assert str(ended.value) == "We do not know who is asking. Sign in first."


async def test_signing_out_ends_the_sessions_of_nobody_else(world: World) -> None:
    rita, otto = await plays.reviewer(world), await plays.reviewer(world, email="otto@acme.example")
    sessions = [await world.access.sign_in(one.email, PASSWORD) for one in (rita, otto)]

    await world.access.sign_out(rita)

    with pytest.raises(Unauthenticated):
        await world.access.reviewer(sessions[0])
    assert await world.access.reviewer(sessions[1]) == otto


async def test_the_fifth_wrong_password_locks_for_half_an_hour_whatever_comes_then(world: World) -> None:
    rita = await plays.reviewer(world)
    until = world.clock.now() + LOCK

    refused = []
    for _ in range(LOCK_AFTER):
        with pytest.raises(Unauthenticated) as wrong:
            await world.access.sign_in(rita.email, "wrong")
        refused.append(wrong.value)
    *before, last = refused
    assert not any(isinstance(one, AccountLocked) for one in before)
    assert isinstance(last, AccountLocked)
    assert last.until == until
    assert f"Wait until {until:%H:%M} UTC" in str(last)
    world.clock.turn(LOCK - timedelta(seconds=1))
    with pytest.raises(AccountLocked) as still:
        await world.access.sign_in(f" {rita.email.upper()} ", PASSWORD)
    assert still.value.until == until
    world.clock.turn(timedelta(seconds=1))
    await world.access.sign_in(rita.email, PASSWORD)


async def test_signing_in_and_out_is_recorded_and_who_is_unknown_in_the_log_of_the_service(
    world: World,
) -> None:
    rita = await plays.reviewer(world)
    with pytest.raises(Unauthenticated):
        await world.access.sign_in(rita.email, "wrong")
    with pytest.raises(Unauthenticated):
        await world.access.sign_in("nobody@acme.example", PASSWORD)
    await world.access.sign_in(rita.email, PASSWORD)
    await world.access.sign_out(rita)

    acts = (await world.store.recorded(ActFilter("acme", actor=rita.id)))[::-1]
    unknown = await world.store.recorded(ActFilter(None, actor="unknown"))
    assert [(act.action, act.subject, act.tenant) for act in acts] == [
        (Action.SIGN_IN_REFUSED, rita.id, "acme"),
        (Action.SIGNED_IN, rita.id, "acme"),
        (Action.SIGNED_OUT, rita.id, "acme"),
    ]
    assert [(act.action, act.subject, act.tenant) for act in unknown] == [(Action.SIGN_IN_REFUSED, "", None)]


async def test_an_account_without_a_password_costs_a_hash_and_lets_nobody_in(world: World) -> None:
    rita = await plays.reviewer(world)
    await world.store.change_reviewer(replace(rita, password_hash=""))

    for password in ("", PASSWORD):
        with pytest.raises(Unauthenticated) as refused:
            await world.access.sign_in(rita.email, password)
        assert str(refused.value) == ("We do not know who is asking. The address or the password is wrong.")


async def test_an_account_that_was_ended_neither_signs_in_nor_goes_on(world: World) -> None:
    rita = await plays.reviewer(world)
    session = await world.access.sign_in(rita.email, PASSWORD)
    await world.store.change_reviewer(replace(rita, disabled_at=world.clock.now()))

    with pytest.raises(AccountDisabled):
        await world.access.sign_in(rita.email, PASSWORD)
    with pytest.raises(AccountDisabled):
        await world.access.reviewer(session)


async def test_whether_somebody_signed_in_lately_is_told_by_the_second(world: World) -> None:
    rita = await plays.reviewer(world)
    session = await world.access.sign_in(rita.email, PASSWORD)
    span = timedelta(minutes=15)

    world.clock.turn(span)
    lately = await world.access.signed_in_within(session, span)
    world.clock.turn(timedelta(seconds=1))

    assert lately
    assert not await world.access.signed_in_within(session, span)
    assert not await world.access.signed_in_within(None, span)
    assert not await world.access.signed_in_within("made up", span)


async def test_a_key_is_noted_as_used_by_a_second_process_that_knows_nothing_of_the_first(
    world: World,
) -> None:
    made = await world.access.add_key("acme", tuple(Scope), livemode=True)
    first = world.clock.now()
    await world.access.caller(f"Bearer {made.secret}", Scope.VERDICTS_READ)
    world.clock.turn(timedelta(minutes=59))

    key, _ = await world.access.caller(f"Bearer {made.secret}", Scope.VERDICTS_READ)

    assert key.last_used_at == first
