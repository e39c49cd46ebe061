"""`erase`: destroy a candidate's data key, and prove that nothing is left of what they wrote."""

import asyncio
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
        typer.Option("--prove", help="Search everything afterwards; exit status 1 if anything is found."),
    ] = False,
    also: Annotated[
        list[Path] | None,
        typer.Option(help="With --prove: another file or folder to search, of logs or exports.", exists=True),
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
    if proof and proof.found:
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
    rows = [(one.where, f"{one.amount:,}", ", ".join(one.found) or "nothing") for one in proof.searched]
    print_table("Searched", ("Where", "Bytes", "Found"), rows)
    if not proof.samples:
        typer.echo("They had written nothing long enough to look for; only the key was.")
    typer.echo(
        f"Looked for {proof.samples} passages and the key in {len(proof.searched)} places: "
        + (f"FOUND in {len(proof.found)}." if proof.found else "nothing is left.")
    )


def _document(candidate: str, tenant: str, proof: "Proof | None") -> dict[str, Any]:
    document: dict[str, Any] = {"candidate": candidate, "tenant": tenant, "erased": True}
    if proof is not None:
        document |= {
            "candidate_id": proof.candidate_id,
            "samples": proof.samples,
            "searched": [
                {"where": one.where, "bytes": one.amount, "found": list(one.found)} for one in proof.searched
            ],
            "is_proved": not proof.found,
        }
    return document
