"""`keys`: which platforms may ask."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from getpass import getuser
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from assessor.cli.app import keys
from assessor.cli.output import Json, print_json, print_table, settings
from assessor.domain.accommodation import DEFAULT_BREAK_MINUTES, MAX_BREAK_MINUTES

if TYPE_CHECKING:
    from assessor.ports import ApiKey

T = TypeVar("T")

MAX_OVERLAP_HOURS = 24 * 90
MAX_DAYS = 3650

TenantOption = Annotated[str, typer.Option("--tenant", help="Id of the platform; made when it is new.")]

ExpiresOption = Annotated[
    int | None, typer.Option(min=1, max=MAX_DAYS, help="After how many days it ends; never by default.")
]


def with_access(use: Callable[..., Awaitable[T]]) -> T:
    """Run something with the store and the access service, and nothing else of the service."""
    from assessor.bootstrap import accessing

    async def run() -> T:
        async with accessing(settings()) as (access, store):
            return await use(access, store)

    return asyncio.run(run())


@keys.command("add")
def add_key(
    tenant: TenantOption,
    name: Annotated[str | None, typer.Option(help="Name of a new platform.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="What it may do; all by default.")] = None,
    test: Annotated[bool, typer.Option("--test", help="A test key: everything is livemode: false.")] = False,
    judge: Annotated[
        bool, typer.Option("--judge", help="New platform: a model may score what is open.")
    ] = False,
    least_basis: Annotated[
        str, typer.Option(help="New platform: on what rules may decide: calibrated, provisional or none.")
    ] = "calibrated",
    break_minutes: Annotated[
        int, typer.Option(min=0, max=MAX_BREAK_MINUTES, help="New platform: how long breaks may be in all.")
    ] = DEFAULT_BREAK_MINUTES,
    appeal_days: Annotated[
        int, typer.Option(min=1, max=365, help="New platform: for how many days a result can be appealed.")
    ] = 30,
    extra_time: Annotated[
        int,
        typer.Option(min=0, max=300, help="New platform: percent of extra time that who asks has at once."),
    ] = 50,
    compensation: Annotated[
        str | None, typer.Option(help="New platform: what candidates are told about pay, in a sentence.")
    ] = None,
    expires_in_days: ExpiresOption = None,
    as_json: Json = False,
) -> None:
    """Make a key. Its secret is shown once."""
    from assessor.domain.errors import invalid
    from assessor.domain.policy import Grade, Policy
    from assessor.domain.wishes import AtOnce
    from assessor.ports import Store
    from assessor.services.access import Access, NewKey, Scope

    if least_basis not in list(Grade):
        raise invalid("--least-basis", f"{least_basis!r} is none", f"Use one of: {', '.join(Grade)}.")
    if unknown := [given for given in scope or () if given not in list(Scope)]:
        raise invalid("--scope", f"{unknown[0]!r} is none", f"Use one of: {', '.join(Scope)}.")
    scopes = tuple(map(Scope, scope or Scope))

    async def use(access: Access, store: Store) -> NewKey:
        if all(known.id != tenant for known in await store.tenants()):
            policy = Policy(
                judge_may_score=judge,
                least_basis=Grade(least_basis),
                break_minutes=break_minutes,
                appeal_days=appeal_days,
                at_once=AtOnce(time_factor=1 + extra_time / 100),
                compensation=compensation,
            )
            await access.add_tenant(tenant, name or tenant, policy)
        return await access.add_key(tenant, scopes, livemode=not test, days=expires_in_days, by=getuser())

    made = with_access(use)
    if as_json:
        print_json(_shown(made.key) | {"tenant": tenant, "secret": made.secret})
    else:
        typer.echo(f"Key {made.key.id} of {tenant}. Its secret, shown only now:\n{made.secret}")


@keys.command("rotate")
def rotate_key(
    key_id: Annotated[str, typer.Argument(help="Id of the key, which is its visible beginning.")],
    overlap_hours: Annotated[
        int, typer.Option(min=0, max=MAX_OVERLAP_HOURS, help="For how long the old key still works.")
    ] = 24,
    expires_in_days: ExpiresOption = None,
    as_json: Json = False,
) -> None:
    """Make a key like another one, which ends after an overlap. The new secret is shown once."""
    from assessor.ports import Store
    from assessor.services.access import Access, NewKey

    async def use(access: Access, _store: Store) -> tuple[NewKey, datetime]:
        return await access.rotate_key(key_id, overlap_hours, expires_in_days, by=getuser())

    made, ends_at = with_access(use)
    if as_json:
        replaced = {"id": key_id, "expires_at": ends_at.isoformat()}
        print_json(_shown(made.key) | {"secret": made.secret, "replaces": replaced})
    else:
        typer.echo(
            f"Key {made.key.id} replaces {key_id}, which works until {ends_at:%Y-%m-%d %H:%M} UTC. "
            f"Its secret, shown only now:\n{made.secret}"
        )


@keys.command("list")
def list_keys(tenant: TenantOption, as_json: Json = False) -> None:
    """List a platform's keys with their visible beginnings, never their secrets."""
    found = with_access(lambda _access, store: store.keys(tenant))
    if as_json:
        print_json([_shown(key) for key in found])
    else:
        rows = [
            (
                key.id,
                "live" if key.livemode else "test",
                ", ".join(key.scopes),
                _day(key.created_at),
                _day(key.expires_at),
                _day(key.last_used_at),
            )
            for key in found
        ]
        print_table(f"Keys of {tenant}", ("Id", "Mode", "Scopes", "Made", "Expires", "Last used"), rows)


def _shown(key: "ApiKey") -> dict[str, Any]:
    return {
        "id": key.id,
        "livemode": key.livemode,
        "scopes": key.scopes,
        "created_at": _written(key.created_at),
        "expires_at": _written(key.expires_at),
        "last_used_at": _written(key.last_used_at),
    }


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _day(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%Y-%m-%d %H:%M}"


@keys.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(help="Id of the key, not its secret.")]) -> None:
    """End a key at once."""
    from assessor.ports import Store
    from assessor.services.access import Access

    async def use(access: Access, _store: Store) -> None:
        await access.revoke_key(key_id, by=getuser())

    with_access(use)
    typer.echo(f"Key {key_id} is revoked.")
