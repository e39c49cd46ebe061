"""The task pages as places to work in: with a mouse, a keyboard, a finger, and axe-core in each state."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from assessor.web.assets import STATIC
from assessor.web.markdown import markdown, verbatim
from assessor.web.pages import environment
from tests.e2e.candidate import PATIENCE, REASON, Candidate
from tests.e2e.conftest import Open
from tests.e2e.looks import axe_findings, faults
from tests.e2e.service import Platform, Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One on SQLite: what is shown here does not depend on the database."""
    service = Service(tmp_path_factory.mktemp("tasks"))
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def platform(service: Service) -> Platform:
    return Platform.of(service, "acme", "--name", "Acme AI")


def at(service: Service, platform: Platform, opened: Open, task: str, **options: object) -> Candidate:
    """Let a new candidate in, and open the first task of a kind."""
    candidate = Candidate(opened(service, **options).page(), service)
    candidate.begin(platform.order("full" if task == "rw-" else "short")[1])
    candidate.go(next(path for path in candidate.task_paths() if f"/{task}" in path))
    return candidate


WORDS = re.compile(r"^\s*\w")
"""What the page takes for a sentence: some responses begin with a fence of code, which is none."""


def saved(page: Page) -> None:
    expect(page.locator("[data-status]")).to_contain_text("Saved", timeout=PATIENCE)


# --- evaluation: words marked in the response -----------------------------------------------------


def quotes(page: Page) -> list[str]:
    return [area.input_value() for area in page.locator("[name$='-quote']").all() if area.is_visible()]


def test_selected_words_are_marked_tied_to_their_issue_and_accepted(
    service: Service, platform: Platform, opened: Open
) -> None:
    candidate = at(service, platform, opened, "ev-")
    page = candidate.page
    whole = page.locator("[data-response]").text_content() or ""
    page.locator("[data-response]").evaluate("element => getSelection().selectAllChildren(element)")

    page.get_by_role("button", name="Mark as an issue").click()

    expect(page.get_by_label("Kind").first).to_be_focused()
    assert quotes(page) == [whole.strip()]
    marks = page.locator("[data-response] mark")
    assert "".join(marks.all_text_contents()) == whole.strip()
    assert marks.last.evaluate("mark => getComputedStyle(mark, '::after').content") == '"1"'
    assert page.locator("[data-response]").text_content() == whole
    page.get_by_label("Kind").first.select_option("omission")
    candidate.fill_task()
    assert axe_findings(page) == []
    candidate.hand_in()


def test_sentences_are_marked_with_the_arrow_keys_in_one_tab_stop(
    service: Service, platform: Platform, opened: Open
) -> None:
    page = at(service, platform, opened, "ev-").page
    whole = page.locator("[data-response]").text_content() or ""
    stepper = page.get_by_role("spinbutton", name="Sentence")
    stepper.focus()

    page.keyboard.press("ArrowDown")
    expect(stepper).to_contain_text("Sentence 1 of")
    page.keyboard.press("Shift+ArrowDown")
    expect(stepper).to_contain_text("Sentences 1 to 2 of")
    said = stepper.get_attribute("aria-valuetext") or ""
    assert axe_findings(page) == []
    page.keyboard.press("Enter")

    expect(page.get_by_label("Kind").first).to_be_focused()
    (quote,) = quotes(page)
    assert quote in whole
    assert said.endswith(f": {quote}")
    expect(page.locator("[data-response] mark").first).to_be_visible()
    stepper.focus()
    page.keyboard.press("Tab")
    expect(page.locator("[data-response]").locator(":focus")).to_have_count(0)


def test_a_tapped_sentence_is_marked_and_removing_the_issue_unmarks_it(
    service: Service, platform: Platform, opened: Open
) -> None:
    page = at(service, platform, opened, "ev-", has_touch=True, viewport={"width": 360, "height": 740}).page
    page.locator("[data-response] span").filter(has_text=WORDS).first.tap()
    sentence = "".join(page.locator("[data-response] .chosen").all_text_contents())
    page.get_by_role("button", name="Mark as an issue").tap()

    assert quotes(page) == [sentence.strip()]
    saved(page)
    page.reload()
    expect(page.locator("[data-response] mark")).not_to_have_count(0)
    page.get_by_role("button", name="Remove issue 1").tap()
    expect(page.locator("[data-response] mark")).to_have_count(0)


def test_code_in_a_sentence_is_shown_as_code_and_marked_with_its_signs(
    service: Service, platform: Platform, opened: Open
) -> None:
    page = at(service, platform, opened, "ev-").page
    responding(
        page, "Call `open()` first. **Two things** follow:\n```python\nx = 1\n```\nThen `close()` it. Done."
    )
    response = page.locator("[data-response]")
    stepper = page.get_by_role("spinbutton", name="Sentence")

    expect(stepper).to_contain_text("none of 5")
    assert [one.bounding_box() for one in response.locator(".block > .fence").all()] == [None, None]
    inline = response.locator(":not(.block) > .fence")
    assert set(inline.evaluate_all("all => all.map((one) => one.getBoundingClientRect().width)")) == {0}
    response.get_by_text("close()").click()
    page.get_by_role("button", name="Mark as an issue").click()
    stepper.press("ArrowDown")
    stepper.press("ArrowDown")
    stepper.press("Enter")

    assert quotes(page) == ["Then `close()` it.", "**Two things** follow:"]
    assert response.locator("mark").all_text_contents() == [
        "**",
        "Two things",
        "**",
        " follow:",
        "Then ",
        "`",
        "close()",
        "`",
        " it.",
    ]
    response.evaluate("element => getSelection().selectAllChildren(element)")
    assert "Call `open()` first." in page.evaluate("getSelection().toString()")


def responding(page: Page, text: str) -> None:
    """Open the page again with another response in it, set as the page sets it."""

    def answer(route: Route) -> None:
        shown = re.sub(
            r"(data-response[^>]*>).*?(</div>)",
            lambda found: f"{found[1]}{verbatim(text)}{found[2]}",
            route.fetch().text(),
            flags=re.DOTALL,
        )
        route.fulfill(body=shown, content_type="text/html")

    page.route(page.url, answer)
    page.reload()


def test_words_that_are_not_in_the_response_are_named_before_handing_in(
    service: Service, platform: Platform, opened: Open
) -> None:
    page = at(service, platform, opened, "ev-").page
    page.get_by_role("button", name="Add an issue").click()

    page.get_by_label("The words that show it").first.fill("These words were never said")

    expect(page.get_by_text("Not in the response, word for word")).to_be_visible()
    expect(page.get_by_role("button", name="Show issue 1 in the response")).to_be_disabled()


# --- ranking --------------------------------------------------------------------------------------


def order(page: Page) -> str:
    """Return the letters of the cards from top to bottom, each with its place."""
    cards = page.locator("[data-card]").all()
    return " ".join(f"{c.get_attribute('data-card')}{c.locator('select').input_value()}" for c in cards)


def drag(page: Page, grip: Locator, onto: Locator, *, let_go: bool = True) -> None:
    """Press the mouse on a grip and carry it to the middle of another card, wherever that has moved."""
    box = grip.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    for _ in range(3):
        goal = onto.bounding_box()
        assert goal is not None
        page.mouse.move(goal["x"] + 20, goal["y"] + goal["height"] / 2 + 4, steps=4)
    if let_go:
        page.mouse.up()


def test_responses_are_dragged_by_a_grip_that_the_arrow_keys_work_as_well(
    service: Service, platform: Platform, opened: Open
) -> None:
    page = at(service, platform, opened, "rk-").page
    page.get_by_role("button", name="This order is right").click()
    before = order(page)
    grip = page.get_by_role("button", name="Drag response A")

    drag(page, grip, page.locator("[data-card=B]"))

    assert order(page).startswith("B1 A2")
    expect(page.locator("[data-moved]")).to_contain_text("Response A: place 2")
    saved(page)
    assert axe_findings(page) == []
    expect(grip).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(grip).to_be_focused()
    assert order(page) == before


def test_a_drag_that_is_broken_off_changes_nothing(
    service: Service, platform: Platform, opened: Open
) -> None:
    page = at(service, platform, opened, "rk-").page
    page.get_by_role("button", name="This order is right").click()
    before = order(page)

    drag(
        page, page.get_by_role("button", name="Drag response A"), page.locator("[data-card=B]"), let_go=False
    )
    page.keyboard.press("Escape")
    page.mouse.up()

    assert order(page) == before


def test_what_is_dropped_between_two_that_share_a_place_shares_it(
    service: Service, platform: Platform, opened: Open
) -> None:
    page = at(service, platform, opened, "rk-").page
    page.get_by_role("button", name="This order is right").click()
    page.get_by_label("Place of response C").select_option("2")
    assert order(page).startswith("A1 B2 C2")

    drag(page, page.get_by_role("button", name="Drag response A"), page.locator("[data-card=B]"))

    assert order(page).startswith("B1 A1 C1")


def test_a_long_text_is_folded_until_one_asks_for_all_of_it_even_without_scripts(
    browser: Browser, tmp_path: Path
) -> None:
    text = markdown("A paragraph with a [link](https://docs.python.org).\n\n" * 30)
    template = environment().from_string(
        '{% from "candidate/controls.html" import fold %}<link rel="stylesheet" href="style.css">'
        '{% call fold("response A", true) %}<div class="prose">{{ text }}</div>{% endcall %}'
    )
    shutil.copy(STATIC / "style.css", tmp_path)
    (tmp_path / "page.html").write_text(template.render(text=text))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    prose = page.locator(".prose")
    folded = "element => element.scrollHeight > element.clientHeight + 2"

    assert prose.evaluate(folded)
    page.get_by_text("Show all of response A").click()
    assert not prose.evaluate(folded)
    page.get_by_text("Show less of response A").click()
    assert prose.evaluate(folded)
    page.get_by_role("link").last.focus()
    assert not prose.evaluate(folded)
    context.close()


# --- writing a rubric -----------------------------------------------------------------------------


def test_a_rubric_adds_up_as_it_is_written_moves_and_is_previewed(
    service: Service, platform: Platform, opened: Open
) -> None:
    page = at(service, platform, opened, "rw-").page
    total = page.locator("[data-sum]")
    for row, (text, weight) in enumerate(
        [("First **point**", "50"), ("Second point", "20"), ("Third", "20")]
    ):
        page.locator(f"#row-{row}-criterion").fill(text)
        page.locator(f"#row-{row}-weight").fill(weight)
    expect(total).to_have_text("Weights: 90 of 100, 10 to go")
    page.locator("#row-2-weight").fill("30")
    expect(total).to_have_text("Weights: 100 of 100")

    page.get_by_role("button", name="Move criterion 2 up").click()

    expect(page.locator("#row-0-criterion")).to_have_value("Second point")
    expect(page.locator("#row-1-weight")).to_have_value("50")
    expect(page.get_by_role("button", name="Move criterion 1 down")).to_be_focused()
    expect(page.get_by_role("button", name="Move criterion 1 up")).to_be_disabled()
    page.get_by_role("tab", name="Preview").click()
    expect(page.get_by_role("table")).to_contain_text("All weights100")
    expect(page.get_by_role("cell").locator("strong")).to_have_text("point")
    assert axe_findings(page) == []
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#row-0-criterion")).to_be_visible()


def test_enter_in_a_weight_saves_and_leaves_the_page_alone(
    service: Service, platform: Platform, opened: Open
) -> None:
    page = at(service, platform, opened, "rw-").page
    page.locator("#row-0-weight").fill("40")

    page.keyboard.press("Enter")

    saved(page)
    expect(page.locator("#row-0-weight")).to_be_focused()


# --- writing an ideal response --------------------------------------------------------------------


def test_the_toolbar_formats_what_is_selected_and_the_preview_shows_it(
    service: Service, platform: Platform, opened: Open
) -> None:
    page = at(service, platform, opened, "sft-").page
    text = page.get_by_label("Your response", exact=True)
    text.fill("one two")
    text.evaluate("area => area.setSelectionRange(4, 7)")

    page.get_by_role("button", name="Bold").click()
    expect(text).to_have_value("one **two**")
    page.keyboard.press("Control+z")
    expect(text).to_have_value("one two")
    text.evaluate("area => area.setSelectionRange(0, 3)")
    page.keyboard.press("Control+i")
    expect(text).to_have_value("*one* two")
    page.get_by_role("button", name="List").click()
    expect(text).to_have_value("- *one* two")

    page.get_by_role("tab", name="Preview").click()
    expect(page.get_by_role("tabpanel").locator("li em")).to_have_text("one")
    assert axe_findings(page) == []
    page.get_by_role("tab", name="Write").click()
    expect(text).to_be_visible()


def test_demands_words_and_pasting_are_told_while_one_writes(
    service: Service, platform: Platform, opened: Open
) -> None:
    page = at(service, platform, opened, "sft-").page
    text = page.get_by_label("Your response", exact=True)
    told = page.locator(".checks li:not(.later)")
    expect(told.first).to_have_class("open")
    text.fill("word " * 400)

    expect(page.locator("[data-words]")).to_contain_text("400 words")
    expect(page.locator(".checks .open")).to_have_count(0)
    expect(page.locator("[data-part=kept]").first).to_contain_text("kept")
    text.evaluate("area => area.dispatchEvent(new ClipboardEvent('paste'))")
    expect(page.locator("[data-pasted]")).to_contain_text("counts neither for you nor against you")
    page.route("**/preview", lambda route: route.abort())
    text.fill("Something else")
    expect(page.get_by_text("This could not be looked at right now")).to_be_visible()
    expect(text).to_have_value("Something else")


# --- an agent's run -------------------------------------------------------------------------------


def test_who_breaks_a_demand_is_asked_before_handing_in_and_decides(
    service: Service, platform: Platform, opened: Open
) -> None:
    candidate = at(service, platform, opened, "sft-naive", viewport={"width": 390, "height": 844})
    page = candidate.page
    page.get_by_label("Your response", exact=True).fill("Too short.")
    expect(page.locator("[data-words]")).to_be_in_viewport()

    page.get_by_role("button", name="Hand in", exact=True).click()

    asked = page.get_by_role("alert")
    expect(asked).to_be_focused()
    expect(asked).to_contain_text("At least 15 words")
    asked.get_by_role("button", name="Hand in as it is").click()
    expect(page.locator("#handed-in")).to_be_focused()


def test_keys_go_from_step_to_step_never_while_writing_and_can_be_switched_off(
    service: Service, platform: Platform, opened: Open
) -> None:
    page = at(service, platform, opened, "tr-").page
    steps = page.locator("[data-step]")

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(steps.nth(1)).to_be_focused()
    expect(page.locator(".steps [aria-current]")).to_contain_text("Step 2")
    page.keyboard.press("k")
    expect(steps.nth(0)).to_be_focused()

    fix = page.get_by_label("What should it have done instead?")
    fix.focus()
    page.keyboard.type("just ask")
    expect(fix).to_be_focused()
    expect(fix).to_have_value("just ask")

    page.get_by_label("Keys j and k").uncheck()
    page.reload()
    expect(page.get_by_label("Keys j and k")).not_to_be_checked()
    steps.nth(0).focus()
    page.keyboard.press("j")
    expect(steps.nth(0)).to_be_focused()


def test_the_list_of_steps_follows_the_marks_and_the_flag(
    service: Service, platform: Platform, opened: Open
) -> None:
    candidate = at(service, platform, opened, "tr-")
    page = candidate.page
    steps = page.locator("[data-step]")

    steps.nth(1).get_by_role("radio", name="Poor").check()
    page.get_by_role("button", name="Step 2 is the first wrong one").click()

    line = page.locator(".steps li").nth(1)
    expect(line).to_contain_text("Poor")
    expect(line.locator(".flag")).to_be_visible()
    expect(page.locator("#first_error option:checked")).to_have_text("Step 2")
    expect(page.locator("[data-count]")).to_have_text(f"1 of {steps.count()} steps marked")
    expect(page.get_by_role("button", name="Step 2 is the first wrong one")).to_have_attribute(
        "aria-pressed", "true"
    )
    saved(page)
    page.reload()
    expect(line.locator(".flag")).to_be_visible()
    assert axe_findings(page) == []


# --- saving ---------------------------------------------------------------------------------------


def test_an_answer_that_is_not_ours_is_tried_again(
    service: Service, platform: Platform, opened: Open
) -> None:
    page = at(service, platform, opened, "sft-").page
    page.route(
        "**/assessment/drafts/**",
        lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"),
        times=1,
    )

    page.get_by_label("Your response", exact=True).fill(REASON)

    expect(page.locator("[data-status]")).to_contain_text("Trying again", timeout=PATIENCE)
    saved(page)


def test_leaving_the_tab_saves_at_once(service: Service, platform: Platform, opened: Open) -> None:
    page = at(service, platform, opened, "sft-").page
    page.clock.install()  # before the page begins to count: its seconds must come from one clock
    page.reload()
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)  # no save comes by the clock from here on
    page.get_by_label("Your response", exact=True).fill(REASON)

    with page.expect_response("**/assessment/drafts/**"):
        page.evaluate(
            "() => { Object.defineProperty(document, 'hidden', {value: true});"
            " document.dispatchEvent(new Event('visibilitychange')); }"
        )


def test_handing_in_while_a_save_is_on_its_way_is_no_conflict(
    service: Service, platform: Platform, opened: Open
) -> None:
    candidate = at(service, platform, opened, "sft-")
    page = candidate.page
    on_its_way: list[Route] = []
    page.route("**/assessment/drafts/**", lambda route: on_its_way.extend([route]))
    answers: list[tuple[str, int]] = []
    page.on("response", lambda answer: answers.append((answer.url, answer.status)))
    with page.expect_request("**/assessment/drafts/**"):
        page.get_by_label("Your response", exact=True).fill(REASON)

    page.get_by_role("button", name="Hand in").dblclick()  # waits for the save, and is sent once or twice
    expect(page.get_by_label("Your response", exact=True)).to_have_value(REASON)  # still on the page
    on_its_way[0].continue_()

    expect(page.locator("#handed-in")).to_contain_text("Handed in: Write an ideal response")
    assert [answer for answer in answers if answer[1] >= 400] == []


def test_handing_in_over_what_another_window_saved_shows_both_first(
    service: Service, platform: Platform, opened: Open
) -> None:
    watched = opened(service)
    first, second = Candidate(watched.page(), service), Candidate(watched.page(), service)
    first.begin(platform.order()[1])
    path = next(path for path in first.task_paths() if "/sft-" in path)
    first.go(path)
    second.go(path)
    first.page.get_by_label("Your response").fill("From the first")
    saved(first.page)
    # The text and the button in one go: no save comes between.
    second.page.get_by_label("Your response").evaluate(
        "area => { area.value = 'From the second'; area.form.querySelector('[value=hand_in]').click(); }"
    )

    conflict = second.page.locator("[data-conflict]")
    expect(conflict).to_be_visible()
    expect(conflict).to_contain_text("From the first")
    conflict.get_by_role("button", name="Keep what is in this window").click()
    saved(second.page)
    second.hand_in()


# --- every page in every dress --------------------------------------------------------------------


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1280), ("light", 320)])
def test_every_task_page_is_accessible_and_fits(
    service: Service, platform: Platform, opened: Open, scheme: str, width: int
) -> None:
    candidate = Candidate(
        opened(service, color_scheme=scheme, viewport={"width": width, "height": 800}).page(), service
    )
    candidate.begin(platform.order("full")[1])
    kinds = {path.rpartition("/")[2].partition("-")[0]: path for path in candidate.task_paths()}
    findings = []

    for path in kinds.values():
        candidate.go(path)
        candidate.page.get_by_role("button", name="Hand in").click()
        expect(candidate.page.get_by_role("alert").first).to_be_visible()  # what is missing is named
        findings += faults(candidate.page)

    assert len(kinds) == 5
    assert findings == []
