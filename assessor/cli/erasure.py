"""`erase`: destroy a candidate's data key, and look for what they wrote wherever we keep anything."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json, print_table, progress, settings

if TYPE_CHECKING:
    from assessor.services.proving import Proof

TenantOption = Annotated[str, typer.Option("--tenant", help="Id of the platform.")]


@app.command()
def erase(
    candidate: Annotated[str, typer.Argument(help="The platform's reference, or our id.")],
    tenant: TenantOption,
    prove: Annotated[
        bool,
        typer.Option(
            "--prove",
            help="Search databases, files and copies afterwards; exit status 1 if anything is found.",
        ),
    ] = False,
    also: Annotated[
        list[Path] | None,
        typer.Option(
            help="With --prove: another file or folder to search, of logs, exports or backups.", exists=True
        ),
    ] = None,
    before_term: Annotated[
        bool, typer.Option("--before-term", help="Although the platform's least term is not over.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Erase a candidate for good: every assessment, draft and declaration of theirs at this platform."""
    with progress("Erasing ...", quiet=as_json):
        proof = asyncio.run(_erased(candidate, tenant, also or [], prove=prove, before_term=before_term))
    if as_json:
        print_json(_document(candidate, tenant, proof))
    else:
        _print(candidate, proof)
    if proof and not proof.nothing_found:
        raise typer.Exit(1)


async def _erased(
    candidate: str, tenant: str, also: list[Path], *, prove: bool, before_term: bool
) -> "Proof | None":
    from assessor.adapters.logs import configure_logs
    from assessor.bootstrap import erasing

    chosen = settings()
    configure_logs("WARNING", for_machines=False)
    async with erasing(chosen, also) as (service, proving):
        found = await service.holding_of(tenant, candidate)
        if prove:
            return await proving.erase(found, before_term=before_term)
        await service.erase(found, before_term=before_term)
        return None


def _print(candidate: str, proof: "Proof | None") -> None:
    typer.echo(f"{candidate} is erased: the data key is destroyed, and verdicts stay for their term.")
    if proof is None:
        return
    rows = [
        (one.where, f"{one.amount:,}", ", ".join(one.found) or one.unopened or "nothing")
        for one in proof.searched
    ]
    print_table("Searched", ("Where", "Bytes", "Found"), rows)
    for line in _told(proof):
        typer.echo(line)


def _told(proof: "Proof") -> Iterator[str]:
    """Yield what the proof shows, and what it does not."""
    kinds = ", ".join(f"{count} of {kind}" for kind, count in proof.samples.items())
    if proof.by == "ids":
        yield "The key was destroyed before, so no words were left to look for: this proof goes by ids."
        yield f"Looked into {len(proof.searched)} copies of databases for the key: {_outcome(proof)}"
    else:
        passages = sum(proof.samples.values())
        yield f"Looked for the key and {passages} passages ({kinds or 'none were long enough'})."
        yield f"In {len(proof.searched)} places: {_outcome(proof)}"
    yield f"Ledger of destroyed keys: {proof.noted_at or 'DOES NOT NAME THEM'}."
    left = ", ".join(f"{count} in {table}" for table, count in proof.rows_left.items())
    yield f"Rows in the database that should be gone: {left or 'none'}."
    if proof.unopened:
        yield f"Not opened: {', '.join(one.where for one in proof.unopened)}."
    yield f"Not searched: {'; '.join(proof.unsearched)}."


def _outcome(proof: "Proof") -> str:
    return f"FOUND in {len(proof.found)}." if proof.found else "found in none of them."


def _document(candidate: str, tenant: str, proof: "Proof | None") -> dict[str, Any]:
    document: dict[str, Any] = {"candidate": candidate, "tenant": tenant, "erased": True}
    if proof is not None:
        document |= {
            "candidate_id": proof.candidate_id,
            "proof_by": proof.by,
            "samples": dict(proof.samples),
            "searched": [
                {"where": one.where, "bytes": one.amount, "found": list(one.found), "unopened": one.unopened}
                for one in proof.searched
            ],
            "not_searched": list(proof.unsearched),
            "in_ledger_since": proof.noted_at.isoformat() if proof.noted_at else None,
            "rows_left": dict(proof.rows_left),
            "nothing_found": proof.nothing_found,
        }
    return document
