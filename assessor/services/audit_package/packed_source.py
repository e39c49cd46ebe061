"""A package as the source of a replay: its log, its verdicts, and the part of the library that it holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.library import Library
from assessor.domain.rubric import Rubric
from assessor.ports import StoredVerdict
from assessor.services.audit_package import contents as c


@dataclass(frozen=True)
class PackedSource:
    """Fulfils the source of a replay. The chain was checked when the log was read."""

    log: Sequence[e.Event]
    files: Mapping[str, bytes]

    async def verify_chain(self, assessment_id: str) -> int:  # noqa: ARG002 - it is of one
        """Return the length of the log."""
        return len(self.log)

    async def events(self, assessment_id: str, after: int = 0) -> tuple[e.Event, ...]:  # noqa: ARG002 - it is of one
        """Return the facts after a sequence number, oldest first."""
        return tuple(self.log[after:])

    async def verdicts(self, assessment_id: str) -> tuple[StoredVerdict, ...]:
        """Return the verdicts that the package holds, oldest first."""
        return tuple(self._verdict(assessment_id, fact) for fact in c.issued(self.log))

    def _verdict(self, assessment_id: str, fact: e.VerdictIssued) -> StoredVerdict:
        return StoredVerdict(
            id=fact.verdict_id,
            assessment_id=assessment_id,
            tenant=str(fact.document["tenant"]),
            document=self.files[c.verdict_file(fact.verdict_id, "json")],
            jws=self.files[c.verdict_file(fact.verdict_id, "jws")].decode("ascii"),
            status="issued",
            superseded_by=None,
        )


@dataclass(frozen=True)
class PackedContent:
    """Fulfils `Content` with what a package holds."""

    held: Library

    async def library(self, track: str | None = None) -> Library:  # noqa: ARG002 - it is of one
        """Return the library of one track, with the items of one form."""
        return self.held


def packed_library(assessment: Assessment, files: Mapping[str, bytes]) -> PackedContent:
    """Return the library of a package. Raises KeyError, ValueError for one that lacks it."""
    track = assessment.ordered.track
    items = {place.item_id: json.loads(files[c.item_file(place.item_id)]) for place in assessment.form.items}
    rubrics = {
        rubric.id: rubric
        for name, content in files.items()
        if name.startswith("rubrics/") and name != c.RUBRIC_HASHES
        for rubric in [Rubric.model_validate_json(content)]
    }
    held = Library.model_validate(
        {"tracks": {track: json.loads(files[c.TRACK])}, "items": {track: items}, "rubrics": {}}
    )
    return PackedContent(held.changed(rubrics=rubrics))
