import pytest

from assessor.services.order import Order
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


async def test_a_stranger_who_sends_something_is_led_to_the_queue_after_signing_in(site: Site) -> None:
    async with site.browser() as stranger:
        led = await stranger.post("/review/people")

    assert (led.status_code, led.headers["location"]) == (303, "/review/login?next=%2Freview")


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
