"""Every number on which something is decided, in one frozen table: code, API documentation and pages read it.

`domain/verdict/stated.py` says them in words.
"""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Required:
    """What a judge has to show before it may decide."""

    responses: int = 200
    """For `calibrated`: at 200 the interval of QWK is about .065 to either side."""
    responses_provisional: int = 10
    """For `provisional`."""
    anchors: int = 5
    """Likewise, on examples: one rubric has one at each level."""
    qwk: float = 0.70
    smd: float = 0.15
    """Largest leniency or severity. One that is lenient by .3 passes QWK at .725 and fails here at .26."""
    below_people: float = 0.05
    """How far QWK may lie below that of two people."""
    labelled_twice: int = 30
    """For `calibrated`: fewer responses with two people's labels do not tell how well people agree."""


@dataclass(frozen=True)
class Watch:
    """When a judge has drifted, in standard deviations of its error when it was calibrated."""

    slack: float = 0.15
    """Half of the shift of .3 that is to be found."""
    bound: float = 20.0
    """Where it alarms. Simulated: a judge that has become lenient by .3 falls after 65 gold responses on
    average and within 200 in 99 of 100 cases; 6 of 100 steady ones fall within 200 as well, which costs
    reviews and a calibration, and nobody a verdict."""
    least_deviation: float = 0.25
    """Levels. A judge that made no error when it was calibrated is not stopped by its first one."""


@dataclass(frozen=True)
class Training:
    """What a reviewer shows on answers with known scores before they score people."""

    answers: int = 10
    """In a round, spread over the levels: the least from which agreement is told at all."""
    levels: int = 3
    """Different levels that a track's answers have at least; with fewer, agreement says nothing."""
    qwk: float = 0.70
    """Of levels. What a judge needs as well (`Required`); the bar of Williamson, Xi & Breyer 2012."""
    within_one: float = 0.90
    """Share of answers at most one level off. Programmes that certify raters ask for .90 to .95; of ten
    answers, .90 forgives one."""
    criteria: float = 0.80
    """Share of single criteria marked as is known. Simulated on the library's own answers: who errs on 1
    of 20 criteria passes a round in 99 of 100 cases, on 1 of 10 in 92, on 1 of 4 in 17 (docs/training.md)."""


@dataclass(frozen=True)
class Forms:
    """What every form keeps to."""

    minutes: int = 45
    """The sum of the items' own minutes."""
    exposure: float = 0.33
    """No item is given to a larger share of the candidates, where the bank allows it."""
    overlap: float = 0.20
    """Two candidates share no more of their items than this on average, where the bank allows it."""


@dataclass(frozen=True)
class Switching:
    """What the report of a change has to show before two people may switch it on; else both say why."""

    cases: int = 50
    """Assessments that were graded again: with fewer, one flip in twenty may not show at all."""
    flips: float = 0.05
    """Largest share of the decisions that become `qualified`, and of those that are it no more."""
    injections: int = 0
    """Largest number of injected answers that gain anything."""
    report_days: int = 30
    """How old a report may be."""
    approvals: int = 2
    """So many different people approve; whoever proposed it may be one of them."""


@dataclass(frozen=True)
class NearDuplicate:
    """When two people's answers to one item are shown to a person side by side. Measured in
    docs/integrity.md; nothing is decided by it."""

    run: int = 4
    """Words in a row that are compared as one. Shorter runs are anybody's turns of phrase."""
    least_runs: int = 40
    """Different runs of the candidate's own below which an answer is not compared: of short answers to
    one question, honest ones are alike as well."""
    likeness: float = 0.6
    """Least share of all runs that both answers have (Jaccard)."""
    bands: int = 32
    rows: int = 4
    """An answer's signature is so many bands of so many numbers. Two answers of a likeness s share a band
    with a probability of 1 - (1 - s^rows)^bands: .99 at .6, .9998 at .7 (Leskovec et al., 3.4)."""
    compared: int = 20
    """With at most so many answers, those that share most bands, one is compared word by word."""


@dataclass(frozen=True)
class Overturning:
    """When a rule that notices something in candidates' words switches itself off, on one platform."""

    looked: int = 20
    """So many findings of people at least."""
    aside: float = 0.5
    """The lower end of the 95% interval of the share that they set aside lies above it: the rule is wrong
    more often than right, beyond chance. Simulated, looking after every finding: a rule that is wrong in 40
    of 100 cases is switched off within 300 findings in 1 of 100 platforms, one that is wrong in 60 within 100
    in 7 of 10, one that is wrong in 80 at the least number (docs/integrity.md)."""
    latest: int = 300
    """Findings that count: no more than so many, the latest."""


@dataclass(frozen=True)
class Compromise:
    """When an item is answered so much better, or quicker, than before that a person should read it: a CUSUM
    of standard normal deviates (docs/items.md). Nothing is decided by it."""

    slack: float = 0.25
    """Half of the shift, of half a standard deviation, that is to be found."""
    bound: float = 17.0
    """Where it alarms."""
    least: int = 20
    """Answers that are only learned from."""
    most: float = 2.5
    """One answer counts for no more than so many standard deviations."""


@dataclass(frozen=True)
class Thresholds:
    """The rule that decides, and what it stands on."""

    qualified: float = 0.95
    """Least P(ability >= cut) on which a rule may say qualified, and say a level."""
    not_qualified: float = 0.05
    """Highest P(ability >= cut) on which a rule may say not qualified."""
    interval: float = 0.90
    """Mass of the interval that is told with a score; half of the rest lies at each end."""
    floor: float = 0.5
    """Least P(competency >= floor) with which a floor counts as met."""
    score_at_cut: float = 60.0
    points_per_logit: float = 15.0
    lowest_score: float = 0.0
    highest_score: float = 100.0
    quoted_words: int = 4
    """So many words of the candidate's own a model has to quote for a credit, or the whole answer."""
    named_changes: int = 3
    """At most so many criteria are named as what would have changed a decision."""
    required: Required = field(default_factory=Required)
    watch: Watch = field(default_factory=Watch)
    training: Training = field(default_factory=Training)
    forms: Forms = field(default_factory=Forms)
    switching: Switching = field(default_factory=Switching)
    near_duplicate: NearDuplicate = field(default_factory=NearDuplicate)
    overturning: Overturning = field(default_factory=Overturning)
    compromise: Compromise = field(default_factory=Compromise)


THRESHOLDS: Final = Thresholds()
