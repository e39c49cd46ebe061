"""The audit log's page: who did what, found by filters in the address, and whether the chain holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from assessor.domain.audit_log import Action
from assessor.domain.days import end_of, first_moment
from assessor.domain.errors import AssessorError, InvalidInput, TooLarge, invalid
from assessor.domain.text import accept_text
from assessor.ports import ActFilter, Reviewer
from assessor.services.auditing import LogChecked
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import SeesAudit
from assessor.web.problems import problem_of
from assessor.web.reviewer import field_problems_of

PAGE: Final = 50
_MAX_CHARS: Final = 200
_MAX_DIGITS: Final = 18
ACTION_WORDS: Final[Mapping[Action, str]] = MappingProxyType(
    {
        Action.SIGNED_IN: "signed in",
        Action.SIGN_IN_REFUSED: "was refused to sign in",
        Action.SIGNED_OUT: "signed out",
        Action.REVIEWER_ADDED: "invited or enabled a person",
        Action.ROLES_CHANGED: "changed what a person may do",
        Action.REVIEWER_REMOVED: "disabled a person",
        Action.REVIEWER_UNLOCKED: "unlocked a person",
        Action.REVIEWER_LINKED: "made a link to set a password",
        Action.TRAINING_WAIVED: "waived a person's training",
        Action.TRAINING_PASSED: "passed the training for a track",
        Action.CASE_ASSIGNED: "handed a case to a colleague",
        Action.RECUSED: "said that they know the candidate",
        Action.KEY_MADE: "made an API key",
        Action.KEY_REVOKED: "revoked an API key",
        Action.TRANSCRIPT_OPENED: "opened a transcript",
        Action.REPLY_READ: "read a language model's reply",
        Action.SCORED: "scored a response",
        Action.OVERRIDDEN: "overrode a score",
        Action.DISPUTED: "differed from a colleague's score",
        Action.ADJUDICATED: "decided between two readings",
        Action.DECIDED: "decided a case",
        Action.VERDICT_REVOKED: "revoked a verdict",
        Action.SCORED_AGAIN: "had a case scored again",
        Action.ITEM_RETIRED: "retired an item",
        Action.HOLD_RELEASED: "released what a fault held",
        Action.HELP_SEEN: "saw to a call for help",
        Action.ACCOMMODATION_GRANTED: "granted an accommodation",
        Action.ACCOMMODATION_ANSWERED: "answered a request for an accommodation",
        Action.SECOND_LOOK_SCORED: "scored a second look",
        Action.SECOND_LOOK_SEEN: "left a second look that differs as it is",
        Action.APPEAL_ANSWERED: "answered an appeal",
        Action.FOLLOW_UP_ASKED: "asked the candidate a question",
        Action.SIGNAL_JUDGED: "judged what a rule noticed",
        Action.RULE_SWITCHED_OFF: "switched a rule off that was wrong too often",
        Action.RULE_SWITCHED_ON: "switched a rule on again",
        Action.PACKAGE_EXPORTED: "exported an audit package",
        Action.LIST_EXPORTED: "exported a list",
        Action.INCIDENT_EXPORTED: "exported an incident",
        Action.FAIRNESS_SEEN: "looked at how groups fare",
        Action.BIAS_AUDIT_RECORDED: "recorded a bias audit",
        Action.ANSWERS_GATHERED: "gathered answers to an item",
        Action.CHAIN_CHECKED: "checked the chain",
        Action.CHANGE_PROPOSED: "proposed another grading",
        Action.CHANGE_REPORTED: "tried another grading on stored work",
        Action.CHANGE_APPROVED: "approved another grading",
        Action.CHANGE_OVERRIDDEN: "approved another grading against its report",
        Action.CHANGE_REJECTED: "rejected another grading",
        Action.CHANGE_SWITCHED_ON: "switched another grading on",
        Action.CHANGE_ROLLED_BACK: "rolled a grading back",
        Action.CANDIDATE_ERASED: "erased a candidate",
        Action.RESULTS_FORGOTTEN: "had results of a candidate forgotten",
    }
)
_LABELS: Final = {
    "who": "Who",
    "what": "What",
    "on": "On what",
    "from": "The first day",
    "to": "The last day",
    "before": "The page",
}
_TARGETS: Final = {name: name for name in _LABELS} | {"before": "acts-head"}

router = APIRouter(prefix="/review/audit", include_in_schema=False)

Day = Annotated[str, Query(alias="from")]


@dataclass(frozen=True)
class Asked:
    """The filters as they stand in the address."""

    who: str = ""
    what: str = ""
    on: str = ""
    since: str = ""
    until: str = ""
    before: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether any filter is set."""
        return any((self.who, self.what, self.on, self.since, self.until))

    def address(self, before: int | None = None) -> str:
        """Return the address of the page of what is before a place, or of the newest."""
        fields = {
            "who": self.who,
            "what": self.what,
            "on": self.on,
            "from": self.since,
            "to": self.until,
            "before": before,
        }
        given = {name: value for name, value in fields.items() if value}
        return "/review/audit" + ("?" + urlencode(given) if given else "")


@router.get("")
async def audit_log(
    request: Request,
    service: Running,
    reviewer: SeesAudit,
    who: str = "",
    what: str = "",
    on: str = "",
    since: Day = "",
    to: str = "",
    before: str = "",
) -> Response:
    """Show one page of acts, newest first."""
    asked = Asked(who.strip(), what, on.strip(), since, to, before)
    try:
        wanted, place = await _wanted(service, reviewer, asked), _place(before)
    except (InvalidInput, TooLarge) as refused:
        return await _page(request, service, reviewer, asked, refused=refused)
    return await _page(request, service, reviewer, asked, wanted, place)


@router.post("/check")
async def check(request: Request, service: Running, reviewer: SeesAudit) -> Response:
    """Check the chain from the first record to the last, and show the log with what was found."""
    found = await service.auditing.check(reviewer.id, reviewer.tenant)
    return await _page(request, service, reviewer, Asked(), ActFilter(reviewer.tenant), checked=found)


async def _wanted(service: Running, reviewer: Reviewer, asked: Asked) -> ActFilter:
    """Return what the filters ask for. Raises InvalidInput, TooLarge."""
    if asked.what and asked.what not in list(Action):
        raise invalid("what", f"{asked.what[:50]!r} is no act", "Choose one of the list.")
    who, on = (accept_text(name, getattr(asked, name), limit=_MAX_CHARS) for name in ("who", "on"))
    since, until = first_moment("from", asked.since), end_of("to", asked.until)
    if since and until and until <= since:
        raise invalid("to", "is before the first day", "Choose the same day, or a later one.")
    actor = await _actor(service, reviewer.tenant, who)
    return ActFilter(reviewer.tenant, actor or None, asked.what or None, on or None, since, until)


async def _actor(service: Running, tenant: str, who: str) -> str:
    """Return the id of whose e-mail address it is; anything else is an id, or an operator's name, itself."""
    person = await service.store.reviewer_by_email(who) if "@" in who else None
    return person.id if person and person.tenant == tenant else who


def _place(before: str) -> int | None:
    if not before:
        return None
    if not (before.isascii() and before.isdigit() and len(before) <= _MAX_DIGITS):
        raise invalid("before", "is none that the log has", "Show the newest acts, and go on from there.")
    return int(before)


async def _page(
    request: Request,
    service: Running,
    reviewer: Reviewer,
    asked: Asked,
    wanted: ActFilter | None = None,
    before: int | None = None,
    *,
    refused: AssessorError | None = None,
    checked: LogChecked | None = None,
) -> Response:
    found = await service.store.recorded(wanted, before, PAGE + 1) if wanted else ()
    shown, more = found[:PAGE], len(found) > PAGE
    return render(
        request,
        "reviewer/audit_log.html",
        problem_of(refused).kind.status if refused else 200,
        records=shown,
        asked=asked,
        newest=replace(asked, before="").address(),
        next_page=asked.address(shown[-1].seq) if more else "",
        checked=checked,
        problems=field_problems_of(refused),
        labels=_LABELS,
        targets=_TARGETS,
        **await _words(service, reviewer),
    )


async def _words(service: Running, reviewer: Reviewer) -> dict[str, Any]:
    names = {one.id: one.name for one in await service.store.reviewers() if one.tenant == reviewer.tenant}
    return {"actions": ACTION_WORDS, "names": names}
