"""`reviewers`: who audits, and what each may do."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import reviewers
from assessor.cli.output import Json, print_json, print_table, settings
from assessor.cli.people import TenantOption, with_access
from assessor.domain.roles import Role

if TYPE_CHECKING:
    from assessor.ports import Reviewer
    from assessor.services.people import People

RoleOption = Annotated[
    list[Role] | None,
    typer.Option("--role", help="What they may do; may be repeated. Reviewer by default."),
]
TrackOption = Annotated[
    list[str] | None,
    typer.Option("--track", help="Whose cases they take; may be repeated. All by default."),
]
LanguageOption = Annotated[list[str] | None, typer.Option("--language", help="As for tracks, e.g. en.")]
EmailArgument = Annotated[str, typer.Argument(help="The address of their account.")]


def _with_person(email: str, use: "Callable[[People, Reviewer], Awaitable[object]]") -> None:
    """Do something about the person of an address. Raises NotFound."""
    from assessor.bootstrap import managing_people
    from assessor.domain.errors import NotFound

    async def run() -> None:
        async with managing_people(settings()) as (people, store):
            person = await store.reviewer_by_email(email)
            if person is None:
                raise NotFound("reviewer", email)
            await use(people, person)

    asyncio.run(run())


@reviewers.command("add")
def add_reviewer(
    email: Annotated[str, typer.Argument(help="The address they sign in with.")],
    tenant: TenantOption,
    name: Annotated[str, typer.Option(help="Shown to colleagues.")] = "",
    password: Annotated[
        str,
        typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="At least 12 characters."),
    ] = "",
    role: RoleOption = None,
) -> None:
    """Add a reviewer. The password is asked for, so that it stays out of the shell's history."""
    from assessor.ports import Reviewer, Store
    from assessor.services.access import Access

    async def use(access: Access, _store: Store) -> Reviewer:
        return await access.add_reviewer(tenant, email, name or email, password, role or [Role.REVIEWER])

    made = with_access(use)
    named = ", ".join(made.roles)
    typer.echo(f"{made.email} can sign in for {tenant}, as {named}.")


@reviewers.command("list")
def list_reviewers(as_json: Json = False) -> None:
    """List the people who audit."""
    found = with_access(lambda _access, store: store.reviewers())
    if as_json:
        print_json(
            [
                {"email": one.email, "name": one.name, "tenant": one.tenant, "roles": list(one.roles)}
                for one in found
            ]
        )
    else:
        rows = [(one.email, one.name, one.tenant, ", ".join(one.roles)) for one in found]
        print_table("Reviewers", ("Address", "Name", "Platform", "Roles"), rows)


@reviewers.command("change")
def change_reviewer(
    email: EmailArgument,
    role: RoleOption = None,
    track: TrackOption = None,
    language: LanguageOption = None,
) -> None:
    """Change what somebody may do. What is not named stays as it is; `--track all` stands for every one."""
    from assessor.services.people import Duties

    async def use(people: "People", person: "Reviewer") -> None:
        duties = Duties(
            role or person.roles, _chosen(track, person.tracks), _chosen(language, person.languages)
        )
        await people.change(getpass.getuser(), person.tenant, person.id, duties)

    _with_person(email, use)
    typer.echo(f"{email} is changed.")


def _chosen(given: list[str] | None, before: tuple[str, ...]) -> tuple[str, ...]:
    if given is None:
        return before
    return () if "all" in given else tuple(given)


@reviewers.command("unlock")
def unlock_reviewer(email: EmailArgument) -> None:
    """Forget somebody's wrong passwords, so that they can sign in at once."""
    _with_person(email, lambda people, person: people.unlock(getpass.getuser(), person.tenant, person.id))
    typer.echo(f"{email} is unlocked.")


@reviewers.command("disable")
def disable_reviewer(email: EmailArgument) -> None:
    """End an account and its sessions. What it did stays."""
    _with_person(email, lambda people, person: people.disable(getpass.getuser(), person.tenant, person.id))
    typer.echo(f"{email} can sign in no more.")


@reviewers.command("enable")
def enable_reviewer(email: EmailArgument) -> None:
    """Let somebody sign in again."""
    _with_person(email, lambda people, person: people.enable(getpass.getuser(), person.tenant, person.id))
    typer.echo(f"{email} can sign in again.")


@reviewers.command("waive-training")
def waive_training(
    email: EmailArgument,
    reason: Annotated[str, typer.Option(help="Why, in a sentence; it stands in the audit log.")],
    track: Annotated[str | None, typer.Option(help="All that there are now by default.")] = None,
) -> None:
    """Let somebody score people without training, for instance who wrote the rubrics."""
    from assessor.bootstrap import managing_training
    from assessor.domain.errors import NotFound

    async def run() -> None:
        async with managing_training(settings()) as (training, store):
            person = await store.reviewer_by_email(email)
            if person is None:
                raise NotFound("reviewer", email)
            await training.waive(getpass.getuser(), person.tenant, person.id, track, reason)

    asyncio.run(run())
    typer.echo(f"{email} may score without training.")
