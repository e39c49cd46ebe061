"""The API for platforms' own tasks: upload, look at, activate."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from assessor.adapters.content.uploads import files_in_zip, files_of
from assessor.domain import errors as e
from assessor.domain.errors import invalid
from assessor.domain.value import Value
from assessor.ports import LibraryVersion
from assessor.services.admission import Scope
from assessor.services.libraries import Added
from assessor.web.bodies import ARCHIVE, strict_json
from assessor.web.calling import Caller, calling
from assessor.web.dependencies import Running
from assessor.web.once import OnceRoute
from assessor.web.openapi import refuses
from assessor.web.pages import render

Writer = Annotated[Caller, Depends(calling(Scope.LIBRARY_WRITE))]
Reader = Annotated[Caller, Depends(calling(Scope.LIBRARY_READ))]
VersionId = Annotated[
    str, Path(description="Id of a version.", examples=["lib_0123456789abcdefghjkmnpqrs"], max_length=64)
]
ItemId = Annotated[str, Path(description="Id of an item, as you wrote it.", examples=["ev-1"], max_length=64)]
DryRun = Annotated[bool, Query(description="Only check: nothing is stored.")]

_FILES: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["files"],
    "additionalProperties": False,
    "properties": {
        "files": {
            "type": "object",
            "description": "By name: `track.yaml`, one file a category such as `evaluation.yaml`, and "
            "`rubrics/NAME.yaml`. YAML as text, or a document of the same schema.",
            "additionalProperties": {"type": ["string", "object"]},
        }
    },
}
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _FILES},
            ARCHIVE: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}

router = APIRouter(
    prefix="/v1/library",
    route_class=OnceRoute,
    tags=["library"],
    responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput),
)


class LibraryVersionResource(Value):
    """A version of a track of your own."""

    id: str
    object: Literal["library_version"] = "library_version"
    track: str
    """As you call it. Orders of it get the version that was activated last."""
    track_id: str
    """Of this very version, in assessments and verdicts; it can be ordered too, once it was activated."""
    hash: str
    created_at: datetime
    activated_at: datetime | None


class LibraryVersionList(Value):
    """Versions, the newest first."""

    object: Literal["list"] = "list"
    data: tuple[LibraryVersionResource, ...]


class Hint(Value):
    """Something that an author should look at."""

    file: str
    line: int
    field: str
    problem: str


class AddedLibrary(LibraryVersionResource):
    """A version as it was stored, or would be."""

    stored: bool
    """False after a dry run."""
    items: dict[str, int]
    """By category."""
    warnings: tuple[Hint, ...]


@router.post(
    "",
    status_code=201,
    summary="Upload tasks of your own",
    responses=refuses(e.Conflict, e.TooLarge),
    openapi_extra=_BODY,
)
async def add(request: Request, service: Running, caller: Writer, *, dry_run: DryRun = False) -> AddedLibrary:
    """Check a track with its items and rubrics, and store it as a version. Scope: `library:write`.

    Every mistake is told at once. The same files again are the same version; other files are another
    one, and neither ever changes. Nobody is assessed with it before it is activated. A task without a
    key, or one drawn from live work, is refused.
    """
    files = _files(request.headers.get("content-type", ""), await request.body())
    return _added(await service.libraries.add(caller.tenant.id, files, dry_run=dry_run), stored=not dry_run)


@router.get("", summary="List your versions")
async def versions(service: Running, caller: Reader) -> LibraryVersionList:
    """Return every version, the newest first. Scope: `library:read`."""
    found = await service.libraries.all(caller.tenant.id)
    return LibraryVersionList(data=tuple(LibraryVersionResource(**_terms(one)) for one in found))


@router.post("/{version}/activate", summary="Activate a version", responses=refuses(e.NotFound))
async def activate(service: Running, caller: Writer, version: VersionId) -> LibraryVersionResource:
    """Let orders of the track have this version from now on; also the way back to an older one.

    Assessments that are under way keep the version with which they began. Scope: `library:write`.
    """
    return LibraryVersionResource(**_terms(await service.libraries.activate(caller.tenant.id, version)))


@router.get(
    "/{version}/preview/{item}",
    summary="See an item as candidates do",
    response_class=Response,
    responses=refuses(e.NotFound) | {200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
async def preview(
    request: Request, service: Running, caller: Reader, version: VersionId, item: ItemId
) -> Response:
    """Return an HTML page with what a candidate is shown, and nothing of the key. Scope: `library:read`."""
    track, found = await service.libraries.preview(caller.tenant.id, version, item)
    return render(request, "library/preview.html", track=track, item=found.presented(), lang=track.language)


def _files(content_type: str, body: bytes) -> Mapping[str, str]:
    if content_type.partition(";")[0].strip().lower() == ARCHIVE:
        return files_in_zip(BytesIO(body))
    sent = strict_json(body) if body else None
    files = sent.get("files") if isinstance(sent, dict) and set(sent) == {"files"} else None
    if not isinstance(files, dict) or not all(isinstance(one, str | dict) for one in files.values()):
        remedy = f"Send `files`, an object of YAML texts or documents by file name, or a zip as {ARCHIVE}."
        raise invalid("files", "is missing, or is not an object of files", remedy)
    return files_of(files)


def _terms(version: LibraryVersion) -> dict[str, Any]:
    return {name: value for name, value in vars(version).items() if name != "tenant"}


def _added(added: Added, *, stored: bool) -> AddedLibrary:
    warnings = tuple(Hint(**vars(one)) for one in added.warnings)
    return AddedLibrary(**_terms(added.version), stored=stored, items=added.items, warnings=warnings)
