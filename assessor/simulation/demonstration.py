"""What waits in the demonstration: a platform, two reviewers, and four finished simulated cases."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from assessor.bootstrap import Services
from assessor.domain.policy import Grade, Policy
from assessor.domain.roles import Role
from assessor.ports import Reviewer, Tenant
from assessor.services.access import Scope
from assessor.simulation.candidate import COMPETENT, EXPERT, MIDDLING, WEAK
from assessor.simulation.playing import begin

TENANT = "demo"
TRACK = "python"
REVIEWER_EMAIL = "reviewer@demo.example"
COLLEAGUE_EMAIL = "colleague@demo.example"
"""Of somebody who has seen no scores: an appeal is not for whoever has."""
KEY_FILE = "demo-key"
NOT_QUALIFIED = "simulated-not-qualified"
"""Whose result the candidate's door leads to, for an appeal."""

UNTRAINED = "A demonstration: its cases can be opened at once, and the training can be tried out as well."

POLICY = Policy(judge_may_score=True, least_basis=Grade.PROVISIONAL)
"""A pilot's policy: authored keys and cuts may decide. Marked `livemode: false` in what is signed."""


@dataclass(frozen=True)
class Demonstration:
    """Who takes part."""

    tenant: Tenant
    reviewer: Reviewer


async def prepare(services: Services, tell: Callable[[str], None]) -> Demonstration:
    """Make the platform, its key and its reviewers, and play the four cases. Doing it twice is once."""
    reviewer = await services.store.reviewer_by_email(REVIEWER_EMAIL)
    if reviewer is not None:
        if not (services.settings.data_dir / KEY_FILE).exists():
            await _write_key(services)
        await _add_colleague(services)
        await _excuse(services)
        return Demonstration(await services.store.tenant(TENANT), reviewer)
    tenant = await services.access.add_tenant(TENANT, "Demonstration platform", POLICY)
    await _write_key(services)
    tell("Playing four simulated candidates ...")
    reviewer = await _first_cases(services, tenant)
    await _add_colleague(services)
    await _excuse(services)
    return Demonstration(tenant, reviewer)


async def _excuse(services: Services) -> None:
    """Waive the training of who reviews here, where it is open, so that the doors lead to cases at once."""
    for person in await services.store.reviewers():
        if person.tenant == TENANT and await services.training.untrained(person):
            await services.training.waive("demonstration", TENANT, person.id, None, UNTRAINED)


async def _first_cases(services: Services, tenant: Tenant) -> Reviewer:
    """Play the cases first and add the reviewer between: an interrupted preparation starts anew."""
    reviewer = await _add_reviewer(services, REVIEWER_EMAIL, "Demo reviewer")
    await _qualified(services, tenant, reviewer)
    await _near_the_cut(services, tenant, reviewer)
    await _not_qualified(services, tenant, reviewer)
    await _given_back(services, tenant)
    return reviewer


async def _add_colleague(services: Services) -> None:
    if await services.store.reviewer_by_email(COLLEAGUE_EMAIL) is None:
        await _add_reviewer(services, COLLEAGUE_EMAIL, "Demo colleague")


async def _add_reviewer(services: Services, email: str, name: str) -> Reviewer:
    # Nobody can sign in with it: the demonstration's door opens the session by itself.
    password = os.urandom(24).hex()
    return await services.access.add_reviewer(TENANT, email, name, password, tuple(Role))


async def _qualified(services: Services, tenant: Tenant, reviewer: Reviewer) -> None:
    player = await begin(services, tenant, "simulated-qualified", "full", TRACK, EXPERT)
    await player.interview()
    await player.tasks()
    await player.submit()
    await player.review(reviewer)


async def _near_the_cut(services: Services, tenant: Tenant, reviewer: Reviewer) -> None:
    player = await begin(services, tenant, "simulated-near-the-cut", "full", TRACK, MIDDLING)
    await player.interview()
    await player.tasks()
    await player.submit()
    await player.review(reviewer)


async def _not_qualified(services: Services, tenant: Tenant, reviewer: Reviewer) -> None:
    player = await begin(services, tenant, NOT_QUALIFIED, "short", TRACK, WEAK)
    await player.interview()
    await player.tasks()
    await player.submit()
    await player.review(reviewer)
    await services.reviewing.decide(
        reviewer,
        player.assessment_id,
        "not_qualified",
        "The answers name what goes wrong, and seldom why, or what to do about it.",
    )


async def _given_back(services: Services, tenant: Tenant) -> None:
    player = await begin(services, tenant, "simulated-fault-of-ours", "full", TRACK, COMPETENT)
    await player.interview()
    await services.scoring.hold(player.assessment_id, "simulated outage")
    await services.ordering.give_back(
        player.assessment_id, "An outage on our side ended the session; the attempt does not count."
    )


async def _write_key(services: Services) -> None:
    made = await services.access.add_key(TENANT, tuple(Scope), livemode=False)
    path = services.settings.data_dir / KEY_FILE
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(made.secret)
