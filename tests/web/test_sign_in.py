import pytest

from assessor.services.order import Order
from assessor.web.throttle import MAX_KEPT, Throttle, TooManyTries
from tests.web.desk import Desk, sign_in
from tests.web.site import PASSWORD, Site


async def test_a_reviewer_signs_in_and_comes_to_the_queue(desk: Desk) -> None:
    answer = await desk.browser.get("/review")

    assert answer.status_code == 200
    assert "Nothing waits." in answer.text


@pytest.mark.parametrize("path", ["/review", "/review/asm_x"])
async def test_a_stranger_is_led_to_the_sign_in_page_and_from_there_back(
    site: Site, desk: Desk, path: str
) -> None:
    async with site.browser() as stranger:
        led = await stranger.get(path)
        form = await stranger.get(led.headers["location"])
        back = await sign_in(stranger, desk.person.email, next=path)

    assert led.status_code == 303
    assert f'name="next" value="{path}"' in form.text
    assert back.headers["location"] == path


@pytest.mark.parametrize(
    "next_page", ["https://evil.example", "//evil.example", "/demo", "/review/../c", "/review/a\r\nX: y", ""]
)
async def test_signing_in_leads_nowhere_but_to_the_reviewers_pages(
    site: Site, desk: Desk, next_page: str
) -> None:
    async with site.browser() as browser:
        answer = await sign_in(browser, desk.person.email, next=next_page)

    assert answer.headers["location"] == "/review"


@pytest.mark.parametrize(
    ("email", "password"), [("known", "wrong"), ("nobody@x.example", PASSWORD), ("", "")]
)
async def test_a_wrong_try_stays_on_the_page_and_does_not_tell_which_half_was_wrong(
    site: Site, desk: Desk, email: str, password: str
) -> None:
    email = desk.person.email if email == "known" else email

    async with site.browser() as browser:
        answer = await sign_in(browser, email, password)

    assert answer.status_code == 401
    assert "The address or the password is wrong." in answer.text
    assert f'value="{email}"' in answer.text
    assert 'href="#email"' in answer.text
    assert "set-cookie" not in answer.headers


async def test_after_ten_tries_one_has_to_wait(site: Site, desk: Desk) -> None:
    site.app.state.sign_in_throttle.forget()

    async with site.browser() as browser:
        # Each of another account: one alone would be locked before.
        tries = [await sign_in(browser, f"somebody-{number}@x.example", "wrong") for number in range(11)]

    assert [answer.status_code for answer in tries] == [401] * 10 + [429]
    assert 0 < int(tries[-1].headers["retry-after"]) <= 600
    assert "Wait 10 minutes" in tries[-1].text


async def test_a_session_that_somebody_else_planted_is_not_the_one_that_signing_in_opens(
    site: Site, desk: Desk
) -> None:
    planted = "planted-by-somebody-else-" + "0" * 24

    async with site.browser() as victim, site.browser() as attacker:
        victim.cookies.set("assessor_reviewer", planted)
        first = (await sign_in(victim, desk.person.email)).cookies["assessor_reviewer"]
        again = (await sign_in(victim, desk.person.email)).cookies["assessor_reviewer"]
        attacker.cookies.set("assessor_reviewer", planted)
        turned_away = await attacker.get("/review")

    assert len({planted, first, again}) == 3
    assert turned_away.status_code == 303


async def test_signing_out_ends_the_session_on_the_server(site: Site, desk: Desk) -> None:
    stolen = desk.browser.cookies["assessor_reviewer"]

    answer = await desk.browser.post("/review/logout")

    assert answer.headers["location"] == "/review/login"
    async with site.browser() as thief:
        thief.cookies.set("assessor_reviewer", stolen)
        assert (await thief.get("/review")).status_code == 303


async def test_a_candidates_session_opens_no_reviewers_page(site: Site, desk: Desk) -> None:
    ordered = await site.services.ordering.order(desk.platform.tenant, Order("c", "python", "short"))
    _, secret = await site.services.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])

    async with site.browser() as candidate:
        candidate.cookies.set("assessor_reviewer", secret)
        answer = await candidate.get("/review")

    assert answer.status_code == 303


def test_a_window_ends_and_another_name_has_a_window_of_its_own() -> None:
    time = [0.0]
    throttle = Throttle(2, 600, lambda: time[0])
    throttle.count("a")
    throttle.count("a")

    with pytest.raises(TooManyTries) as refused:
        throttle.count("a")
    throttle.count("b")
    time[0] = 600
    throttle.count("a")

    assert refused.value.retry_after == 600


def test_made_up_names_do_not_fill_the_memory() -> None:
    throttle = Throttle(2, 600)

    for number in range(MAX_KEPT + 50):
        throttle.count(f"name {number}")

    assert len(throttle._windows) <= MAX_KEPT


def test_a_refused_try_pushes_nobody_out() -> None:
    throttle = Throttle(1, 600)
    throttle.count("address")

    for number in range(MAX_KEPT + 50):
        with pytest.raises(TooManyTries):
            throttle.count("address", f"name {number}")

    assert list(throttle._windows) == ["address"]
