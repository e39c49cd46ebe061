"""Training in the browser: who has not passed is led to it, scores blind, sees what is known, and passes."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import httpx
import pytest

from assessor.domain.audit_log import Action
from assessor.domain.queue import Lease
from assessor.domain.roles import Role
from assessor.domain.training import STANDARD
from assessor.ports import ActFilter, Reviewer
from assessor.services.known_answers import KnownAnswer, known_answers
from assessor.services.people import Duties
from assessor.simulation.playing import Player
from assessor.web.candidate.visit import current_time
from tests.web.desk import Desk, as_shown, sign_in
from tests.web.desk import words_of as said_on

TRAIN = "/review/training"
PYTHON = f"{TRAIN}/python"
LED = "/review/training?for=python"


def words_of(page: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@dataclass
class Trainee:
    """Somebody who has not trained yet, in a browser."""

    person: Reviewer
    browser: httpx.AsyncClient
    answers: Mapping[str, KnownAnswer]

    async def shown(self) -> KnownAnswer:
        page = await self.browser.get(PYTHON)
        found = re.search(r'name="answer" value="([0-9a-f]+)"', page.text)
        assert found is not None, page.text
        return self.answers[found[1]]

    async def score(self, *, right: bool = True) -> httpx.Response:
        """Mark the next answer as is known, or everything the other way round."""
        answer = await self.shown()
        marks = {
            f"mark.{one.id}": "met" if (one.id in answer.anchor.met) is right else "unmet"
            for one in answer.rubric.criteria
        }
        sent = await self.browser.post(PYTHON, data={"answer": answer.id, **marks})
        assert sent.status_code == 303
        return await self.browser.get(sent.headers["location"])

    async def round(self, *, right: bool = True) -> httpx.Response:
        for _ in range(STANDARD.answers - 1):
            await self.score(right=right)
        return await self.score(right=right)


@pytest.fixture
async def trainee(desk: Desk) -> AsyncIterator[Trainee]:
    desk.site.app.state.sign_in_throttle.forget()
    person = await desk.site.reviewer(desk.platform.tenant, Role.REVIEWER, trained=False)
    library = await desk.site.services.content.library()
    async with desk.site.browser() as browser:
        await sign_in(browser, person.email)
        yield Trainee(person, browser, known_answers(library, "python"))


async def test_who_has_not_trained_is_led_there_calmly_and_takes_nothing(
    trainee: Trainee, player: Player, desk: Desk
) -> None:
    address = f"/review/{player.assessment_id}"
    queue = await trainee.browser.get("/review")

    ways = [
        await trainee.browser.post("/review/next"),
        await trainee.browser.get(address),
        await trainee.browser.get(f"{address}/second-look"),
        await trainee.browser.post(f"{address}/sheet", data={"decision": "qualified"}),
    ]
    page = await trainee.browser.get(LED)

    assert "tracks that you have not trained for" in words_of(queue)
    assert [(way.status_code, way.headers["location"]) for way in ways] == [(303, LED)] * 4
    assert page.status_code == 200
    assert "waits, and comes to you when you have trained for it" in words_of(page)
    assert 'role="alert"' not in page.text
    assert await desk.site.services.leasing.held([player.assessment_id]) == {}
    assert trainee.person.id not in (await desk.load(player)).opened_by


async def test_an_answer_is_scored_blind_and_what_is_known_comes_after(trainee: Trainee) -> None:
    answer = await trainee.shown()
    blind = await trainee.browser.get(PYTHON)
    after = await trainee.score(right=False)

    assert "Example answer at level" not in blind.text
    assert f"example of level {answer.anchor.level}" not in words_of(blind)
    assert all(as_shown(one.text) in said_on(blind.text) for one in answer.rubric.criteria)
    assert f"example of level {answer.anchor.level}" in words_of(after)
    assert answer.rubric.purpose in words_of(after)
    assert f"0 of {len(answer.rubric.criteria)} criteria are marked as is known" in words_of(after)
    assert (await trainee.shown()).id != answer.id


async def test_who_marks_as_is_known_passes_and_takes_cases(
    trainee: Trainee, player: Player, desk: Desk
) -> None:
    last = await trainee.round()
    taken = await trainee.browser.post("/review/next")
    again = await trainee.browser.get(PYTHON)
    acts = await desk.site.services.store.recorded(
        ActFilter(desk.platform.tenant.id, actor=trainee.person.id, action=Action.TRAINING_PASSED)
    )

    assert "You have passed" in words_of(last)
    assert taken.headers["location"] == f"/review/{player.assessment_id}"
    assert again.headers["location"] == TRAIN
    assert [act.detail for act in acts] == [{"track": "python"}]


async def test_who_does_not_pass_tries_again_with_other_answers(trainee: Trainee, player: Player) -> None:
    first: set[str] = set()
    for _ in range(STANDARD.answers - 1):
        first.add((await trainee.shown()).id)
        await trainee.score(right=False)
    last = await trainee.score(right=False)
    still = await trainee.browser.post("/review/next")
    second: set[str] = set()
    for _ in range(STANDARD.answers - 1):
        second.add((await trainee.shown()).id)
        await trainee.score()
    passed = await trainee.score()

    assert "this round does not reach the standard" in words_of(last)
    assert "Train again with other answers" in words_of(last)
    assert still.headers["location"] == LED
    assert not first & second
    assert "You have passed" in words_of(passed)


async def test_a_criterion_that_was_left_out_is_named_and_the_rest_stays(trainee: Trainee) -> None:
    answer = await trainee.shown()
    (first, second, *_) = answer.rubric.criteria

    page = await trainee.browser.post(PYTHON, data={"answer": answer.id, f"mark.{first.id}": "met"})

    assert page.status_code == 422
    assert f"{as_shown(second.text)} is not scored yet" in said_on(page.text)
    assert 'value="met" required checked' in page.text


async def test_an_answer_sent_twice_counts_once_and_one_that_is_not_next_is_refused(
    trainee: Trainee, desk: Desk
) -> None:
    answer = await trainee.shown()
    marks = {f"mark.{one.id}": "met" for one in answer.rubric.criteria}

    twice = [await trainee.browser.post(PYTHON, data={"answer": answer.id, **marks}) for _ in range(2)]
    other = await trainee.browser.post(PYTHON, data={"answer": "0" * 16, **marks})
    kept = await desk.site.services.store.practised(trainee.person.id, "python")

    assert [one.status_code for one in twice] == [303, 303]
    assert other.status_code == 409
    assert [one.answer for one in kept] == [answer.id]


async def test_what_is_known_of_an_answer_is_told_to_nobody_before(trainee: Trainee) -> None:
    answer = await trainee.shown()

    assert (await trainee.browser.get(f"{PYTHON}/{answer.id}")).status_code == 404
    assert (await trainee.browser.get(f"{TRAIN}/unknown")).status_code == 404


async def test_what_somebody_has_in_hand_they_finish(trainee: Trainee, player: Player, desk: Desk) -> None:
    score = (await desk.case(player)).open[0]
    lease = Lease(player.assessment_id, trainee.person.id, current_time() + timedelta(hours=1))
    await desk.site.services.store.hand_over(lease)
    name = f"{score.item_id}/{score.criterion}"

    opened = await trainee.browser.get(f"/review/{player.assessment_id}")
    stored = await trainee.browser.post(f"/review/{player.assessment_id}/sheet", data={f"mark.{name}": "met"})

    assert opened.status_code == 200
    assert stored.headers["location"].startswith(f"/review/{player.assessment_id}?done")


async def test_help_and_faults_of_ours_ask_for_no_training(trainee: Trainee, desk: Desk) -> None:
    held = await desk.site.playing(desk.platform.tenant)
    await held.interview()
    await desk.site.services.scoring.hold(held.assessment_id, "ModelFault")

    taken = await trainee.browser.post("/review/next")
    released = await trainee.browser.post(f"/review/{held.assessment_id}/retry")

    assert taken.headers["location"] == f"/review/{held.assessment_id}"
    assert released.headers["location"].startswith(f"/review/{held.assessment_id}?done")


async def test_a_case_is_handed_to_nobody_who_has_not_trained(
    trainee: Trainee, player: Player, desk: Desk
) -> None:
    refused = await desk.browser.post(
        f"/review/{player.assessment_id}/assign", data={"colleague": trainee.person.id}
    )

    assert refused.status_code == 409
    assert "has not trained for this track yet" in words_of(refused)


async def test_an_administrator_waives_it_in_writing_and_sees_where_people_stand(
    trainee: Trainee, player: Player, desk: Desk
) -> None:
    admin = await desk.site.reviewer(desk.platform.tenant, Role.ADMIN)
    desk.site.app.state.sign_in_throttle.forget()
    way = f"/review/people/{trainee.person.id}/waive-training"
    async with desk.site.browser() as browser:
        await sign_in(browser, admin.email)
        before = await browser.get("/review/people")
        curt = await browser.post(way, data={"track": "python", "reason": "why not"})
        made_up = await browser.post(way, data={"track": "alchemy", "reason": "They wrote the rubrics."})
        waived = await browser.post(way, data={"track": "python", "reason": "They wrote the rubrics."})
        after = await browser.get("/review/people")
    taken = await trainee.browser.post("/review/next")
    (act,) = await desk.site.services.store.recorded(
        ActFilter(desk.platform.tenant.id, action=Action.TRAINING_WAIVED)
    )

    assert "Not trained yet" in words_of(before)
    assert (curt.status_code, made_up.status_code) == (422, 422)
    assert waived.headers["location"] == "/review/people?done=waived"
    assert "They wrote the rubrics." in words_of(after)
    assert taken.headers["location"] == f"/review/{player.assessment_id}"
    assert (act.actor, act.subject, act.reason) == (admin.id, trainee.person.id, "They wrote the rubrics.")


async def test_a_new_version_of_a_rubric_asks_for_training_again(
    trainee: Trainee, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trainee.round()
    training = desk.site.services.training
    before = await training.untrained(trainee.person)
    library = await desk.site.services.content.library()
    name = next(iter(trainee.answers.values())).rubric.id
    newer = {**library.rubrics, name: library.rubrics[name].changed(version=2)}
    monkeypatch.setattr(library, "__dict__", {**library.__dict__, "rubrics": newer})

    after = await training.untrained(trainee.person)
    page = await trainee.browser.get(TRAIN)

    assert "python" not in before
    assert "python" in after
    assert "a rubric has a new version since" in words_of(page)


async def test_who_reads_another_language_than_the_answers_is_not_kept_from_work(
    trainee: Trainee, desk: Desk
) -> None:
    people = desk.site.services.people
    changed = await people.change(
        "operator",
        desk.platform.tenant.id,
        trainee.person.id,
        Duties(trainee.person.roles, ("python",), ("es",)),
    )

    page = await trainee.browser.get(TRAIN)

    assert await desk.site.services.training.untrained(changed) == ()
    assert "in a language that is not among those taken" in words_of(page)
