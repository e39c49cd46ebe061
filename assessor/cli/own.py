"""`library add`, `activate`, `versions` and `preview`: a platform's own tasks, from a terminal."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from assessor.cli.app import banks
from assessor.cli.banks import Out, printed_bank, write
from assessor.cli.output import Json, print_json, print_table, settings

if TYPE_CHECKING:
    from assessor.services.libraries import OwnLibraries

T = TypeVar("T")

Folder = Annotated[Path, typer.Argument(help="A folder with track.yaml and the rest, or a zip of one.")]
TenantOption = Annotated[str, typer.Option("--tenant", help="Id of the platform.")]


def _with_libraries(use: "Callable[[OwnLibraries], Awaitable[T]]") -> T:
    from assessor.bootstrap import own_libraries

    async def run() -> T:
        async with own_libraries(settings()) as libraries:
            return await use(libraries)

    return asyncio.run(run())


@banks.command("add")
def add(
    folder: Folder,
    tenant: TenantOption,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, and store nothing.")] = False,
    activate: Annotated[bool, typer.Option("--activate", help="Let orders have it at once.")] = False,
    as_json: Json = False,
) -> None:
    """Store a platform's own track as a version, after checking it by all rules."""
    from assessor.services.libraries import Added

    files = _files(folder)

    async def use(libraries: "OwnLibraries") -> Added:
        added = await libraries.add(tenant, files, dry_run=dry_run)
        if activate and not dry_run:
            await libraries.activate(tenant, added.version.id)
        return added

    found = _with_libraries(use)
    if as_json:
        print_json({**asdict(found), "stored": not dry_run})
        return
    for warning in found.warnings:
        typer.echo(f"warning: {warning}", err=True)
    held = ", ".join(f"{count} {category}" for category, count in found.items.items())
    stored = "Nothing was stored." if dry_run else f"Version {found.version.id} is stored."
    typer.echo(f"Track {found.version.track}: {held}. {stored}")


@banks.command("activate")
def activate_version(
    version: Annotated[str, typer.Argument(help="Id of the version.")], tenant: TenantOption
) -> None:
    """Let orders of a platform's own track have this version."""
    found = _with_libraries(lambda libraries: libraries.activate(tenant, version))
    typer.echo(f"Orders of {found.track} get {found.id} from now on.")


@banks.command("versions")
def versions(tenant: TenantOption, as_json: Json = False) -> None:
    """List the versions of a platform's own tracks, the newest first."""
    found = _with_libraries(lambda libraries: libraries.all(tenant))
    if as_json:
        print_json([asdict(one) for one in found])
        return
    rows = [(one.id, one.track, one.created_at, one.activated_at or "never") for one in found]
    print_table(f"Tracks of {tenant}", ("Version", "Track", "Stored", "Activated"), rows)


@banks.command("preview")
def preview(folder: Folder, out: Out = Path("preview.html")) -> None:
    """Write a folder's items as candidates see them, without storing anything."""
    from assessor.adapters.content.uploads import UploadReader

    library = UploadReader().read(_files(folder))
    (track,) = library.tracks
    shown = {item.id: item.presented() for item in library.items[track].values()}
    write(out, printed_bank(library, track, shown, with_keys=False))


def _files(folder: Path) -> Mapping[str, str]:
    from assessor.adapters.content.uploads import files_in, files_in_zip

    return files_in_zip(folder) if folder.is_file() else files_in(folder)
