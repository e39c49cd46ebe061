"""`master-key`: the key that wraps the candidates' data keys, and replacing it."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, counting, print_json, print_table, settings
from assessor.domain.errors import invalid

if TYPE_CHECKING:
    from assessor.services.rewrapping import Rewrapped

master_keys = typer.Typer(help="The key that wraps the candidates' data keys.", no_args_is_help=True)
app.add_typer(master_keys, name="master-key")


@master_keys.command("make")
def make(
    aws_kms: Annotated[
        str | None, typer.Option(metavar="ARN", help="Of a key in AWS KMS, which then wraps the one made.")
    ] = None,
) -> None:
    """Print the value of a new ASSESSOR_MASTER_KEY, and nothing else. It is kept nowhere."""
    from assessor.adapters.master_keys import AwsKeys, PlainKeys

    try:
        typer.echo((AwsKeys(aws_kms) if aws_kms else PlainKeys()).make())
    except ValueError as refused:
        raise invalid("--aws-kms", str(refused), "See docs/keys.md.") from None


@master_keys.command("list")
def list_(as_json: Json = False) -> None:
    """Show which master keys are set, and how many keys each of them wraps in the database."""
    from assessor.bootstrap.keys import wrapping

    async def read() -> tuple[str, frozenset[str], Mapping[str, int]]:
        async with wrapping(settings()) as (store, vault):
            return vault.newest, vault.others, await store.wraps()

    newest, others, wraps = asyncio.run(read())
    rows = [
        (name, _use(name, newest, others), wraps.get(name, 0)) for name in sorted({newest, *others, *wraps})
    ]
    if as_json:
        print_json([{"id": name, "use": use, "wraps": count} for name, use, count in rows])
    else:
        print_table("Master keys", ("Id", "Use", "Wraps"), rows)


@master_keys.command("rotate")
def rotate(as_json: Json = False) -> None:
    """Wrap every key anew with ASSESSOR_MASTER_KEY that one of ASSESSOR_OTHER_MASTER_KEYS wraps.

    Can be stopped at any time and run again. The exit status is 1 while something is left.
    """
    from assessor.bootstrap.keys import wrapping
    from assessor.services.rewrapping import rewrap

    async def run() -> "Rewrapped":
        async with wrapping(settings()) as (store, vault):
            with counting("Wrapping anew", quiet=as_json) as tell:
                return await rewrap(store, vault.newest, vault.others, tell)

    done = asyncio.run(run())
    if as_json:
        print_json({"done": done.done, "newest": done.newest, "wraps": done.wraps, "left": done.left})
    else:
        _print(done)
    if done.left:
        raise typer.Exit(1)


def _print(done: "Rewrapped") -> None:
    typer.echo(f"{done.done} keys are wrapped anew with the master key {done.newest}.")
    for name, count in done.left.items():
        typer.echo(
            f"{count} are wrapped with {name} still: set that key in ASSESSOR_OTHER_MASTER_KEYS, see that "
            "every process has been started again, and run this again."
        )
    if not done.left:
        typer.echo(
            "Nothing in this database needs another master key: ASSESSOR_OTHER_MASTER_KEYS may be unset. "
            "Keep the former key with the backups that were made before, for as long as they are kept."
        )


def _use(name: str, newest: str, others: frozenset[str]) -> str:
    if name == newest:
        return "wraps and opens"
    return "opens" if name in others else "not set"
