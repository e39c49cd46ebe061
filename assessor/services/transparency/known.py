"""What the pages are written from: the code's own numbers, the shipped library, and the installation."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessor.domain.agreement import Measure
from assessor.domain.library import Library
from assessor.domain.track import Track
from assessor.ports import Calibrations, Entry
from assessor.services.transparency.page import Table

Prompted = Mapping[str, str]
"""The content hash of each template, by its name."""


@dataclass(frozen=True)
class Measured:
    """What `assessor simulate decisions` says of one track: shares by their names there."""

    track: str
    people: int
    seed: int
    shares: Mapping[str, float | None]


@dataclass(frozen=True)
class Models:
    """Names of models, as they are configured; empty where none is."""

    interviewer: str
    judges: tuple[str, ...]
    fallbacks: tuple[str, ...]
    providers: Mapping[str, str]
    """Which providers may read words from where, as `ASSESSOR_MODEL_PROVIDERS` says."""


@dataclass(frozen=True)
class Known:
    """Everything that a page may say. `calibrations` is None where no database was looked at."""

    program: str
    made_at: datetime
    provider: str
    """Who answers for the system, in their own words; empty where nobody said."""
    models: Models
    prompts: Prompted
    prompts_hash: str
    library: Library
    calibrations: tuple[Entry, ...] | None
    measured: tuple[Measured, ...]

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The shipped ones, by id."""
        return tuple(
            one for name, one in sorted(self.library.tracks.items()) if name not in self.library.owners
        )


async def known_of(
    program: str,
    made_at: datetime,
    models: Models,
    prompts: Prompted,
    prompts_hash: str,
    library: Library,
    ledger: Calibrations | None,
    *,
    provider: str = "",
    measured: Sequence[Measured] = (),
) -> Known:
    """Put together what is known; without a ledger nothing is said of calibrations."""
    calibrations = None if ledger is None else await ledger.ledger()
    return Known(
        program,
        made_at,
        provider,
        models,
        prompts,
        prompts_hash,
        library,
        calibrations,
        tuple(measured),
    )


def model_lines(known: Known) -> tuple[str, ...]:
    """Return which models do what."""
    models = known.models
    judges = ", then in doubt ".join(f"`{name}`" for name in models.judges)
    admitted = ", ".join(f"{scope}: {names}" for scope, names in sorted(models.providers.items()))
    return (
        (
            f"Interviewer: `{models.interviewer}` words follow-up questions."
            if models.interviewer
            else "Interviewer: none; authored questions and follow-ups are asked word for word."
        ),
        f"Fallbacks of the interviewer: {', '.join(models.fallbacks) or 'none'}.",
        (
            f"Judge: {judges} scores criteria where a platform's policy lets it."
            if judges
            else "Judge: none; rules score what has a key, and people score the rest."
        ),
        (
            "Providers that may read words, by place:"
            f" {admitted or 'no rule is set, so all that are configured'}."
        ),
    )


def prompt_table(known: Known) -> Table:
    """Return the templates with the hash of each; their common hash stands in every verdict."""
    rows = [("all, as verdicts bind them", known.prompts_hash), *sorted(known.prompts.items())]
    return Table(("Prompt", "SHA-256"), tuple(rows))


def track_table(known: Known) -> Table:
    """Return what is measured, with what, and where the cut comes from."""
    columns = (
        "Track", "Version", "Languages", "Jurisdictions", "Items", "Competencies", "Cut", "Cut set by",
        "SHA-256",
    )  # fmt: skip
    return Table(columns, tuple(_track_row(known, one) for one in known.tracks))


def _track_row(known: Known, track: Track) -> tuple[str | float | None, ...]:
    counts = Counter(item.category.value for item in known.library.items[track.id].values())
    return (
        track.id,
        track.version,
        ", ".join(track.languages),
        ", ".join(track.jurisdictions) or None,
        ", ".join(f"{name} {count}" for name, count in sorted(counts.items())),
        ", ".join(competency.id for competency in track.competencies),
        f"{track.cut.ability:+.2f} ± {track.cut.standard_error:.2f}",
        track.cut.source,
        track.hash,
    )


def calibration_table(known: Known) -> Table:
    """Return how each judge agrees with people, the newest calibration first; empty where none is kept."""
    columns = (
        "Family", "Language", "Model", "Prompts", "Source", "Grade", "Responses", "QWK (95%)",
        "Lenient by (SMD)", "Met found", "Not met found", "Two people (QWK)", "Measured", "Stopped",
    )  # fmt: skip
    return Table(columns, tuple(_calibration_row(one) for one in known.calibrations or ()))


def _calibration_row(entry: Entry) -> tuple[str | float | None, ...]:
    one, agreement = entry.calibration, entry.calibration.agreement
    return (
        str(one.family),
        one.language,
        " + ".join(filter(None, (one.model, one.second))),
        one.prompts_hash[:12],
        one.source,
        one.grade.value,
        agreement.responses,
        *(
            _told(number)
            for number in (agreement.qwk, agreement.smd, agreement.tpr, agreement.tnr, one.people)
        ),
        one.measured_at.date().isoformat(),
        entry.stopped.at.date().isoformat() if entry.stopped else None,
    )


def _told(number: Measure) -> str | None:
    if number.value is None:
        return None
    interval = "" if number.low is None else f" ({number.low:.2f} to {number.high:.2f})"
    return f"{number.value:.2f}{interval}"


def error_table(known: Known) -> Table:
    """Return the error rates of simulated decisions; empty where none were asked for."""
    columns = (
        "Track", "People", "Seed", "Right of decided", "Referred", "Wrong pass", "Wrong fail",
        "Interval covers", "Decided alike twice",
    )  # fmt: skip
    names = (
        "right_of_decided", "referred", "wrong_pass", "wrong_fail", "interval_covers", "consistency",
    )  # fmt: skip
    rows = tuple(
        (one.track, one.people, one.seed, *(_percent(one.shares.get(name)) for name in names))
        for one in known.measured
    )
    return Table(columns, rows)


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{100 * share:.1f}%"
