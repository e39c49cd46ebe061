"""What is kept of a calibration: numbers and names, never a word of anybody."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field

from assessor.domain.agreement import Measure
from assessor.domain.ids import Language, Slug
from assessor.domain.item import Category
from assessor.domain.policy import Grade
from assessor.domain.value import Value

Source = Literal["labels", "anchors"]
"""`labels`: responses that people scored. `anchors`: the example answers of the rubrics themselves."""


class Family(Value):
    """The rubrics of one kind of work, as far as they look for one competency: what calibration pools."""

    category: Category
    competency: Slug

    def __str__(self) -> str:
        return f"{self.category.value}/{self.competency}"


class Agreement(Value):
    """How a judge and a person agree: on the level of a response, and on single criteria.

    Each of the seven says what it was worked out from, and has no number where there is none to be had.
    """

    responses: int
    labels: int
    """Criteria of all responses on which both said something."""
    abstained: int
    """Criteria that a person labelled and the judge left to a person. They are no disagreement."""
    qwk: Measure
    """Kappa with quadratic weights, of levels."""
    kappa: Measure
    """Cohen's, of single criteria."""
    alpha: Measure
    """Krippendorff's, ordinal, of levels."""
    ac2: Measure
    """Gwet's, with quadratic weights, of levels."""
    smd: Measure
    """Standardised mean difference of levels; positive where the judge is the more lenient."""
    tpr: Measure
    """Share of the criteria met, as the person sees it, that the judge calls met."""
    tnr: Measure
    """Share of the criteria not met that the judge calls not met."""


class Baseline(Value):
    """What no model at all achieves: the share of the reference's words that a response uses.

    `qwk` flatters it: levels are dealt out by rank in exactly the shares that the person gave.
    """

    qwk: Measure
    correlation: Measure
    """Pearson's, of word recall with the person's levels."""
    judge_correlation: Measure
    """The judge's levels with the person's, on the same responses."""


class Drift(Value):
    """What a judge's errors looked like when it was calibrated: its level less the person's."""

    mean: float
    deviation: Annotated[float, Field(ge=0)]
    size: Annotated[float, Field(ge=0)]
    """Mean distance of an error from their mean."""
    size_deviation: Annotated[float, Field(ge=0)]


class Calibration(Value):
    """The measured agreement of one judge with people, for one rubric family in one language."""

    id: str
    object: Literal["calibration"] = "calibration"
    model: str
    second: str | None = None
    """The model that was asked in doubt: the two are measured as one rater."""
    prompts_hash: str
    family: Family
    language: Language
    source: Source
    measured_at: AwareDatetime
    grade: Grade
    obstacles: tuple[str, ...]
    """What keeps it from a better grade, for people."""
    agreement: Agreement
    people: Measure
    """Kappa with quadratic weights of two people, on the responses that two of them labelled."""
    baseline: Baseline
    criteria: dict[str, Agreement]
    """By `<rubric>/<criterion>`."""
    drift: Drift
    rubrics_hash: str
    labels_hash: str
    """Of the responses with their labels: the same data give the same hash."""


class Standing(Value):
    """What a verdict has to know of a calibration."""

    calibration_id: str
    models: tuple[str, ...]
    """The one that reads first, and the one that is asked in doubt."""
    prompts_hash: str
    family: Family
    language: Language
    source: Source
    grade: Grade
    stopped: bool = False
    """Agreement fell since: nothing that this judge says decides any more."""

    @classmethod
    def of(cls, calibration: Calibration) -> Self:
        """Return what a calibration stands for as long as it is not stopped."""
        second = (calibration.second,) if calibration.second else ()
        return cls(
            calibration_id=calibration.id,
            models=(calibration.model, *second),
            prompts_hash=calibration.prompts_hash,
            family=calibration.family,
            language=calibration.language,
            source=calibration.source,
            grade=calibration.grade,
        )

    def fallen(self) -> Self:
        """Return it as it stands after it was stopped: without a grade."""
        return self.changed(grade=Grade.NONE, stopped=True)


def latest(newest_first: Iterable[Standing]) -> tuple[Standing, ...]:
    """Return what stands: the newest of each judge, prompts, family and language.

    People's labels go before anchors, however old: a short look at the rubrics' examples neither mends nor
    spoils what was measured on people.
    """
    chosen: dict[tuple[object, ...], Standing] = {}
    for one in newest_first:
        key = (one.models[0], one.prompts_hash, one.family, one.language)
        if key not in chosen or (chosen[key].source, one.source) == ("anchors", "labels"):
            chosen[key] = one
    return tuple(chosen.values())


def covering(
    standings: Sequence[Standing], model: str, prompts_hash: str, family: Family, language: str
) -> Standing | None:
    """Return the standing that covers a model's scores, the weakest where several do."""
    wanted = (prompts_hash, family, language)
    found = [
        one
        for one in standings
        if model in one.models and (one.prompts_hash, one.family, one.language) == wanted
    ]
    return min(found, key=lambda one: (not one.stopped, one.grade.rank, one.calibration_id), default=None)
