"""Rankings that come a second time: from the bank on disk to what the reviewer and the candidate read."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from assessor.adapters.content import FileContent
from assessor.adapters.shipped import shipped
from assessor.domain.assessment import Assessment, Status
from assessor.domain.item import Category
from tests.web.candidate.people import Candidate, invited, words
from tests.web.desk import sign_in
from tests.web.site import Site, serving

AGAIN = "again-"


def edited(path: Path, change: Any) -> None:
    tree = yaml.safe_load(path.read_text("utf-8"))
    change(tree)
    path.write_text(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False), "utf-8")


def with_repeats(rankings: dict[str, Any]) -> None:
    """Add a hidden repeat of each ranking: the same responses under other names, the last one left out."""
    for first in list(rankings["items"]):
        shown = first["responses"][:3]
        names = {one["id"]: f"{AGAIN}{one['id']}" for one in shown}
        groups = [[names[name] for name in group if name in names] for group in first["key"]["order"]]
        again = {**first, "id": f"{AGAIN}{first['id']}", "repeat_of": first["id"], "enemies": []}
        again["responses"] = [{**one, "id": names[one["id"]]} for one in reversed(shown)]
        notes = {names[name]: note for name, note in first["key"]["notes"].items() if name in names}
        again["key"] = {
            "rationale": first["key"]["rationale"],
            "order": [group for group in groups if group],
            "notes": notes,
        }
        rankings["items"].append(again)


def with_one_repeat(track: dict[str, Any]) -> None:
    form = track["forms"]["short"]
    form["minutes"] += 3  # as much as the longest ranking of the bank, which may be the one that is repeated
    next(one for one in form["sections"] if one["category"] == "ranking")["repeats"] = 1


@pytest.fixture
async def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    banks = tmp_path / "question_banks"
    shutil.copytree(shipped("question_banks"), banks)
    edited(banks / "python" / "ranking.yaml", with_repeats)
    edited(banks / "python" / "track.yaml", with_one_repeat)
    monkeypatch.setattr("assessor.bootstrap.parts.content", lambda: FileContent(banks, shipped("rubrics")))
    async with serving(tmp_path / "data") as site:
        yield site


@pytest.fixture
async def candidate(site: Site, browser: httpx.AsyncClient) -> Candidate:
    candidate = await invited(site, browser)
    await candidate.begin()
    await candidate.interview()
    return candidate


async def finished(candidate: Candidate, *, contrary: bool) -> Assessment:
    """Rank all by the key, or the repeat the other way round, and submit."""
    for place in (await candidate.assessment()).form.tasks:
        fields = await candidate.good_answer(place.item_id)
        if contrary and place.item_id.startswith(AGAIN):
            places = {name: int(at) for name, at in fields.items() if name.startswith("place-")}
            fields |= {name: str(1 + max(places.values()) - at) for name, at in places.items()}
        answer = await candidate.post(f"/assessment/tasks/{place.item_id}", **fields)
        assert answer.status_code == 303
    await candidate.post("/assessment/submit")
    for _ in range(400):
        if (assessment := await candidate.assessment()).status is Status.DECIDED:
            return assessment
        await asyncio.sleep(0.05)
    raise AssertionError("scoring did not end")


async def reviewers_page(candidate: Candidate) -> str:
    person = await candidate.site.reviewer(candidate.platform.tenant)
    async with candidate.site.browser() as browser:
        await sign_in(browser, person.email)
        return words(await browser.get(f"/review/{candidate.id}"))


@pytest.mark.parametrize(("second", "agreement"), [("alike", "100%"), ("contrary", "0%")])
async def test_a_reviewer_reads_how_steady_somebody_is_and_no_score_knows_of_it(
    candidate: Candidate, second: str, agreement: str
) -> None:
    assessment = await finished(candidate, contrary=second == "contrary")

    assert f"Of 3 pairs that were shown twice, {agreement} were placed alike." in await reviewers_page(
        candidate
    )
    (repeat,) = [place for place in assessment.form.of(Category.RANKING) if not place.is_scored]
    assert repeat.item_id.startswith(AGAIN)
    assert not any(item_id == repeat.item_id for item_id, _ in assessment.scores)
    first = repeat.item_id.removeprefix(AGAIN)
    assert assessment.scores[first, "order"].value == 1.0


async def test_the_candidate_is_told_afterwards_that_it_was_not_scored_and_not_before(
    candidate: Candidate,
) -> None:
    form = (await candidate.assessment()).form
    first, repeat = form.of(Category.RANKING)
    before = [words(await candidate.get(f"/assessment/tasks/{one.item_id}")) for one in (first, repeat)]
    await finished(candidate, contrary=False)

    after = words(await candidate.get("/assessment/result"))

    told = "to see whether the same ones are put in the same order twice. That is not scored."
    assert told in after
    assert "Not scored yet." not in after
    assert not any("twice" in page or "repeat" in page.casefold() for page in before)
