"""Tenants, keys, people and sessions."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from assessor.adapters.store import SqlStore
from assessor.domain.errors import Conflict, NotFound
from assessor.domain.policy import Grade, Policy
from assessor.ports import ApiKey, Reviewer, Session, Tenant
from tests.adapters.store.samples import HOUR, NOW, TENANT

pytestmark = pytest.mark.anyio

KEY = ApiKey("key_1", TENANT.id, ("assessments:write", "verdicts:read"), livemode=True)
REVIEWER = Reviewer("rev_1", TENANT.id, "ana@example.org", "Ana", "argon2-hash")
OTHER = Tenant(
    "other",
    "Other",
    Policy(judge_may_score=True, least_basis=Grade.NONE, rules_may_decide=("qualified", "not_qualified")),
)


async def test_tenants_are_read_as_they_were_added_the_oldest_first(store: SqlStore) -> None:
    await store.add_tenant(OTHER, NOW + HOUR)

    assert await store.tenant(OTHER.id) == OTHER
    assert await store.tenants() == (TENANT, OTHER)


async def test_a_tenant_is_added_once(store: SqlStore) -> None:
    with pytest.raises(Conflict):
        await store.add_tenant(TENANT, NOW)


async def test_what_is_not_there_is_not_found(store: SqlStore) -> None:
    for attempt in (
        store.tenant("none"),
        store.key("none"),
        store.reviewer("none"),
        store.revoke_key("none", NOW),
        store.add_key(replace(KEY, tenant="none"), "hash", NOW),
        store.add_reviewer(replace(REVIEWER, tenant="none"), NOW),
        store.candidate("none", "ref"),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_key_is_read_with_the_hash_of_its_secret(store: SqlStore) -> None:
    await store.add_key(KEY, "hash", NOW)

    assert await store.key(KEY.id) == (KEY, "hash")
    assert await store.keys(TENANT.id) == (KEY,)
    assert await store.keys("other") == ()


async def test_a_revoked_key_is_gone_from_everywhere(store: SqlStore) -> None:
    await store.add_key(KEY, "hash", NOW)

    await store.revoke_key(KEY.id, NOW)

    assert await store.keys(TENANT.id) == ()
    for attempt in (store.key(KEY.id), store.revoke_key(KEY.id, NOW)):
        with pytest.raises(NotFound):
            await attempt


async def test_an_id_of_a_key_is_taken_once_and_for_all(store: SqlStore) -> None:
    await store.add_key(KEY, "hash", NOW)
    await store.revoke_key(KEY.id, NOW)

    with pytest.raises(Conflict):
        await store.add_key(KEY, "hash", NOW)


async def test_a_reviewer_is_found_by_id_and_by_address_in_any_case(store: SqlStore) -> None:
    await store.add_reviewer(replace(REVIEWER, email="Ana@Example.org"), NOW)

    assert await store.reviewer(REVIEWER.id) == REVIEWER
    assert await store.reviewer_by_email(" ANA@example.ORG ") == REVIEWER
    assert await store.reviewer_by_email("ana@example.com") is None
    assert await store.reviewers() == (REVIEWER,)


async def test_an_address_belongs_to_one_reviewer(store: SqlStore) -> None:
    await store.add_reviewer(REVIEWER, NOW)

    with pytest.raises(Conflict, match="is taken"):
        await store.add_reviewer(replace(REVIEWER, id="rev_2", email="ANA@example.org"), NOW)


@pytest.mark.parametrize(
    ("later", "found"), [(timedelta(0), 1), (HOUR - timedelta(microseconds=1), 1), (HOUR, 0)]
)
async def test_a_session_is_open_until_it_expires(store: SqlStore, later: timedelta, found: int) -> None:
    session = Session("hash", "candidate", "asm_1", NOW + HOUR)
    await store.open_session(session)

    opened = await store.session("hash", NOW + later)

    assert opened == (session if found else None)


async def test_closing_ends_all_sessions_of_one_subject_and_no_others(store: SqlStore) -> None:
    kept = Session("h3", "reviewer", "asm_1", NOW + HOUR), Session("h4", "candidate", "asm_2", NOW + HOUR)
    for session in (*(Session(h, "candidate", "asm_1", NOW + HOUR) for h in ("h1", "h2")), *kept):
        await store.open_session(session)

    await store.close_sessions("candidate", "asm_1")

    found = [await store.session(token_hash, NOW) for token_hash in ("h1", "h2", "h3", "h4")]
    assert found == [None, None, *kept]


async def test_one_reference_is_one_candidate_even_when_asked_for_at_once(store: SqlStore) -> None:
    ids = await asyncio.gather(*(store.candidate(TENANT.id, "worker-17") for _ in range(20)))

    assert len(set(ids)) == 1
    assert ids[0].startswith("cnd_")


async def test_a_reference_means_another_person_at_another_tenant(store: SqlStore) -> None:
    await store.add_tenant(OTHER, NOW)

    mine, theirs = await store.candidate(TENANT.id, "ref"), await store.candidate(OTHER.id, "ref")

    assert mine != theirs
    assert await store.candidate(TENANT.id, "ref-2") not in {mine, theirs}
