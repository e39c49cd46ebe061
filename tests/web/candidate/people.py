"""One invited person with a browser, and what stands on a page."""

import html
import json
import re
from dataclasses import dataclass

import httpx

from assessor.domain.assessment import Assessment
from assessor.domain.notice import CURRENT
from assessor.domain.policy import Policy
from assessor.services.order import Order
from assessor.simulation.candidate import EXPERT, SimulatedCandidate
from assessor.simulation.headless import fields_of
from tests.web.site import PILOT, Platform, Site

JSON = {"Accept": "application/json"}


@dataclass
class Candidate:
    """One invited person with a browser."""

    site: Site
    browser: httpx.AsyncClient
    platform: Platform
    id: str
    link: str

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.browser.get(path, headers=headers)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        return await self.browser.post(path, data=fields)

    async def say(self, text: str, cmid: str) -> httpx.Response:
        return await self.post("/assessment/interview/messages", cmid=cmid, text=text)

    async def save(self, name: str, base: int, payload: object) -> httpx.Response:
        return await self.browser.put(
            f"/assessment/drafts/{name}",
            content=json.dumps({"base_revision": base, "payload": payload}),
            headers={**JSON, "Content-Type": "application/json"},
        )

    async def begin(self) -> None:
        await self.post(f"{self.link}/start")
        await self.post("/assessment/begin", notice=CURRENT.version)

    async def assessment(self) -> Assessment:
        return await self.site.services.ordering.get(self.platform.tenant.id, self.id)

    async def interview(self) -> None:
        for number in range(30):
            await self.get("/assessment/interview")
            if (await self.assessment()).interview_finished:
                return
            await self.say(
                "I would check it against the request, because claims are easy to make.", f"said-{number:04}"
            )
        raise AssertionError("the interview did not end")

    async def item(self, category: str) -> str:
        form = (await self.assessment()).form
        return next(place.item_id for place in form.items if place.category.value == category)

    async def first_name(self, item_id: str) -> str:
        """Return the id of the first dimension, response or step of a task."""
        item = (await self.site.services.content.library()).item("python", item_id).presented()
        return next(
            (item[name][0]["id"] for name in ("dimensions", "responses", "steps") if name in item), ""
        )

    async def good_answer(self, item_id: str) -> dict[str, str]:
        library = await self.site.services.content.library()
        response = SimulatedCandidate(library, "python", EXPERT).response(item_id)
        return {name: values[0] for name, values in fields_of(library, item_id, response).items()}

    async def hand_in_everything(self) -> None:
        for place in (await self.assessment()).form.tasks:
            await self.post(f"/assessment/tasks/{place.item_id}", **await self.good_answer(place.item_id))


async def invited(
    site: Site, browser: httpx.AsyncClient, form: str = "short", policy: Policy = PILOT
) -> Candidate:
    platform = await site.platform(policy=policy, livemode=True)
    ordered = await site.services.ordering.order(
        platform.tenant, Order(candidate_ref=f"person-{next(site.orders)}", track="python", form=form)
    )
    link = "/c/" + ordered.invite_url.rsplit("/", 1)[-1]
    return Candidate(site, browser, platform, ordered.assessment.id, link)


def words(response: httpx.Response) -> str:
    without_tags = re.sub(r"<[^>]+>", " ", response.text.partition("<main")[2])
    return " ".join(html.unescape(without_tags).split())
