"""Two people on one platform who write nearly the same, both scored."""

import asyncio

from assessor.domain.assessment import Status
from assessor.ports import Reviewer
from assessor.services.marking import Mark
from assessor.services.order import Order
from tests.services.alike import WRITTEN, sft_of
from tests.web.candidate.people import Candidate
from tests.web.site import Platform, Site

REASON = "What the answer shows."


async def writing(
    site: Site, platform: Platform, reference: str, text: str, item_id: str | None = None
) -> Candidate:
    """Let somebody write a text to an ideal response, submit, and be scored by rule."""
    order = Order(candidate_ref=reference, track="python", form="short")
    ordered = await site.services.ordering.order(platform.tenant, order)
    if item_id not in {None, sft_of(ordered.assessment)}:
        return await writing(site, platform, f"{reference}-else", text, item_id)
    link = "/c/" + ordered.invite_url.rsplit("/", 1)[-1]
    person = Candidate(site, site.browser(), platform, ordered.assessment.id, link)
    await person.begin()
    await person.interview()
    await person.post(f"/assessment/tasks/{sft_of(ordered.assessment)}", text=text, anyway="true")
    await person.post("/assessment/submit")
    while (found := await person.assessment()).verdict is None:
        assert found.status is not Status.TECHNICAL_HOLD
        await asyncio.sleep(0.02)
    await site.services.near_duplicates.compare_beside(person.id)
    return person


async def two(site: Site, platform: Platform, reference: str = "ada") -> tuple[Candidate, Candidate]:
    """Let one person write, and another nearly the same to the same task."""
    first = await writing(site, platform, reference, WRITTEN)
    item_id = sft_of(await first.assessment())
    return first, await writing(site, platform, f"{reference}-too", f"Hello to you. {WRITTEN}", item_id)


async def scored(person: Candidate, by: Reviewer) -> None:
    """Let a reviewer score everything that waits, and decide."""
    reviewing = person.site.services.reviewing
    for score in (await reviewing.case(by, person.id)).open:
        await reviewing.score(by, person.id, score.item_id, score.criterion, Mark.UNMET, REASON)
    if (await person.assessment()).needs_person:
        await reviewing.decide(by, person.id, "not_qualified", "That is what the answers show.")
