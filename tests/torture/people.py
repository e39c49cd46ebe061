"""Candidates who do not give up: every request is repeated until it is acknowledged."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from assessor.domain.library import Library
from assessor.domain.notice import CURRENT
from assessor.simulation.candidate import SimulatedCandidate
from assessor.simulation.headless import fields_of
from assessor.simulation.round_robin import RoundRobin

PATIENCE_SECONDS = 120.0
"""For how long somebody waits for one thing while nothing troubles the service."""
PAUSE_SECONDS = 0.05
Request = Callable[[], Awaitable[httpx.Response]]
_TASKS = re.compile(r'href="(/assessment/tasks/[a-z0-9_-]+)"')


class GaveUp(Exception):
    """A request was not acknowledged although the service was up again."""


@dataclass
class Patience:
    """How long people wait: without end while trouble is made, and no longer than is fair from then on.

    So what comes late on a machine that is overloaded and killed is told from what never comes.
    """

    calm_since: float | None = field(default_factory=lambda: asyncio.get_running_loop().time())
    """By the event loop's clock; None while trouble is made."""
    longest: float = 0
    """What somebody waited for one thing, in seconds."""

    def waited(self, began: float, what: str) -> None:
        """Note a wait that goes on. Raises GaveUp."""
        now = asyncio.get_running_loop().time()
        self.longest = max(self.longest, now - began)
        if self.calm_since is not None and now - max(began, self.calm_since) > PATIENCE_SECONDS:
            raise GaveUp(what)


@dataclass
class Acknowledged:
    """What the service said it had stored. Nothing of it may be missing or doubled."""

    assessment_id: str
    messages: dict[str, str] = field(default_factory=dict)
    """Text by message id."""
    tasks: set[str] = field(default_factory=set)
    submitted: bool = False
    verdicts: list[str] = field(default_factory=list)
    """Ids of verdicts that a platform has read."""


@dataclass
class Person:
    """One candidate and the platform that ordered them."""

    urls: Sequence[str]
    """Of the web processes; requests go to each in turn."""
    key: str
    library: Library
    name: str
    patience: Patience
    acknowledged: Acknowledged | None = None

    def transport(self) -> httpx.AsyncBaseTransport:
        """Return the way to the service."""
        return RoundRobin(self.urls, random.randrange(len(self.urls)))

    async def live(self) -> None:
        """Go through one assessment, from the order to the verdict."""
        async with httpx.AsyncClient(base_url=self.urls[0], timeout=10, transport=self.transport()) as client:
            client.headers["origin"] = self.urls[0]
            ordered = await self._order(client)
            self.acknowledged = known = Acknowledged(ordered["id"])
            await self._enter(client, ordered["invite_url"])
            candidate = SimulatedCandidate(self.library, "python", random.choice([2, 3, 4]))
            await self._converse(client, known, candidate)
            await self._work(client, known, candidate)
            await self._submit(client, known)

    async def _order(self, client: httpx.AsyncClient) -> dict[str, Any]:
        async def order() -> httpx.Response:
            return await client.post(
                "/v1/assessments",
                json={"candidate_ref": self.name, "track": "python", "form": "short"},
                headers={"authorization": f"Bearer {self.key}", "idempotency-key": self.name},
            )

        ordered: dict[str, Any] = (await self._until(order, {201})).json()
        return ordered

    async def _enter(self, client: httpx.AsyncClient, invite_url: str) -> None:
        """Open the link. When the answer with the session was cut off, the platform sends a new link."""
        link = httpx.URL(invite_url).path
        while True:
            start = f"{link}/start"
            response = await self._until(lambda start=start: client.post(start), {303, 410})  # type: ignore[misc]  # bound now
            if response.status_code == httpx.codes.SEE_OTHER:
                begin = {"notice": CURRENT.version}
                await self._until(lambda begin=begin: client.post("/assessment/begin", data=begin), {303})  # type: ignore[misc]  # bound now
                return
            again = await self._until(self._reissue(client), {200, 201})
            link = httpx.URL(again.json()["invite_url"]).path

    def _reissue(self, client: httpx.AsyncClient) -> Request:
        path = f"/v1/assessments/{self._known.assessment_id}/invites"
        number = random.getrandbits(64)  # a lost answer is asked for again under the same key

        async def reissue() -> httpx.Response:
            return await client.post(
                path, headers={"authorization": f"Bearer {self.key}", "idempotency-key": f"{number:x}"}
            )

        return reissue

    async def _converse(
        self, client: httpx.AsyncClient, known: Acknowledged, candidate: SimulatedCandidate
    ) -> None:
        for number in range(60):
            turn = await self._reply(client)
            if turn["kind"] == "closing":
                return
            message_id, text = f"{self.name}-{number:04}", candidate.answer(turn["item_id"])
            form = {"cmid": message_id, "text": text}
            response = await self._until(
                lambda form=form: client.post(  # type: ignore[misc]  # bound now, not when it is called
                    "/assessment/interview/messages", data=form, headers={"accept": "application/json"}
                ),
                {202},
            )
            if response.json()["cmid"] == message_id:
                known.messages[message_id] = text
        raise GaveUp("the interview did not end")

    async def _reply(self, client: httpx.AsyncClient) -> dict[str, Any]:
        """Look at the page, which sees to it that a turn that was cut off runs again; then read."""

        async def transcript() -> httpx.Response:
            await client.get("/assessment/interview")
            path = f"/v1/assessments/{self._known.assessment_id}/transcript"
            return await client.get(path, headers={"authorization": f"Bearer {self.key}"})

        began = asyncio.get_running_loop().time()
        while True:
            turns = (await self._until(transcript, {200})).json()["turns"]
            if turns and turns[-1]["speaker"] == "interviewer":
                turn: dict[str, Any] = turns[-1]
                return turn
            self.patience.waited(began, "the interviewer does not reply")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _work(
        self, client: httpx.AsyncClient, known: Acknowledged, candidate: SimulatedCandidate
    ) -> None:
        hub = await self._until(lambda: client.get("/assessment"), {200})
        for path in dict.fromkeys(_TASKS.findall(hub.text)):
            item_id = path.rsplit("/", 1)[-1]
            form = fields_of(self.library, item_id, candidate.response(item_id))
            data = {name: values[0] for name, values in form.items()}
            await self._until(lambda path=path, data=data: client.post(path, data=data), {303})  # type: ignore[misc]  # as above
            known.tasks.add(item_id)

    async def _submit(self, client: httpx.AsyncClient, known: Acknowledged) -> None:
        await self._until(lambda: client.post("/assessment/submit"), {303})
        known.submitted = True
        path = f"/v1/assessments/{known.assessment_id}/verdict"
        headers = {"authorization": f"Bearer {self.key}"}
        began = asyncio.get_running_loop().time()
        while True:
            response = await self._until(lambda: client.get(path, headers=headers), {200, 404})
            if response.status_code == httpx.codes.OK:
                known.verdicts.append(response.json()["document"]["id"])
                return
            self.patience.waited(began, "there is no verdict")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _until(self, request: Request, wanted: set[int]) -> httpx.Response:
        return await until(request, wanted, self.patience)

    @property
    def _known(self) -> Acknowledged:
        if self.acknowledged is None:
            raise GaveUp("there is no assessment yet")
        return self.acknowledged


async def until(request: Request, wanted: set[int], patience: Patience | None = None) -> httpx.Response:
    """Repeat a request until it is answered as wanted. A dead service is waited for. Raises GaveUp."""
    patience, began = patience or Patience(), asyncio.get_running_loop().time()
    while True:
        try:
            response = await request()
            if response.status_code in wanted:
                return response
            last = f"{response.status_code} {response.text[:300]}"
        except httpx.TransportError as error:
            last = repr(error)
        patience.waited(began, f"never answered with {wanted}; the last was {last}")
        await asyncio.sleep(PAUSE_SECONDS)
