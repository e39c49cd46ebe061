"""Every operation of the service, written once for both clients."""

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from assessor.client import documents as d
from assessor.client.errors import UnexpectedAnswer, VerdictNotReady, WaitedTooLong
from assessor.client.exchange import NOT_CHANGED, Pause, Plan, Reply, Request, Retries, exchange
from assessor.client.running import Listing, Page, listing, operation

ASK_AGAIN_SECONDS: Final = 30.0
"""How often a verdict that waits for a person is looked at."""


class Operations:
    """The calls. Each raises `Problem` when the service says no, and `Unreachable` without an answer."""

    _retries: Retries

    @operation
    def order_assessment(
        self,
        /,
        candidate_ref: str,
        track: str,
        *,
        form: str = "full",
        language: str = "en",
        idempotency_key: str | None = None,
        **terms: Any,
    ) -> Plan[d.OrderedAssessment]:
        """Order an assessment, and get the link to give to the candidate.

        `candidate_ref` is your own reference: neither a name nor an address. `terms` are the other fields
        of an order, such as `candidate_email` or `time_factor`. With an `idempotency_key` of yours
        (say, the id of the application) asking again, even after a crash, orders nothing twice; without
        one, that holds for the retries of this call.
        """
        body = {"candidate_ref": candidate_ref, "track": track, "form": form, "language": language, **terms}
        return d.read(
            d.OrderedAssessment, (yield from self._post("/assessments", body, idempotency_key)).body
        )

    @operation
    def assessment(self, assessment_id: str) -> Plan[d.Assessment]:
        """Return where an assessment stands."""
        return d.read(d.Assessment, (yield from self._get(f"/assessments/{_in_path(assessment_id)}")).body)

    @listing
    def assessments(self, /, **query: str) -> tuple[Request, Listing[d.Assessment]]:
        """Go through the assessments, newest first. `query` is what the service can filter by."""
        return self._listed("/assessments", d.Assessment, query)

    @operation
    def cancel_assessment(
        self, assessment_id: str, *, idempotency_key: str | None = None
    ) -> Plan[d.Assessment]:
        """End an assessment before it is submitted. Cancelling twice is once."""
        path = f"/assessments/{_in_path(assessment_id)}/cancel"
        return d.read(d.Assessment, (yield from self._post(path, None, idempotency_key)).body)

    @operation
    def reissue_invite(self, assessment_id: str, *, idempotency_key: str | None = None) -> Plan[d.Invite]:
        """Replace the candidate's link; the old one and any open session stop working."""
        path = f"/assessments/{_in_path(assessment_id)}/invites"
        return d.read(d.Invite, (yield from self._post(path, None, idempotency_key)).body)

    @operation
    def accommodations(self, assessment_id: str) -> Plan[d.Accommodations]:
        """Return the terms that hold for this candidate."""
        path = f"/assessments/{_in_path(assessment_id)}/accommodations"
        return d.read(d.Accommodations, (yield from self._get(path)).body)

    @operation
    def grant_accommodations(
        self, /, assessment_id: str, *, idempotency_key: str | None = None, **terms: Any
    ) -> Plan[d.Accommodations]:
        """Give more time or more breaks: `time_factor`, `untimed`, `extra_break_minutes`, `reason`."""
        path = f"/assessments/{_in_path(assessment_id)}/accommodations"
        return d.read(d.Accommodations, (yield from self._post(path, terms, idempotency_key)).body)

    @operation
    def transcript(self, assessment_id: str) -> Plan[dict[str, Any]]:
        """Return what was said and handed in."""
        return _object((yield from self._get(f"/assessments/{_in_path(assessment_id)}/transcript")).body)

    @listing
    def tracks(self) -> tuple[Request, Listing[d.Track]]:
        """Go through what one can be assessed for."""
        return self._listed("/tracks", d.Track)

    @operation
    def verdict(self, assessment_id: str) -> Plan[d.ServedVerdict]:
        """Return the verdict that holds. Raises VerdictNotReady before there is one."""
        path = f"/assessments/{_in_path(assessment_id)}/verdict"
        return d.read(d.ServedVerdict, (yield from self._get(path)).body)

    @operation
    def verdict_of_id(self, verdict_id: str) -> Plan[d.ServedVerdict]:
        """Return one verdict and whether it still holds; its id is the `jti` of the signed form."""
        path = f"/verdicts/{_in_path(verdict_id)}"
        return d.read(d.ServedVerdict, (yield from self._get(path)).body)

    @listing
    def verdicts(self, /, **query: str) -> tuple[Request, Listing[d.VerdictLine]]:
        """Go through verdicts, newest first. `query` is what the service can filter by."""
        return self._listed("/verdicts", d.VerdictLine, query)

    @operation
    def qualification(self, candidate_ref: str, track: str) -> Plan[d.Qualification]:
        """Return whether somebody is qualified for a track now: the answer to rely on before giving work."""
        query = {"candidate": candidate_ref, "track": track}
        request = Request("GET", "/v1/qualifications", query=query)
        return d.read(d.Qualification, (yield from self._ask(request)).body)

    @operation
    def qualifications(self, candidate_refs: Sequence[str], track: str) -> Plan[tuple[d.Qualification, ...]]:
        """Return the same for up to 100 people at once, in your order."""
        body = {"track": track, "candidates": list(candidate_refs)}
        request = Request("POST", "/v1/qualifications/batch", body=body, only_reads=True)
        return _page(request, (yield from self._ask(request)).body, d.Qualification).items

    @operation
    def events(self, cursor: str = "0") -> Plan[d.EventPage]:
        """Return what happened after a place, for those who would rather ask than be told by webhook."""
        request = Request("GET", "/v1/events", query={"cursor": cursor})
        return d.read(d.EventPage, (yield from self._ask(request)).body)

    @operation
    def badge(self, verdict_id: str) -> Plan[str]:
        """Return the Open Badge of a verdict that holds and says `qualified`, as a signed JWT."""
        return (yield from self._get(f"/verdicts/{_in_path(verdict_id)}/badge")).body.decode()

    @listing
    def verdicts_of(self, assessment_id: str) -> tuple[Request, Listing[d.ServedVerdict]]:
        """Go through the verdict of an assessment and those that it superseded, oldest first."""
        return self._listed(f"/assessments/{_in_path(assessment_id)}/verdicts", d.ServedVerdict)

    @operation
    def wait_for_verdict(
        self,
        assessment_id: str,
        *,
        final: bool = True,
        timeout_seconds: float = 3600.0,
        ask_again_seconds: float = ASK_AGAIN_SECONDS,
    ) -> Plan[d.ServedVerdict]:
        """Ask again until there is a verdict; with `final`, until nobody has to look any more.

        Waits as long as the service says, and `ask_again_seconds` at most. Raises WaitedTooLong, and
        VerdictNotReady when there will be none, as of a cancelled assessment. A webhook tells you sooner,
        and costs nothing while people work.
        """
        ends = time.monotonic() + timeout_seconds
        seen: d.ServedVerdict | None = None
        headers: Mapping[str, str] = {}
        path = f"/assessments/{_in_path(assessment_id)}/verdict"
        while True:
            pause = ask_again_seconds
            try:
                reply = yield from self._get(path, headers=headers)
            except VerdictNotReady as waiting:
                if waiting.retry_after is None:
                    raise
                pause = min(pause, waiting.retry_after)
            else:
                seen = seen if reply.status == NOT_CHANGED else d.read(d.ServedVerdict, reply.body)
                if seen is not None and (seen.document.is_final or not final):
                    return seen
                headers = {"If-None-Match": reply.headers["etag"]} if "etag" in reply.headers else {}
            if time.monotonic() + pause > ends:
                raise WaitedTooLong(f"There is no verdict of {assessment_id} after {timeout_seconds:g} s.")
            yield Pause(pause)

    @operation
    def jwks(self) -> Plan[dict[str, Any]]:
        """Return the public keys that verify verdicts, for `verify_verdict`. Keep them for five minutes."""
        return _object((yield from self._ask(Request("GET", "/.well-known/jwks.json"))).body)

    @operation
    def add_webhook_endpoint(
        self,
        url: str,
        *,
        event_types: Sequence[str] = (),
        description: str = "",
        idempotency_key: str | None = None,
    ) -> Plan[d.NewWebhookEndpoint]:
        """Name an address where you want to be told; keep the `secret` that comes back."""
        body = {"url": url, "event_types": list(event_types), "description": description}
        reply = yield from self._post("/webhook-endpoints", body, idempotency_key)
        return d.read(d.NewWebhookEndpoint, reply.body)

    @listing
    def webhook_endpoints(self) -> tuple[Request, Listing[d.WebhookEndpoint]]:
        """Go through the addresses where you are told, the oldest first."""
        return self._listed("/webhook-endpoints", d.WebhookEndpoint)

    @operation
    def webhook_endpoint(self, endpoint_id: str) -> Plan[d.WebhookEndpoint]:
        """Return where an endpoint leads and how it stands."""
        path = f"/webhook-endpoints/{_in_path(endpoint_id)}"
        return d.read(d.WebhookEndpoint, (yield from self._get(path)).body)

    @operation
    def change_webhook_endpoint(self, /, endpoint_id: str, **changes: Any) -> Plan[d.WebhookEndpoint]:
        """Change `url`, `description`, `event_types` or `enabled`; what is not named stays."""
        path = f"/v1/webhook-endpoints/{_in_path(endpoint_id)}"
        request = Request("PATCH", path, body=changes, headers={"If-Match": "*"})
        return d.read(d.WebhookEndpoint, (yield from self._ask(request)).body)

    @operation
    def remove_webhook_endpoint(self, endpoint_id: str) -> Plan[None]:
        """Remove an endpoint with its delivery log."""
        yield from self._ask(Request("DELETE", f"/v1/webhook-endpoints/{_in_path(endpoint_id)}"))

    @operation
    def test_webhook_endpoint(
        self, endpoint_id: str, *, idempotency_key: str | None = None
    ) -> Plan[d.Delivery]:
        """Have a test event sent there, whatever its filter says."""
        path = f"/webhook-endpoints/{_in_path(endpoint_id)}/test"
        return d.read(d.Delivery, (yield from self._post(path, None, idempotency_key)).body)

    @listing
    def deliveries(self, endpoint_id: str) -> tuple[Request, Listing[d.Delivery]]:
        """Go through what was sent to an endpoint, newest first, with every attempt."""
        return self._listed(f"/webhook-endpoints/{_in_path(endpoint_id)}/deliveries", d.Delivery)

    @operation
    def redeliver(
        self, endpoint_id: str, delivery_id: str, *, idempotency_key: str | None = None
    ) -> Plan[d.Delivery]:
        """Have a delivery sent again now, under its old event id."""
        path = f"/webhook-endpoints/{_in_path(endpoint_id)}/deliveries/{_in_path(delivery_id)}/redeliver"
        return d.read(d.Delivery, (yield from self._post(path, None, idempotency_key)).body)

    def _ask(self, request: Request) -> Plan[Reply]:
        return exchange(request, self._retries)

    def _get(self, path: str, headers: Mapping[str, str] | None = None) -> Plan[Reply]:
        return self._ask(Request("GET", f"/v1{path}", headers=headers or {}))

    def _post(self, path: str, body: Any, key: str | None) -> Plan[Reply]:
        headers = {"Idempotency-Key": str(uuid.uuid4()) if key is None else key}
        return self._ask(Request("POST", f"/v1{path}", body=body, headers=headers))

    def _listed(
        self, path: str, model: type[d.D], query: Mapping[str, str] | None = None
    ) -> tuple[Request, Listing[d.D]]:
        def page(request: Request) -> Plan[Page[d.D]]:
            return _page(request, (yield from self._ask(request)).body, model)

        return Request("GET", f"/v1{path}", query=dict(query or {})), page


def _in_path(name: str) -> str:
    return quote(name, safe="")


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise UnexpectedAnswer(f"The answer is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise UnexpectedAnswer("The answer is not a JSON object.")
    return found


def _page(request: Request, body: bytes, model: type[d.D]) -> Page[d.D]:
    """Read a page. `next_cursor` asks for the next one, unless it is null or there is no more."""
    found = _object(body)
    items = tuple(d.read(model, json.dumps(one).encode()) for one in found.get("data", ()))
    cursor = found.get("next_cursor")
    if not cursor or found.get("has_more") is False:
        return Page(items, None)
    if cursor == request.query.get("cursor"):
        raise UnexpectedAnswer("The list does not go on: its next page is the one that was read.")
    return Page(items, Request("GET", request.path, query={**request.query, "cursor": str(cursor)}))
