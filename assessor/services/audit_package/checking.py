"""Checking a package, with nothing but the file and, better, the keys of the service."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, replay
from assessor.domain.errors import AssessorError, Conflict, DocumentRefused
from assessor.ports import Prompts
from assessor.services.audit_package import contents as c
from assessor.services.audit_package.archive import Finding, read
from assessor.services.audit_package.packed_log import Opens, PackedLog
from assessor.services.audit_package.packed_source import PackedSource, packed_library
from assessor.services.audit_package.packed_verdicts import bound_hashes, verdict_findings
from assessor.services.audit_package.packing import digests
from assessor.services.audit_package.readme import TEXT
from assessor.services.rehearsing import JudgeOf
from assessor.services.replaying import Replaying

Verify = Callable[[str, dict[str, Any], Literal["verdict", "package"]], bytes]
"""From a JWS, a key set and what it should be (`verdict`, `package`) to what was signed.

Raises DocumentRefused.
"""

State = Literal["passed", "failed", "not possible"]

_UNREADABLE: Final = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
"""What reading something comes to that does not have the form it should have."""


@dataclass(frozen=True)
class CheckResult:
    """One check: what it was about, how it ended, and what was found or why it could not be made."""

    name: str
    state: State
    findings: tuple[Finding, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Checked:
    """All checks of a package, in the order in which one rests on the other."""

    assessment_id: str
    results: tuple[CheckResult, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is not as it was made."""
        return tuple(finding for result in self.results for finding in result.findings)

    @property
    def is_sound(self) -> bool:
        """Whether no check failed. One that could not be made is no failure, and is told."""
        return not self.findings


class _NotPossibleError(Exception):
    """A check cannot be made; says why."""


@dataclass
class _Package:
    """The files, and what earlier checks made of them for later ones."""

    files: Mapping[str, bytes]
    archive: Sequence[Finding]
    keys: dict[str, Any] | None
    log: PackedLog | None = None

    def json(self, name: str) -> Any:
        """Raises KeyError, ValueError."""
        return json.loads(self.files[name])

    def key_set(self) -> dict[str, Any]:
        """Return the trusted keys, else those in the package."""
        return self.keys if self.keys is not None else dict(self.json(c.KEYS))

    def read_log(self) -> PackedLog:
        """Return the log, when it could be read. Raises _NotPossibleError."""
        if self.log is None or not self.log.events:
            raise _NotPossibleError("the log cannot be read")
        return self.log


_Check = Callable[[_Package], Iterator[Finding]]


@dataclass
class Checking:
    """Checks packages. Reads nothing else, and asks nobody."""

    opens: Opens
    verify: Verify
    prompts: Prompts
    judge_of: JudgeOf
    _named: Mapping[str, _Check] = field(init=False)

    def __post_init__(self) -> None:
        """Put the checks in their order."""
        self._named = {
            "archive": lambda package: iter(package.archive),
            "manifest": _manifest,
            "creation": self._creation,
            "chain": self._chain,
            "copies": _copies,
            "form, bank and rubrics": _bound,
            "bank and rubrics as a whole": _whole,
            "verdicts": self._verdicts,
        }

    async def check(self, content: bytes, keys: dict[str, Any] | None = None) -> Checked:
        """Check a package; `keys` are those of the service, from elsewhere. Never raises for a bad one."""
        files, damage = read(content)
        package = _Package(files, damage, keys)
        results = [_result(name, check, package) for name, check in self._named.items()]
        results.append(await self._replayed(package, is_sound=all(not one.findings for one in results)))
        known = package.log.assessment_id if package.log else ""
        return Checked(known, tuple(results))

    def _creation(self, package: _Package) -> Iterator[Finding]:
        raw = package.files.get(c.CREATION, b"")
        try:
            signed = self.verify(package.files[c.SIGNATURE].decode("ascii"), package.key_set(), "package")
        except (DocumentRefused, *_UNREADABLE) as refused:
            yield Finding(c.SIGNATURE, str(refused) or "cannot be read")
        else:
            if signed != raw:
                yield Finding(c.CREATION, "is not what was signed")
        creation = package.json(c.CREATION)
        if creation["assessment"] != package.json(c.SUMMARY)["id"]:
            yield Finding(c.CREATION, "is of another assessment")
        for name, digest in creation["sha256"].items():
            if digests({name: package.files.get(name, b"")})[name] != digest:
                yield Finding(name, f"its SHA-256 is not the one in {c.CREATION}")

    def _chain(self, package: _Package) -> Iterator[Finding]:
        package.log = PackedLog.read(package.files, self.opens)
        yield from package.log.findings

    def _verdicts(self, package: _Package) -> Iterator[Finding]:
        log = package.read_log()
        keys = package.key_set()
        yield from verdict_findings(
            log.events, package.files, lambda token: self.verify(token, keys, "verdict")
        )

    async def _replayed(self, package: _Package, *, is_sound: bool) -> CheckResult:
        try:
            found = await self._replay(package, is_sound=is_sound)
        except _NotPossibleError as reason:
            return CheckResult("replay", "not possible", note=str(reason))
        except AssessorError as refused:
            return CheckResult("replay", "failed", (Finding(c.LOG, str(refused)),))
        return CheckResult("replay", "failed" if found else "passed", found)

    async def _replay(self, package: _Package, *, is_sound: bool) -> tuple[Finding, ...]:
        if not is_sound:
            raise _NotPossibleError("what was found above has to be settled first")
        log = package.read_log()
        assessment = replay(log.assessment_id, log.events)
        _require_replayable(assessment, log.events, package.files, self.prompts)
        keys = package.key_set()
        source = PackedSource(log.events, package.files)
        library = packed_library(assessment, package.files)
        replaying = Replaying(
            source, library, self.prompts, self.judge_of, lambda jws: self.verify(jws, keys, "verdict")
        )
        try:
            replayed = await replaying.replay(log.assessment_id)
        except Conflict as nothing:
            raise _NotPossibleError(str(nothing)) from None
        return tuple(Finding(c.LOG, str(one), one.seq) for one in replayed.differences)


def _result(name: str, check: _Check, package: _Package) -> CheckResult:
    findings: list[Finding] = []
    try:
        findings += check(package)
    except _NotPossibleError as reason:
        return CheckResult(name, "not possible", note=str(reason))
    except (AssessorError, *_UNREADABLE) as error:
        findings.append(
            Finding("package", f"the check of {name} came to an end: {type(error).__name__} {error}")
        )
    return CheckResult(name, "failed" if findings else "passed", tuple(findings))


def _manifest(package: _Package) -> Iterator[Finding]:
    if package.files.get(c.README) != TEXT:
        yield Finding(c.README, "is not the text that this program puts there")
    listed = package.json(c.MANIFEST)["files"]
    for name, digest in listed.items():
        if name not in package.files:
            yield Finding(name, "is missing")
        elif digests({name: package.files[name]})[name] != digest:
            yield Finding(name, f"its SHA-256 is not the one in {c.MANIFEST}")
    for name in sorted(package.files.keys() - listed.keys() - c.OF_ITS_MAKING - {c.MANIFEST}):
        yield Finding(name, f"is not in {c.MANIFEST}")
    for name in sorted(c.OF_ITS_MAKING - package.files.keys()):
        yield Finding(name, "is missing")


def _copies(package: _Package) -> Iterator[Finding]:
    """What the log says, and another file says again, is the same."""
    log = package.read_log()
    for name, content in c.from_log(replay(log.assessment_id, log.events), log.events).items():
        if package.files.get(name) != content:
            yield Finding(name, f"does not say what {c.CHAIN} says")


def _bound(package: _Package) -> Iterator[Finding]:
    """Form, bank and rubrics are those that the log names."""
    log = package.read_log()
    yield from bound_hashes(replay(log.assessment_id, log.events), log.events, package.files)


def _whole(package: _Package) -> Iterator[Finding]:
    """Also what was not drawn is what it was. Banks go on, and then a package cannot hold what they were."""
    missing = [name for name in (c.BANK_HASHES, c.RUBRIC_HASHES) if name not in package.files]
    if missing:
        raise _NotPossibleError(f"changed before the package was made, so without {' and '.join(missing)}")
    return iter(())


def _require_replayable(
    assessment: Assessment, events: Sequence[e.Event], files: Mapping[str, bytes], prompts: Prompts
) -> None:
    """Raise _NotPossibleError where a replay would differ for what is not in the package."""
    if not any(c.issued(events)):
        raise _NotPossibleError("there is no verdict yet")
    scored_by = assessment.rescored or assessment.drawn
    worded = prompts.replaced(assessment.grading.prompts)
    if scored_by is None or scored_by.prompts_hash != worded.hash:
        raise _NotPossibleError("this version of the program has other prompts than answers were scored with")
    for place in assessment.form.items:
        if c.item_file(place.item_id) not in files:
            raise _NotPossibleError(f"item {place.item_id} was changed before the package was made")
