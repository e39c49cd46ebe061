"""`verify-verdict`: whether a verdict is ours, whole and current, without asking us."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json
from assessor.domain.errors import DocumentRefused, invalid

FETCH_SECONDS = 10.0


@app.command("verify-verdict")
def verify_verdict(
    file: Annotated[Path, typer.Argument(help="The verdict as a compact JWS.")],
    jwks: Annotated[str, typer.Option(help="Public keys: a file, or an address.")],
    demonstration: Annotated[
        bool, typer.Option("--demonstration", help="Accept a demonstration's verdict too.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check a verdict's signature, form and dates. Exit status 1 when it must not be relied on."""
    from assessor.adapters.signing import verify
    from assessor.domain.verdict import read_verdict

    try:
        verdict = read_verdict(verify(_read(file), read_jwks(jwks), demonstration=demonstration))
        _require_reliable(verdict.livemode, verdict.valid_until, demonstration=demonstration)
    except DocumentRefused as refused:
        if as_json:
            print_json({"accepted": False, "reason": str(refused)})
        else:
            typer.echo(f"refused: {refused}", err=True)
        raise typer.Exit(1) from None
    if as_json:
        print_json({"accepted": True, "document": verdict.model_dump(mode="json")})
    else:
        mode = "" if verdict.livemode else " (a demonstration: nobody may be hired or paid on it)"
        typer.echo(
            f"accepted{mode}: {verdict.candidate_ref} is {verdict.decision} for {verdict.track.id}, "
            f"decided by {verdict.decided_by} for {verdict.tenant}; "
            f"valid until {verdict.valid_until:%Y-%m-%d}.\n"
            "Supersession and revocation are not in the document: ask the service by its id "
            f"{verdict.id} when you are online."
        )


def _require_reliable(livemode: bool, valid_until: datetime, *, demonstration: bool) -> None:
    if not livemode and not demonstration:
        raise DocumentRefused(
            "This verdict says livemode: false; to look at it all the same, pass --demonstration."
        )
    if valid_until < datetime.now(UTC):
        raise DocumentRefused(f"This verdict was valid until {valid_until:%Y-%m-%d}.")


def _read(file: Path) -> str:
    try:
        return file.read_text("ascii")
    except FileNotFoundError:
        raise invalid("FILE", f"{file} does not exist", "Give the path of a .jws file.") from None
    except UnicodeDecodeError:
        raise DocumentRefused("This file is not a compact JWS: it has characters that no JWS has.") from None


def read_jwks(source: str, option: str = "--jwks") -> dict[str, Any]:
    """Read public keys from a file or over HTTP. Raises InvalidInput."""
    import httpx

    remedy = "Give a JWK set file, or the address /.well-known/jwks.json of the service."
    try:
        if source.startswith(("https://", "http://")):
            text = httpx.get(source, timeout=FETCH_SECONDS).raise_for_status().text
        else:
            text = Path(source).read_text("utf-8")
        keys = json.loads(text)
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise invalid(option, f"{source} cannot be read ({error})", remedy) from None
    if not isinstance(keys, dict) or "keys" not in keys:
        raise invalid(option, f"{source} is not a JWK set", remedy)
    return keys
