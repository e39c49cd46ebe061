"""What a candidate does in a browser, by the names that people see."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.e2e.service import Service
from tests.patience import PATIENCE_SECONDS

ANSWER = (
    "I once had a shared list as a default argument, because I thought that it is made anew at each call. "
    "For example, two requests saw each other’s names; I set the default to None and wrote a test with two "
    "calls, unless the caller passes a list."
)
REASON = (
    "It does what was asked and says why, for instance for the empty list; the others leave one case out, "
    "which a user would meet on the first day of using it in earnest."
)
SECONDS = 1000
PATIENCE = PATIENCE_SECONDS * SECONDS


@dataclass
class Candidate:
    """One person at one page."""

    page: Page
    service: Service

    def go(self, path: str) -> None:
        """Open a page of the service."""
        self.page.goto(path if path.startswith("http") else self.service.url + path)

    def begin(self, invite: str) -> None:
        """Open the link, read the notice and begin."""
        self.go(invite)
        self.page.get_by_role("button", name="Go on to the notice").click()
        self.page.get_by_role("button", name="Begin").click()
        expect(self.page.get_by_role("heading", name="Your assessment")).to_be_visible()

    def open_interview(self) -> None:
        """Go to the interview and wait until the interviewer has spoken."""
        self.go("/assessment/interview")
        expect(self.said().first).to_be_visible(timeout=PATIENCE)

    def turns(self) -> Locator:
        """The turns in the log, the half-written one included."""
        return self.page.locator(".turn")

    def said(self) -> Locator:
        """The turns that are complete."""
        return self.page.locator(".turn:not(.live)")

    def box(self) -> Locator:
        """Where messages are written."""
        return self.page.get_by_label("Your answer")

    def send(self, text: str = ANSWER) -> None:
        """Send a message; do not wait for the reply."""
        self.box().fill(text)
        self.page.get_by_role("button", name="Send").click()

    def say(self, text: str = ANSWER) -> None:
        """Send a message and wait for the whole reply."""
        before = self.said().count()
        self.send(text)
        expect(self.said()).to_have_count(before + 2, timeout=PATIENCE)
        expect(self.page.locator(".turn.live")).to_have_count(0, timeout=PATIENCE)

    def hold_interview(self) -> None:
        """Answer until the interviewer closes."""
        self.open_interview()
        ended = self.page.get_by_text("The interview is finished, and your answers are saved.")
        for _ in range(15):
            if not self.box().is_visible():
                break
            self.say()
            self.page.wait_for_timeout(100)
        expect(ended).to_be_visible()

    def task_paths(self) -> list[str]:
        """Return the addresses of the tasks, from the hub."""
        self.go("/assessment")
        links = self.page.locator(".parts a[href^='/assessment/tasks/']").all()
        return [link.get_attribute("href") or "" for link in links]

    def fill_task(self) -> None:
        """Answer the task on this page somehow, completely."""
        for group in self.page.locator("fieldset .scale").all():
            group.get_by_role("radio").first.check()
        for place, choice in enumerate(self.page.locator("select[name^='place-']").all(), 1):
            choice.select_option(str(place))
        for choice in self.page.locator("#first_error, #error_class").all():
            choice.select_option("none")
        for area in self.page.locator("#justification, #fix, #text").all():
            area.fill(REASON)

    def hand_in(self) -> None:
        """Hand the task in, whatever demands it does not keep to, and land on the hub."""
        self.page.get_by_role("button", name="Hand in", exact=True).click()
        hub = self.page.get_by_role("heading", name="Your assessment")
        all_the_same = self.page.get_by_role("button", name="Hand in as it is")
        expect(hub.or_(all_the_same)).to_be_visible()
        if all_the_same.is_visible():
            all_the_same.click()
        expect(hub).to_be_visible()

    def do_tasks(self) -> None:
        """Do every task."""
        for path in self.task_paths():
            self.go(path)
            self.fill_task()
            self.hand_in()

    def submit(self) -> None:
        """Submit and confirm."""
        self.go("/assessment/submit")
        self.page.get_by_role("button", name="Submit now").click()
        expect(self.page.get_by_role("heading", name="Your result")).to_be_visible()

    def sees_scores(self) -> None:
        """Wait until the page has followed the scoring by itself."""
        expect(self.page.get_by_text("A person is completing your result")).to_be_visible(
            timeout=40 * SECONDS
        )
