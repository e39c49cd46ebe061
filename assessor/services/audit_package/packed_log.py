"""The log of a package: opened event by event, and checked against the chain that runs over it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from assessor.domain import events as e
from assessor.domain.chain import REDACTION, Link, digest_of
from assessor.domain.errors import DocumentRefused
from assessor.services.audit_package import contents as c
from assessor.services.audit_package.archive import Finding

Opens = Callable[[bytes, bytes, str, int, str], bytes]
"""From the key, the sealed bytes, and assessment, number and type of an event, to its plain bytes.

Raises DocumentRefused.
"""

_BAD: Final = (DocumentRefused, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class PackedLog:
    """The events, as far as all of them can be read, and what is wrong."""

    assessment_id: str
    events: tuple[e.Event, ...]
    findings: tuple[Finding, ...]

    @classmethod
    def read(cls, files: Mapping[str, bytes], opens: Opens) -> "PackedLog":
        """Read and check; never raises for what is in the files."""
        try:
            summary = json.loads(files[c.SUMMARY])
            assessment_id, length, head = str(summary["id"]), int(summary["events"]), summary["head"]
        except _BAD:
            return cls("", (), (Finding(c.SUMMARY, "cannot be read, and names the end of the log"),))
        reading = _Reading(assessment_id, files, opens)
        events, findings = reading.all()
        if not findings and (len(events), reading.previous) != (length, head):
            findings = [Finding(c.LOG, "does not end where assessment.json says", len(events))]
        return cls(assessment_id, tuple(events) if len(events) == length else (), tuple(findings))


class _Reading:
    """One pass through `log.jsonl` and `chain.jsonl`, side by side."""

    def __init__(self, assessment_id: str, files: Mapping[str, bytes], opens: Opens) -> None:
        self._assessment_id = assessment_id
        self._logged = files.get(c.LOG, b"").splitlines(keepends=True)
        self._chained = files.get(c.CHAIN, b"").splitlines(keepends=True)
        self._opens = opens
        self._left: dict[int, e.Fact] = {}
        self._redactions: set[int] = set()
        self.previous = ""

    def all(self) -> tuple[list[e.Event], list[Finding]]:
        """Return the events that could be read, in order, and what was found."""
        self._left = dict(self._facts_left())
        events: list[e.Event] = []
        findings: list[Finding] = []
        if len(self._logged) != len(self._chained):
            findings.append(Finding(c.LOG, f"has not as many events as {c.CHAIN}"))
        for seq, (logged, chained) in enumerate(zip(self._logged, self._chained, strict=False), 1):
            event, found = self._event(seq, logged, chained)
            findings += found
            events += [event] if event else []
        return events, findings

    def _event(self, seq: int, logged: bytes, chained: bytes) -> tuple[e.Event | None, list[Finding]]:
        try:
            said = json.loads(logged)
            link = self._link(seq, said, json.loads(chained))
        except _BAD:
            return None, [Finding(self._broken(logged), "cannot be read", seq)]
        findings = list(self._in_chain(link, said, chained))
        try:
            fact = self._fact(link, json.loads(chained))
            event = e.Event(
                assessment_id=self._assessment_id, seq=seq, at=link.at, fact=fact, hash=str(said["hash"])
            )
        except _BAD as refused:
            return None, [*findings, Finding(c.CHAIN, f"cannot be opened: {refused}", seq)]
        if c.line(c.log_line(event)) != logged:
            findings.append(Finding(c.LOG, f"is not what is sealed in {c.CHAIN}", seq))
        return event, findings

    def _link(self, seq: int, said: dict[str, Any], stored: dict[str, Any]) -> Link:
        at = datetime.fromisoformat(said["at"])
        by = stored["redacted_by"]
        return Link(self._assessment_id, seq, str(said["fact"]["type"]), at, str(stored["digest"]), by)

    def _in_chain(self, link: Link, said: dict[str, Any], chained: bytes) -> Iterator[Finding]:
        stored = json.loads(chained)
        if c.line(stored) != chained or stored["seq"] != link.seq:
            yield Finding(c.CHAIN, "is not as it was written", link.seq)
        hash_ = link.hash_after(self.previous)
        if hash_ != said["hash"]:
            yield Finding(c.LOG, "its hash does not follow from it and the event before", link.seq)
        self.previous = str(said["hash"])

    def _fact(self, link: Link, stored: dict[str, Any]) -> e.Fact:
        """Return what is sealed, or what a later redaction left of it. Raises DocumentRefused."""
        sealed, key = c.unpacked(stored["ciphertext"]), c.unpacked(stored["key"])
        if sealed is None or key is None:
            return self._fact_left(link)
        if digest_of(sealed) != link.digest:
            raise DocumentRefused("its sealed bytes do not have the digest that the chain runs over")
        return self._unsealed(link.seq, link.type, sealed, key)

    def _unsealed(self, seq: int, type_: str, sealed: bytes, key: bytes) -> e.Fact:
        fact = e.FACTS.validate_json(self._opens(key, sealed, self._assessment_id, seq, type_))
        if fact.type != type_:
            raise DocumentRefused("it is of another type")
        return fact

    def _fact_left(self, link: Link) -> e.Fact:
        by = link.redacted_by
        fact = self._left.get(link.seq)
        if (
            by is None
            or by <= link.seq
            or by not in self._redactions
            or fact is None
            or fact.type != link.type
        ):
            raise DocumentRefused("its words are gone, and no later redaction took them back")
        return fact

    def _facts_left(self) -> Iterator[tuple[int, e.Fact]]:
        """Yield what redactions left of earlier events; a later one of the same event comes after."""
        for seq, chained in enumerate(self._chained, 1):
            try:
                said, stored = json.loads(self._logged[seq - 1]), json.loads(chained)
                if said["fact"]["type"] != REDACTION:
                    continue
                self._redactions.add(seq)
                sealed, key = c.unpacked(stored["ciphertext"]), c.unpacked(stored["key"])
                if sealed is None or key is None:
                    continue
                fact = self._unsealed(seq, REDACTION, sealed, key)
            except (*_BAD, IndexError):
                continue  # said again, with its number, when its turn comes
            if isinstance(fact, e.WordsRedacted):
                yield from ((left.seq, left.fact) for left in fact.left)

    def _broken(self, logged: bytes) -> str:
        try:
            said = json.loads(logged)
            datetime.fromisoformat(said["at"])
            str(said["fact"]["type"])
        except _BAD:
            return c.LOG
        return c.CHAIN
