"""The demonstration without a person: a candidate and a reviewer who use the pages over HTTP."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import httpx

from assessor.adapters.content import shipped_content
from assessor.domain.item import Category
from assessor.domain.library import Library
from assessor.settings import Settings
from assessor.simulation.candidate import EXPERT, SimulatedCandidate
from assessor.simulation.demonstration import KEY_FILE, TRACK
from assessor.simulation.forms import Fields, Form, FormBrowser, Page
from assessor.simulation.playing import SimulationStuck
from assessor.simulation.round_robin import RoundRobin

WAIT_SECONDS = 180.0
"""For scoring, or a review: on a machine that is busy with others, another worker takes over late."""
POLL_SECONDS = 0.05
MAX_MESSAGES = 40
MOST_SHEETS = 4
DECISION: Fields = {
    "decision": ["qualified"],
    "decision_reason": ["Every part that was looked at is on the level of an expert; the form was short."],
}
REASON = "Scored by the headless demonstration from the level that the candidate plays."

Tell = Callable[[str], None]


async def play(demonstration: Settings, tell: Tell, urls: Sequence[str]) -> dict[str, Any]:
    """Play the short form and the person's part against the application that is served at some addresses.

    Returns the files that a platform would keep: `verdict.json` (the document), `verdict.jws`,
    `jwks.json`, `transcript.json`. Raises SimulationStuck when something does not come to its end.
    """
    library = await shipped_content().library()
    key = (demonstration.data_dir / KEY_FILE).read_text("ascii").strip()
    async with (
        FormBrowser(demonstration.public_url, RoundRobin(urls)) as browser,
        Platform(demonstration.public_url, key, RoundRobin(urls)) as platform,
    ):
        assessment_id, token = await platform.order()
        candidate = SimulatedCandidate(library, TRACK, EXPERT)
        run = Run(browser, platform, library, candidate, assessment_id)
        tell("The candidate opens the link and holds the interview ...")
        await run.open(token)
        await run.interview()
        tell("The candidate does the tasks and submits ...")
        await run.tasks()
        await run.submit()
        tell("The reviewer scores what waits for a person ...")
        await run.review()
        return await platform.files(assessment_id)


class Platform:
    """A platform's backend: one API key, plain HTTP."""

    def __init__(self, origin: str, key: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        # A new person each time: on a database that stays, the last one has a verdict already.
        self._candidate = f"headless-{secrets.token_hex(4)}"
        self._client = httpx.AsyncClient(
            base_url=origin, headers={"Authorization": f"Bearer {key}"}, timeout=30, transport=transport
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def order(self) -> tuple[str, str]:
        """Order the short form; return the assessment's id and the path of its invite link."""
        answer = await self._client.post(
            "/v1/assessments",
            json={"candidate_ref": self._candidate, "track": TRACK, "form": "short"},
            headers={"Idempotency-Key": self._candidate},
        )
        ordered = answer.raise_for_status().json()
        return ordered["id"], httpx.URL(ordered["invite_url"]).path

    async def transcript(self, assessment_id: str) -> dict[str, Any]:
        """Return the conversation and the responses."""
        answer = await self._client.get(f"/v1/assessments/{assessment_id}/transcript")
        transcript: dict[str, Any] = answer.raise_for_status().json()
        return transcript

    async def verdict(self, assessment_id: str) -> dict[str, Any] | None:
        """Return the verdict with its status, or None while there is none."""
        answer = await self._client.get(f"/v1/assessments/{assessment_id}/verdict")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        verdict: dict[str, Any] = answer.raise_for_status().json()
        return verdict

    async def files(self, assessment_id: str) -> dict[str, Any]:
        """Return what a platform keeps of a verdict."""
        verdict = await self.verdict(assessment_id)
        if verdict is None:
            raise SimulationStuck("there is no verdict")
        jwks = await self._client.get("/.well-known/jwks.json")
        return {
            "verdict.json": verdict["document"],
            "verdict.jws": verdict["jws"],
            "jwks.json": jwks.raise_for_status().json(),
            "transcript.json": await self.transcript(assessment_id),
        }


@dataclass(frozen=True)
class Run:
    """One assessment from the link to the completed review."""

    browser: FormBrowser
    platform: Platform
    library: Library
    candidate: SimulatedCandidate
    assessment_id: str

    async def open(self, path: str) -> None:
        """Read the welcome page and the notice, and begin."""
        welcome = await self._page(path)
        notice = await self.browser.send(welcome, welcome.form("/start"))
        await self.browser.send(notice, notice.form("/begin"))

    async def interview(self) -> None:
        """Answer until the interviewer closes, by the form that works without JavaScript."""
        for _ in range(MAX_MESSAGES):
            page = await self._page("/assessment/interview")
            turn = await self._last_turn()
            if turn["kind"] == "closing":
                return
            text = self.candidate.answer(turn["item_id"])
            await self.browser.send(page, page.form("/messages"), {"text": [text]})
        raise SimulationStuck(f"the interview did not end within {MAX_MESSAGES} messages")

    async def tasks(self) -> None:
        """Fill in every task that the hub links to."""
        hub = await self._page("/assessment")
        for path in hub.links("/assessment/tasks/"):
            page = await self._page(path)
            item_id = path.rsplit("/", 1)[-1]
            fields = fields_of(self.library, item_id, self.candidate.response(item_id))
            after = await self.browser.send(page, page.form(path), fields)
            if after.status != httpx.codes.OK:
                raise SimulationStuck(f"task {item_id} was refused with status {after.status}")

    async def submit(self) -> None:
        """Confirm, and wait for the first verdict."""
        page = await self._page("/assessment/submit")
        await self.browser.send(page, page.form("/submit"))
        for _ in range(int(WAIT_SECONDS / POLL_SECONDS)):
            if await self.platform.verdict(self.assessment_id):
                return
            await asyncio.sleep(POLL_SECONDS)
        raise SimulationStuck("scoring did not end")

    async def review(self) -> None:
        """Score everything that is open on the one form, then decide what the rules leave open.

        A short form rarely says enough for the rule alone, even when every answer is right.
        """
        doors = await self._page("/demo")
        await self.browser.send(doors, doors.form("/demo/reviewer"))
        for _ in range(MOST_SHEETS):
            case = await self._page(f"/review/{self.assessment_id}")
            sheet = case.find("/sheet")
            if sheet is None:
                return
            await self.browser.send(case, sheet, self._marks(sheet) or DECISION)
        raise SimulationStuck("the review did not end")

    def _marks(self, sheet: Form) -> Fields:
        """Return a mark and a reason for every open criterion of the form."""
        marks: Fields = {}
        for name in sheet.names:
            kind, _, place = name.partition(".")
            if kind == "mark":
                marks[name] = ["met" if self.candidate.meets(*place.split("/")) else "unmet"]
                marks[f"reason.{place}"] = [REASON]
        return marks

    async def _last_turn(self) -> dict[str, Any]:
        """Wait until the interviewer has spoken."""
        for _ in range(int(WAIT_SECONDS / POLL_SECONDS)):
            turns = (await self.platform.transcript(self.assessment_id))["turns"]
            if turns and turns[-1]["speaker"] == "interviewer":
                turn: dict[str, Any] = turns[-1]
                return turn
            await asyncio.sleep(POLL_SECONDS)
        raise SimulationStuck("the interviewer did not reply")

    async def _page(self, path: str) -> Page:
        page = await self.browser.open(path)
        if page.status != httpx.codes.OK:
            raise SimulationStuck(f"{path} answered {page.status}")
        return page


def fields_of(library: Library, item_id: str, response: dict[str, Any]) -> Fields:
    """Write a response into the controls of the task's page."""
    category = library.item(TRACK, item_id).category
    return {name: [str(value)] for name, value in _WRITERS[category](response).items()}


def _evaluation(response: dict[str, Any]) -> dict[str, Any]:
    fields = {f"ratings-{name}": rating for name, rating in response["ratings"].items()}
    for row, issue in enumerate(response["issues"]):
        fields |= {f"issue-{row}-tag": issue["tag"], f"issue-{row}-quote": issue["quote"]}
    return fields | {"justification": response["justification"]}


def _ranking(response: dict[str, Any]) -> dict[str, Any]:
    places = {f"place-{name}": place for place, group in enumerate(response["order"], 1) for name in group}
    return places | {"justification": response["justification"]}


def _rubric(response: dict[str, Any]) -> dict[str, Any]:
    return {
        f"row-{place}-{name}": row[name]
        for place, row in enumerate(response["rows"])
        for name in ("criterion", "levels", "weight")
    }


def _trajectory(response: dict[str, Any]) -> dict[str, Any]:
    labels = {f"labels-{step}": label for step, label in response["labels"].items()}
    rest = {name: response[name] for name in ("error_class", "outcome", "fix")}
    return labels | rest | {"first_error": response["first_error"] or "none"}


_WRITERS: dict[Category, Callable[[dict[str, Any]], dict[str, Any]]] = {
    Category.EVALUATION: _evaluation,
    Category.RANKING: _ranking,
    Category.RUBRIC_WRITING: _rubric,
    Category.SFT: dict,
    Category.TRAJECTORY: _trajectory,
}
