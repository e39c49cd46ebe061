"""`audit`: packages of single assessments for outsiders, and whether every chain holds."""

import asyncio
import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor.cli.app import audits
from assessor.cli.output import Json, counting, print_json, print_table, progress, settings
from assessor.cli.verification import read_jwks
from assessor.domain.errors import invalid

if TYPE_CHECKING:
    from assessor.domain.audit_log import AuditRecord
    from assessor.services.audit_package import Checked, Made
    from assessor.services.chain_checking import ChainsChecked

MAX_BYTES = 1_000_000_000

By = Annotated[str | None, typer.Option(help="Who wants it; your name on this machine by default.")]
Reason = Annotated[str, typer.Option(help="What it is for; recorded in the audit log.")]


@audits.command("export")
def export_package(
    assessment: Annotated[str, typer.Argument(help="Id of an assessment.")],
    output: Annotated[Path, typer.Option(help="Where the package goes; must not exist yet.")],
    reason: Reason,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Write everything that an assessment was decided by into one file that can be checked anywhere.

    It holds the candidate's words. Who exported it and why is recorded before anything is written.
    """
    from assessor.bootstrap import packing

    if output.exists():
        raise invalid("--output", f"{output} exists already", "Give another name.")

    async def run() -> "Made":
        async with packing(settings()) as service:
            return await service.pack(assessment, by or getpass.getuser(), reason)

    with progress("Exporting ...", quiet=as_json):
        made = asyncio.run(run())
    write_privately(output, made.content)
    if as_json:
        print_json({"assessment_id": assessment, "file": str(output), "bytes": len(made.content)})
    else:
        typer.echo(f"{output}: {len(made.content)} bytes. Check it with `assessor audit verify {output}`.")


def write_privately(path: Path, content: bytes) -> None:
    """Write a new file that nobody else can read. Raises InvalidInput where that cannot be."""
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_bytes(content)
    except OSError as error:
        raise invalid("--output", f"{path} cannot be written ({error.strerror})", "Give another.") from None


@audits.command("verify")
def verify_package(
    file: Annotated[Path, typer.Argument(help="A package that `audit export` wrote, or `audit incident`.")],
    key_set: Annotated[
        str | None, typer.Option("--key-set", help="Public keys of the service: a file, or an address.")
    ] = None,
    demonstration: Annotated[
        bool, typer.Option("--demonstration", help="Accept a demonstration's package too.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check a package, without a database or an account. Exit status 1 when anything was changed."""
    from assessor.bootstrap import checking_incidents, checking_packages
    from assessor.services.incident import is_incident

    content = _read(file)
    keys = read_jwks(key_set, "--key-set") if key_set else None
    if is_incident(content):
        found = checking_incidents(demonstration=demonstration).check(content, keys)
    else:
        checking = checking_packages(demonstration=demonstration)
        with progress("Checking ...", quiet=as_json):
            found = asyncio.run(checking.check(content, keys))
    if as_json:
        print_json(_document(found))
    else:
        _print(found, trusted=keys is not None)
    if not found.is_sound:
        raise typer.Exit(1)


@audits.command("check")
def check_chains(
    assessment: Annotated[str | None, typer.Argument(help="Id of an assessment.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All, and the audit logs.")] = False,
    as_json: Json = False,
) -> None:
    """Check hash chains and verdicts in the database. Exit status 1 when anything was changed."""
    from assessor.bootstrap import checking_chains

    if (assessment is None) != everything:
        raise invalid("ASSESSMENT", "is one, or all are meant", "Give an id, or --all.")

    async def run() -> "ChainsChecked":
        async with checking_chains(settings()) as service:
            if assessment is not None:
                return await service.check(assessment)
            with counting("Checking", quiet=as_json) as moved:
                return await service.check_all(moved)

    found = asyncio.run(run())
    if as_json:
        print_json({**vars(found), "faults": [vars(one) for one in found.faults]})
    else:
        for fault in found.faults:
            typer.echo(f"{fault.where}: {fault.problem}", err=True)
        typer.echo(
            f"{found.assessments} assessments, {found.events} events, {found.verdicts} verdicts and "
            f"{found.records} audit records checked; {len(found.faults)} places were changed."
        )
    if found.faults:
        raise typer.Exit(1)


@audits.command("log")
def show_log(
    tenant: Annotated[str | None, typer.Option(help="Id of a platform; none for the service's own.")] = None,
    actor: Annotated[str | None, typer.Option(help="Who did it, by id.")] = None,
    action: Annotated[str | None, typer.Option(help="What was done, such as export.package.")] = None,
    subject: Annotated[str | None, typer.Option(help="What it was done to, by id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: Json = False,
) -> None:
    """Show the audit log, newest first."""
    from assessor.bootstrap import accessing
    from assessor.ports import ActFilter

    async def run() -> "Sequence[AuditRecord]":
        async with accessing(settings()) as (_, store):
            return await store.recorded(ActFilter(tenant, actor, action, subject), limit=limit)

    found = asyncio.run(run())
    if as_json:
        shown = ("seq", "at", "actor", "action", "subject", "reason", "detail", "hash")
        print_json([{name: getattr(one, name) for name in shown} for one in found])
    else:
        rows = [(one.seq, one.at, one.actor, one.action, one.subject, one.reason or "") for one in found]
        print_table("Audit log", ("No", "When", "Who", "What", "To what", "Why"), rows)


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise invalid("FILE", f"{file} is larger than {MAX_BYTES} bytes", "No package is: give another.")
        return file.read_bytes()
    except OSError as error:
        raise invalid("FILE", f"{file} cannot be read ({error.strerror})", "Give a package.") from None


def _print(found: "Checked", *, trusted: bool) -> None:
    rows = [(one.name, one.state, one.note) for one in found.results]
    print_table(found.assessment_id or "Package", ("Check", "Result", ""), rows)
    for finding in found.findings:
        typer.echo(str(finding), err=True)
    if found.is_sound and not trusted:
        typer.echo(
            "The keys are those in the package, so this does not show who made it: fetch the keys of the "
            "service yourself, and give them with --key-set."
        )
    typer.echo("sound" if found.is_sound else "refused: this is not as it was made", err=not found.is_sound)


def _document(found: "Checked") -> dict[str, Any]:
    return {
        "assessment_id": found.assessment_id,
        "is_sound": found.is_sound,
        "checks": [
            {
                "name": one.name,
                "state": one.state,
                "note": one.note,
                "findings": [vars(finding) for finding in one.findings],
            }
            for one in found.results
        ],
    }
