"""Taking words back, correcting an answer and the summary, in Chromium."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.candidate import ANSWER, Candidate
from tests.e2e.conftest import Open
from tests.e2e.looks import faults
from tests.e2e.service import Platform, Service
from tests.e2e.watched import followed

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECRET = "Zeugmatova"
SELECT = """word => {
  const node = document.querySelector("[data-own]").firstChild;
  const at = node.textContent.indexOf(word);
  document.getSelection().setBaseAndExtent(node, at, node, at + word.length);
  document.dispatchEvent(new PointerEvent("pointerup"));
}"""

LOOKS = [
    pytest.param({"viewport": {"width": 1280, "height": 800}}, id="scripts"),
    pytest.param({"color_scheme": "dark", "viewport": {"width": 320, "height": 640}}, id="dark, narrow"),
    pytest.param({"java_script_enabled": False}, id="no scripts"),
]


def mark(page: Page, word: str, *, has_scripts: bool) -> None:
    """Say which word is meant: by selecting it where that works, else by typing it."""
    if has_scripts:
        # The chat holds the word as well; and a page follows the selection once its scripts have run.
        page.wait_for_url("**/redact", wait_until="load")
        page.evaluate(SELECT, word)
    else:
        page.get_by_label("The words, exactly as they stand above").fill(word)
    expect(page.get_by_label("The words, exactly as they stand above")).to_have_value(word)


@pytest.mark.parametrize("look", LOOKS)
def test_a_candidate_takes_a_name_back_corrects_an_answer_and_confirms_the_summary(
    service: Service, platform: Platform, opened: Open, look: dict[str, object]
) -> None:
    _assessment, invite = platform.order()
    candidate = Candidate(opened(service, **look).page(), service)
    page, has_scripts = candidate.page, look.get("java_script_enabled", True) is True
    findings: list[str] = []

    def looked_at(where: str) -> None:
        if not has_scripts:
            return
        findings.extend(f"{where}: {finding}" for finding in faults(page))

    candidate.begin(invite)
    candidate.open_interview()
    candidate.say("I am an engineer.")
    candidate.say(f"{SECRET} asked me to. {ANSWER}")

    # The links are below a message that was sent a moment ago, without loading the page again.
    page.get_by_role("link", name="Take words back").last.click()
    mark(page, SECRET, has_scripts=has_scripts)
    looked_at("take back")
    page.get_by_role("button", name="Show me what happens").click()
    expect(page.get_by_role("heading", name="Take this word back?")).to_be_visible()
    looked_at("confirm")
    page.get_by_role("button", name="Take them back for good").click()
    expect(page.get_by_text("[redacted by the candidate, 1 word]").first).to_be_visible()
    assert SECRET not in page.content()
    looked_at("interview, redacted")

    page.get_by_role("link", name="Correct this answer").last.click()
    page.get_by_label("What you want to say instead").fill("I would rather bisect the history first.")
    looked_at("correct")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("You corrected this")).to_be_visible()

    candidate.hold_interview()
    looked_at("interview, finished")
    followed(page.get_by_role("link", name="Look at a short summary"))
    looked_at("summary")
    page.get_by_role("link", name="Add a last remark").first.click()
    page.get_by_label("What you want to add").fill("And I write down what I found.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Yes, that is what we covered").click()
    expect(page.get_by_role("heading", name="Your assessment")).to_be_visible()

    assert findings == []
