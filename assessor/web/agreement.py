"""The API for platforms: how well those who score agree with people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from assessor.domain import errors as e
from assessor.domain.calibration import Alarm, Calibration
from assessor.domain.quality import Pair, SecondLookAgreement, agreement_in
from assessor.domain.value import Value
from assessor.ports import Entry
from assessor.web.api import Reader
from assessor.web.dependencies import Running
from assessor.web.once import OnceRoute
from assessor.web.openapi import refuses

router = APIRouter(
    route_class=OnceRoute,
    tags=["agreement"],
    responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput),
)


class StoppedEntry(Value):
    """Why a calibration holds no more."""

    at: datetime
    alarm: Alarm
    """What the judge has become."""
    after: int
    """Gold responses since it was measured."""


class AgreementEntry(Calibration):
    """One calibration: who scored, how well they agree with people, and when that was measured."""

    stands: bool
    """Whether verdicts go by it: it is the latest of its kind, and was not stopped."""
    stopped: StoppedEntry | None
    gold: int
    """Gold responses that the judge read again since."""
    second_looks: SecondLookAgreement
    """What people found since who scored the same responses without seeing the judge's scores; the newest
    200."""


class AgreementLedger(Value):
    """Calibrations, the newest first."""

    object: Literal["list"] = "list"
    data: tuple[AgreementEntry, ...]


@router.get("/v1/agreement", summary="Read how well judges agree with people")
async def agreement(
    service: Running,
    _caller: Reader,
    model: Annotated[str | None, Query(description="Only of this model.")] = None,
    standing: Annotated[bool, Query(description="Only what verdicts go by now.")] = False,  # noqa: FBT002 - a query has names
) -> AgreementLedger:
    """Return every measurement of a judge against people, the failed ones too. Scope: `assessments:read`.

    A verdict names the calibrations that it stands on by their ids (`basis.judges`). An interval is 95%; a
    number that cannot be had is null, with a note that says why. Nothing in it is about one candidate.
    """
    standings = {one.calibration_id for one in await service.store.standings() if not one.stopped}
    looks = await service.store.quality_levels()
    entries = (
        _entry(one, standings, looks.get(one.calibration.id, ())) for one in await service.store.ledger()
    )
    return AgreementLedger(
        data=tuple(
            one for one in entries if (model is None or one.model == model) and (one.stands or not standing)
        )
    )


def _entry(entry: Entry, standings: set[str], looks: Sequence[Pair]) -> AgreementEntry:
    return AgreementEntry(
        **dict(entry.calibration),
        stands=entry.calibration.id in standings,
        stopped=StoppedEntry(**vars(entry.stopped)) if entry.stopped else None,
        gold=entry.gold,
        second_looks=agreement_in(looks),
    )
