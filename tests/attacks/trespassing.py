"""Plays asking for what is somebody else's, over HTTP: it is not found, and nothing tells that it exists."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import httpx

from assessor.services.admission import Scope
from assessor.web.security import CANDIDATE_COOKIE, REVIEWER_COOKIE
from tests.attacks.forging import play_forged_verdicts
from tests.attacks.front import Front, Home, leak
from tests.attacks.gains import Fault, Gain
from tests.attacks.payloads import Attack
from tests.attacks.stage import PASSWORD
from tests.web.test_access_matrix import CASES, OWNED, Case

CHOSEN = "0" * 43
ELSEWHERE = {"version": "lib_0000000000", "item": "four", "track_id": "python"}
"""What an address names besides, which is another matter."""
Trespass = Callable[[Front], Iterator[Fault]]


def trespasses_of(attack: Attack) -> list[Trespass]:
    """Return what a payload describes; nothing for one that nobody here knows."""
    return [play for pattern, play in _TRESPASSES.items() if re.search(pattern, attack.payload)]


def _others_ids(front: Front) -> Iterator[Fault]:
    """Ask for everything of the others, and for what nobody has: both have to be answered alike."""
    nobodys = {name: f"{one[:4]}{'0' * len(one[4:])}" for name, one in front.theirs.things.items()}
    for (method, path), case in CASES.items():
        if not OWNED & set(re.findall(r"{(\w+)}", path + str(case.body))):
            continue
        theirs = _asked(front.mine, method, path, case, front.theirs.things)
        unknown = _asked(front.mine, method, path, case, nobodys)
        if theirs.status_code != 404:
            yield leak(f"{method} {path}: {theirs.status_code}")
        if (theirs.status_code, theirs.json()["code"]) != (unknown.status_code, unknown.json()["code"]):
            yield leak(f"{method} {path} tells what exists: {theirs.status_code}, {unknown.status_code}")


def _filters(front: Front) -> Iterator[Fault]:
    """Ask every list for what is the others'."""
    theirs = front.theirs
    asked = {"tenant": theirs.tenant, "candidate_ref": theirs.reference, "assessment_id": theirs.assessment}
    for method, path in CASES:
        if method != "GET" or "{" in path:
            continue
        for query in ({name: one} for name, one in asked.items()):
            answer = front.mine.ask("GET", path, params=query)
            if told := [one for one in theirs.told_in(answer.text) if one not in query.values()]:
                yield leak(f"GET {path}?{next(iter(query))}: tells {told}")


def _scopes(front: Front) -> Iterator[Fault]:
    """Ask everything by keys of one scope each: somebody has to be refused at every address."""
    keys = {scope: _key(front, scope) for scope in (Scope.TRACKS_READ, Scope.USAGE_READ)}
    for (method, path), case in CASES.items():
        let_in = [
            scope
            for scope, key in keys.items()
            if _asked(front.mine, method, path, case, front.mine.things, key).status_code != 403
        ]
        if len(let_in) == len(keys):
            yield leak(f"{method} {path}: no scope is needed")


def _half_keys(front: Front) -> Iterator[Fault]:
    key = front.mine.key
    visible, _, secret = key.partition(".")
    for wrong in (
        visible,
        f"{visible}.",
        f"{visible}.{secret[::-1]}",
        secret,
        key[:-1],
        key + key,
        key.upper(),
    ):
        status = front.mine.ask("GET", "/v1/assessments", key=wrong).status_code
        if status != 401:
            yield leak(f"a key of {len(wrong)} characters: {status}")


def _spent_invites(front: Front) -> Iterator[Fault]:
    """Let somebody in, and a stranger after them, who has a session of their own."""
    with front.mine.client() as client, front.person() as person, front.person() as stranger:
        links = [client.order_assessment(f"invited-{n}", "python", form="short").invite_url for n in (1, 2)]
        person.post(f"{links[0]}/start")
        stranger.post(f"{links[1]}/start")
        before = stranger.get("/assessment").text
        again = stranger.post(f"{links[0]}/start")
        if again.status_code < 400 or "set-cookie" in again.headers:
            yield leak(f"a spent invite: {again.status_code}")
        if stranger.get("/assessment").text != before:
            yield leak("a spent invite leads into another assessment")


def _fixed_sessions(front: Front) -> Iterator[Fault]:
    """Let people sign in with a session that somebody else chose before: it must not become a real one."""
    email = "fixed@ours.example"
    front.add_account(front.mine, email, PASSWORD)
    with front.mine.client() as client:
        invite = client.order_assessment("fixed", "python", form="short").invite_url
    ways_in: tuple[tuple[str, str, dict[str, str], str], ...] = (
        (CANDIDATE_COOKIE, f"{invite}/start", {}, "/assessment"),
        (REVIEWER_COOKIE, "/review/login", {"email": email, "password": PASSWORD}, "/review"),
    )
    for cookie, door, form, home in ways_in:
        with front.person(_session(cookie)) as victim, front.person(_session(cookie)) as attacker:
            let_in = victim.post(door, data=form)
            if cookie not in let_in.cookies or let_in.cookies[cookie] == CHOSEN:
                yield Fault(Gain.BROKEN, f"no new session at {door}: {let_in.status_code}")
            if attacker.get(home).status_code == 200:
                yield leak(f"a {cookie} that was chosen before opens {home}")


def _roles(front: Front) -> Iterator[Fault]:
    """Do what the role does not allow, at home."""
    case = f"/review/{front.mine.assessment}"
    forbidden = {
        "fairness": ((case, {}), (f"{case}/sheet", {"decision": "qualified", "decision_reason": "Mine."})),
        "reviewer": (
            (f"{case}/revoke", {"reason": "other", "note": "Mine."}),
            ("/review/people", {"email": "a"}),
        ),
        "auditor": ((f"{case}/sheet", {"decision": "qualified", "decision_reason": "Mine."}),),
    }
    for role, doors in forbidden.items():
        with front.reviewer(front.mine, role) as person:
            for path, form in doors:
                answer = person.post(path, data=form) if form else person.get(path)
                if answer.status_code not in {403, 404}:
                    yield Fault(
                        Gain.BROKEN, f"{role} at {path.replace(case, '/review/…')}: {answer.status_code}"
                    )


def _reviewers_elsewhere(front: Front) -> Iterator[Fault]:
    with front.reviewer(front.mine, "senior", "reviewer") as person:
        for path in ("", "/export", "/revoke", "/override", "/exchanges", "/second-look"):
            answer = person.get(f"/review/{front.theirs.assessment}{path}")
            if answer.status_code != 404:
                yield leak(f"a case of others at {path or 'its page'}: {answer.status_code}")


_TRESPASSES: Mapping[str, Trespass] = MappingProxyType(
    {
        r"ids of another|/\{other|tenant A": _others_ids,
        r"\bfilter\b": _filters,
        r"lacks the scope": _scopes,
        r"\bAPI keys\b": _half_keys,
        r"\binvite\b|\bresume token\b": _spent_invites,
        r"set before|\bsession A\b": _fixed_sessions,
        r"without the role|reviewer role": _roles,
        r"cases of another|reviewer role": _reviewers_elsewhere,
        r"\bJW[ST]\b": play_forged_verdicts,
    }
)


def _asked(
    home: Home, method: str, path: str, case: Case, things: Mapping[str, str], key: str | None = None
) -> httpx.Response:
    named = {"{assessment_id}": things["assessment_id"], "{somebody}": "somebody-else"}
    body = case.body and {name: named.get(str(value), value) for name, value in case.body.items()}
    headers = {"If-Match": "*"} if method == "PATCH" else {}
    address = path.format(**ELSEWHERE | dict(things)) + case.query
    return home.ask(method, address, key=key, json=body, headers=headers)


def _session(cookie: str) -> httpx.Cookies:
    return httpx.Cookies({cookie: CHOSEN})


def _key(front: Front, scope: Scope) -> str:
    made = front.service.run(
        "keys", "add", "--tenant", front.mine.tenant, "--test", "--scope", scope, "--json"
    )
    secret: str = json.loads(made)["secret"]
    return secret
