"""Every page in every state: whose browser shows it, at which address, and what is done there first."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.e2e.watched import followed

Act = Callable[[Page], None]


@dataclass(frozen=True)
class View:
    """One page in one state. The address may name what `Person.places` has."""

    name: str
    group: str
    who: str
    path: str
    act: Act | None = None
    has_scripts: bool = True
    language: str = "en-US"
    """That the browser asks for."""


def _press(name: str) -> Act:
    return lambda page: followed(page.get_by_role("button", name=name, exact=True).first)


def _store_no_scores(page: Page) -> None:
    """Send an empty form, as a browser would that checks nothing itself."""
    page.locator("#sheet").evaluate("form => { form.noValidate = true; }")
    followed(page.get_by_role("button", name="Store these scores"))


def _check_identity(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^(Check my identity|Try again)$")).click()
    expect(page.get_by_text("costs you nothing")).to_be_visible()


def _hand_in(page: Page) -> None:
    """Ask to hand an empty task in; what is missing is named."""
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("[data-errors]")).to_be_focused()


def _write(page: Page) -> None:
    page.get_by_label("Your response", exact=True).fill("- **First** look at the log.\n- Then at `main.py`.")


def _preview(page: Page) -> None:
    _write(page)
    page.get_by_role("tab", name="Preview").click()
    expect(page.get_by_role("tabpanel", name="Preview").get_by_text("First")).to_be_visible()


def _break_a_demand(page: Page) -> None:
    page.get_by_label("Your response", exact=True).fill("Too short.")
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.get_by_role("button", name="Hand in as it is")).to_be_visible()


def _judge_in_a_word(page: Page) -> None:
    page.get_by_label("Not confirmed").check()
    page.get_by_label("The reason").fill("No.")
    followed(page.get_by_role("button", name="Store what I found"))


def _offline(page: Page) -> None:
    page.context.set_offline(offline=True)
    _write(page)
    expect(page.locator("[data-status]")).to_contain_text("no connection")


def _clash(page: Page) -> None:
    """Save the same task in two windows."""
    page.evaluate(
        """async () => {
          const form = document.querySelector("form.task");
          const revision = Number(form.elements.revision.value);
          await fetch(form.dataset.draft, {
            method: "PUT",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ base_revision: revision, payload: { text: "From the other window" } }),
          });
        }"""
    )
    _write(page)
    expect(page.locator("[data-conflict]")).to_be_visible()


def _mark(page: Page) -> None:
    """Mark a sentence of the response."""
    page.get_by_role("spinbutton", name="Sentence").press("ArrowDown")
    page.get_by_role("button", name="Mark as an issue").click()
    expect(page.locator("[data-response] mark").first).to_be_visible()


def _wrong_password(page: Page) -> None:
    page.get_by_label("E-mail address").fill("rita@acme.example")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()


def _decide_without_reason(page: Page) -> None:
    page.locator("#decision-first").check()
    page.locator("#sheet button").last.click()
    expect(page.locator("#errors")).to_be_visible()


def _override_without_reason(page: Page) -> None:
    page.get_by_label("Met", exact=True).check()
    page.get_by_label("Why the score was wrong").select_option("key_wrong")
    page.get_by_label("Reason").fill("Short.")
    page.get_by_role("button", name="Override the score").click()
    expect(page.locator("#errors")).to_be_visible()


def _ask_to_revoke(page: Page) -> None:
    page.get_by_label("Reason").fill("Somebody else sat the assessment.")
    followed(page.get_by_role("button", name="Look at what it does"))


def _practised(page: Page) -> None:
    page.get_by_label("Your answer").fill("An editor that shows what a change would do.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("That was the practice.")).to_be_visible()


def _checked(page: Page) -> None:
    expect(page.get_by_text("Works", exact=True)).to_have_count(5)


def _invite(address: str) -> Act:
    def act(page: Page) -> None:
        page.get_by_label("E-mail address").fill(address.format(uuid4().hex[:8]))
        page.get_by_role("button", name="Invite", exact=True).click()
        expect(page.locator("#link, #errors").first).to_be_visible()

    return act


def _open(words: str) -> Act:
    return lambda page: page.locator("summary").filter(has_text=words).first.click()


def _export_backwards(page: Page) -> None:
    page.get_by_label("Reason").fill("The works council asks for it.")
    page.get_by_label("Decided from the day").fill("2020-02-01")
    page.get_by_label("To the day").fill("2020-01-01")
    page.get_by_role("button", name="Export them").click()
    expect(page.locator("#errors")).to_be_visible()


def _report_backwards(page: Page) -> None:
    for label, text in (("What happened", "A judge was wrong."), ("What was done", "It was stopped.")):
        page.get_by_label(label).fill(text)
    page.get_by_label("Reason").fill("The authority asks for it.")
    page.get_by_label("First day").fill("2020-02-01")
    page.get_by_label("Last day").fill("2020-01-01")
    page.get_by_role("button", name="Export it").click()
    expect(page.locator("#errors")).to_be_visible()


A: Final = "/assessment"
DATA: Final = f"{A}/my-data"
CASE: Final = "/review/{waiting}"
OVERRIDE: Final = "/review/{qualified}/override?of={score}"
TRAINING: Final = "/review/training/python"

ENTRY: Final = (
    View("welcome", "entry", "invited", "{link}"),
    View("welcome, not open yet", "entry", "too early", "{link}"),
    View("welcome, run out", "entry", "too late", "{link}"),
    View("welcome, used link", "entry", "nobody", "/c/unknown"),
    View("no session", "entry", "nobody", A),
    View("practice", "entry", "invited", "{link}/practice"),
    View("practice, finished", "entry", "invited", "{link}/practice", _practised),
    View("device", "entry", "invited", "{link}/device", _checked),
    View("how you are scored", "entry", "invited", "{link}/how-you-are-scored"),
    View("notice", "entry", "admitted", f"{A}/notice"),
    View("in line", "entry", "waiting in line", f"{A}/waiting"),
    View("in line, called", "entry", "called", f"{A}/waiting"),
    View("in line, left", "entry", "waiting in line", f"{A}/waiting", _press("Leave the line")),
    View("decline", "entry", "admitted", f"{A}/decline"),
    View("optional uses", "entry", "working", f"{A}/consents"),
    View("accommodations", "entry", "working", f"{A}/accommodations"),
    View("accommodations, waiting", "entry", "asking", f"{A}/accommodations"),
    View("identity", "entry", "unknown", f"{A}/identity"),
    View("identity, processing", "entry", "identity processing", f"{A}/identity"),
    View("identity, verified", "entry", "identity verified", f"{A}/identity"),
    View("identity, failed", "entry", "identity failed", f"{A}/identity"),
    View("identity, out of reach", "entry", "unreachable", f"{A}/identity", _check_identity),
    View("withdrawn", "entry", "withdrawn", A),
    View("cancelled", "entry", "cancelled", A),
    View("type in a code", "entry", "nobody", "/continue"),
)
WORK: Final = (
    View("hub", "work", "working", A),
    View("hub, request waits", "work", "asking", A),
    View("hub, interview done", "work", "talked", A),
    View("hub, time over", "work", "out of time", A),
    View("another browser", "work", "working", f"{A}/move"),
    View("another browser, code", "work", "working", f"{A}/move", _press("Make a code")),
    View("break", "work", "resting", f"{A}/break"),
    View("interview, distress", "work", "distressed", f"{A}/interview"),
    View("interview", "work", "talking", f"{A}/interview"),
    View("interview, finished", "work", "talked", f"{A}/interview"),
    View("interview, summary", "work", "talked", f"{A}/interview/summary"),
    View("interview, no scripts", "work", "talking", f"{A}/interview", has_scripts=False),
    View("submit, parts missing", "work", "talked", f"{A}/submit"),
    View("submit, too early", "work", "working", f"{A}/submit"),
)
TASKS: Final = (
    *(View(f"{one}", "task", "working", f"{A}/tasks/{{{one}}}") for one in ("evaluation", "ranking", "sft")),
    *(View(f"{one}", "task", "working", f"{A}/tasks/{{{one}}}") for one in ("rubric_writing", "trajectory")),
    *(
        View(f"{one}, refused", "task", "refused", f"{A}/tasks/{{{one}}}", _hand_in)
        for one in ("evaluation", "ranking", "sft", "rubric_writing", "trajectory")
    ),
    *(
        View(f"{one}, no scripts", "task", "without scripts", f"{A}/tasks/{{{one}}}", has_scripts=False)
        for one in ("evaluation", "ranking", "sft", "rubric_writing", "trajectory")
    ),
    View("evaluation, marked", "task", "without scripts", f"{A}/tasks/{{evaluation}}", _mark),
    View("sft, preview", "task", "without scripts", f"{A}/tasks/{{sft}}", _preview),
    View("sft, demands not kept", "task", "without scripts", f"{A}/tasks/{{sft}}", _break_a_demand),
    View("sft, offline", "task", "without scripts", f"{A}/tasks/{{sft}}", _offline),
    View("sft, other window", "task", "clashing", f"{A}/tasks/{{sft}}", _clash),
)
AFTERWARDS: Final = (
    View("result, waits for a person", "afterwards", "waiting", f"{A}/result"),
    View("result, qualified", "afterwards", "qualified", f"{A}/result"),
    View("result, not qualified", "afterwards", "not qualified", f"{A}/result"),
    View("result, held", "afterwards", "held", f"{A}/result"),
    View("result, void", "afterwards", "voided", f"{A}/result"),
    View("result, words noticed", "afterwards", "noticed", f"{A}/result"),
    View("hub, submitted", "afterwards", "waiting", A),
    View("share", "afterwards", "qualified", f"{A}/share"),
    View("reply", "afterwards", "noticed", f"{A}/reply"),
    View("reply, alike", "afterwards", "told of alike", f"{A}/reply"),
    View("reply, sent", "afterwards", "alike", f"{A}/reply"),
    View("appeal", "afterwards", "not qualified", f"{A}/appeal"),
    View("appeal, refused", "afterwards", "not qualified", f"{A}/appeal", _press("Send the appeal")),
    View("appeal, waiting", "afterwards", "appealing", f"{A}/appeal"),
    View("appeal, answered", "afterwards", "answered", f"{A}/appeal"),
    View("result, question asked", "afterwards", "questioned", f"{A}/result"),
    View("question", "afterwards", "questioned", f"{A}/questions"),
    View("feedback", "afterwards", "waiting", f"{A}/feedback"),
    View("about you", "afterwards", "waiting", f"{A}/about-you"),
    View("my data", "afterwards", "qualified", DATA),
    View("my data, deleted", "afterwards", "deleting", DATA),
    View("delete my data", "afterwards", "qualified", f"{DATA}/delete"),
    View("deleted", "afterwards", "nobody", f"{DATA}/deleted"),
)
REVIEWERS: Final = (
    View("sign in", "reviewer", "nobody", "/review/login"),
    View("sign in, refused", "reviewer", "nobody", "/review/login", _wrong_password),
    View("queue", "reviewer", "rita", "/review"),
    View("queue, help", "reviewer", "rita", "/review?show=help"),
    View("queue, empty", "reviewer", "idle", "/review"),
    View("case", "reviewer", "rita", CASE),
    View("case, a person's word", "reviewer", "rita", "/review/{undecided}"),
    View("case, words found", "reviewer", "rita", f"{CASE}?find=claims"),
    View("case, refused", "reviewer", "rita", CASE, _decide_without_reason),
    View("case, help asked", "reviewer", "rita", "/review/{asking}"),
    View("case, words noticed", "reviewer", "rita", "/review/{noticed}"),
    View("case, decided", "reviewer", "rita", "/review/{qualified}"),
    View("case, alike", "reviewer", "rita", "/review/{alike}"),
    View("alike answers", "reviewer", "rita", "/review/{alike}/signals"),
    View("alike answers, refused", "reviewer", "rita", "/review/{alike}/signals", _judge_in_a_word),
    View("case, held", "reviewer", "rita", "/review/{held}"),
    View("case, void", "reviewer", "rita", "/review/{voided}"),
    View("case, erased", "reviewer", "rita", "/review/{erased}"),
    View("exchanges with a model", "reviewer", "rita", "/review/{qualified}/exchanges"),
    View("time and breaks", "reviewer", "rita", "/review/{asking}/time"),
    View("second look", "reviewer", "eve", "/review/{drawn}/second-look"),
    View("second look, refused", "reviewer", "eve", "/review/{drawn}/second-look", _store_no_scores),
    View("training", "reviewer", "newcomer", "/review/training?for=python"),
    View("training, an answer", "reviewer", "newcomer", TRAINING),
    View("training, what is known", "reviewer", "newcomer", f"{TRAINING}/{{first}}"),
    View("training, not passed", "reviewer", "newcomer", f"{TRAINING}/{{last}}"),
    View("known case", "reviewer", "rita", "/review/{known}/second-look"),
    View("known case, what is known", "reviewer", "rita", "/review/{told}/second-look"),
    View("rules that notice", "reviewer", "ada", "/review/quality/signals"),
    View("agreement of reviewers", "reviewer", "ada", "/review/quality/reviewers"),
    View("queue, not trained", "reviewer", "newcomer", "/review"),
    View("appeal to answer", "reviewer", "eve", "/review/{appealing}/appeal"),
    View("case, question asked", "reviewer", "rita", "/review/{questioned}"),
    View("ask the candidate", "reviewer", "rita", "/review/{questioned}/follow-up"),
    View("appeal, for a colleague", "reviewer", "rita", "/review/{appealing}/appeal"),
    View("override", "reviewer", "rita", OVERRIDE),
    View("override, refused", "reviewer", "rita", OVERRIDE, _override_without_reason),
    View("two readings", "reviewer", "ada", "/review/{not_qualified}/adjudicate"),
    View("revoke", "reviewer", "rita", "/review/{qualified}/revoke"),
    View("revoke, asked once more", "reviewer", "rita", "/review/{qualified}/revoke", _ask_to_revoke),
    View("quality", "reviewer", "ada", "/review/quality"),
    View("agreement", "reviewer", "ada", "/review/quality/agreement?by=model"),
    View("agreement, nothing yet", "reviewer", "ada", "/review/quality/agreement?kind=test"),
    View("items", "reviewer", "ada", "/review/quality/items?track=python"),
    View("calibration", "reviewer", "ada", "/review/quality/calibration"),
    View("fairness", "reviewer", "ada", "/review/fairness"),
    View("changes", "reviewer", "ada", "/review/changes"),
    View("changes, none", "reviewer", "idle", "/review/changes"),
    View("change", "reviewer", "ada", "/review/changes/{change}"),
    View("change, on", "reviewer", "ada", "/review/changes/{change_on}"),
    View("take a case out", "reviewer", "ada", "/review/{qualified}/export"),
)
STAFF: Final = (
    View("people", "staff", "ada", "/review/people"),
    View("people, roles", "staff", "ada", "/review/people", _open("Change what")),
    View("people, invited", "staff", "ada", "/review/people", _invite("{}@acme.example")),
    View("people, refused", "staff", "ada", "/review/people", _invite("{}@acme")),
    View("set a password", "staff", "nora", "/review/join/{token}"),
    View("set a password, used link", "staff", "nobody", "/review/join/unknown"),
    View("sign in elsewhere, out of reach", "staff", "nobody", "/review/openid"),
    View("audit log", "staff", "ada", "/review/audit"),
    View("audit log, nothing found", "staff", "ada", "/review/audit?from=2020-01-01&to=2020-01-02"),
    View("audit log, refused", "staff", "ada", "/review/audit?from=2020-02-01&to=2020-01-01"),
    View("audit log, chain checked", "staff", "ada", "/review/audit", _press("Check the chain")),
    View("exports", "staff", "ada", "/review/exports"),
    View("exports, refused", "staff", "ada", "/review/exports", _export_backwards),
    View("incident", "staff", "ada", "/review/exports/incident"),
    View("incident, refused", "staff", "ada", "/review/exports/incident", _report_backwards),
)
_IN_SPANISH: Final = {"welcome", "notice", "hub", "interview", "evaluation", "appeal", "result, qualified"}
SPANISH: Final = tuple(
    replace(view, name=f"{view.name}, in Spanish", group="Spanish", language="es-ES")
    for view in (*ENTRY, *WORK, *TASKS, *AFTERWARDS)
    if view.name in _IN_SPANISH
)
DEMONSTRATION: Final = (
    View("doors", "demonstration", "nobody", "/demo"),
    View("platform", "demonstration", "nobody", "/demo/platform"),
)
OPEN: Final = (
    View("API reference", "open", "nobody", "/docs"),
    View("problem", "open", "nobody", "/problems/conflict"),
    View("not found", "open", "nobody", "/nothing-here"),
)

VIEWS: Final = (
    *ENTRY,
    *WORK,
    *TASKS,
    *AFTERWARDS,
    *SPANISH,
    *REVIEWERS,
    *STAFF,
    *DEMONSTRATION,
    *OPEN,
)
