"""The rules in words: one list for the API's documentation, the candidate's page and the reviewer's.

Each sentence is made from the table of thresholds, the policy and the track, so that none can say what
the code does not do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from assessor.domain.policy import Grade, Policy
from assessor.domain.thresholds import THRESHOLDS
from assessor.domain.track import Cut, Track
from assessor.domain.wording import Wording, worded

About = Literal["line", "decision", "score", "raters", "form"]

DEFAULT_POLICY: Final = Policy()


@dataclass(frozen=True)
class StatedRule:
    """One rule as everybody may read it."""

    id: str
    about: About
    text: str


def stated_rules(policy: Policy = DEFAULT_POLICY, track: Track | None = None) -> tuple[StatedRule, ...]:
    """Return what holds under a policy, with the line and the levels of the track where one is given."""
    about_track = _of_track(track) if track is not None else ()
    return (*about_track, *_deciding(policy), *_scoring(), *_rating(policy), *_forms())


def _of_track(track: Track) -> Iterator[StatedRule]:
    points = THRESHOLDS.points_per_logit * track.cut.standard_error
    yield StatedRule(
        "cut",
        "line",
        worded(
            "The line lies at %(line)s of %(highest)s points. %(set_by)s Set again by others, it might well "
            "lie %(error)s points higher or lower (its standard error).",
            line=f"{THRESHOLDS.score_at_cut:g}",
            highest=f"{THRESHOLDS.highest_score:g}",
            set_by=_set_by(track.cut),
            error=f"{points:.1f}",
        ),
    )
    if not track.levels:
        yield StatedRule("levels", "line", worded("There is one line, and no levels above it."))
        return
    yield StatedRule("level-entry", "line", worded("Whoever qualifies has the level “entry”."))
    for name, cut in track.higher_levels:
        yield StatedRule(
            f"level-{name}",
            "line",
            worded(
                "The level “%(level)s” begins at %(points)s points. It takes the same certainty as "
                "qualifying does. %(set_by)s",
                level=worded(name),
                points=f"{track.score_of(cut.ability):.0f}",
                set_by=_set_by(cut),
            ),
        )


def _set_by(cut: Cut) -> Wording:
    if cut.method == "authored":
        return worded("The track's author has set it; no panel has met yet, so it is provisional.")
    return worded("A panel has set it, item by item (study %(study)s).", study=cut.record)


def _deciding(policy: Policy) -> Iterator[StatedRule]:
    yield StatedRule("qualified", "decision", _about_qualified(policy))
    yield StatedRule("not_qualified", "decision", _about_not_qualified(policy))
    yield StatedRule(
        "between",
        "decision",
        worded("Between the two a person decides, within %(days)s days.", days=policy.review_days),
    )
    yield StatedRule(
        "unscored",
        "decision",
        worded(
            "What could not be scored is never counted as wrong: it makes the result less sure. Without a "
            "required criterion nobody is called qualified, and a fault of ours never decides."
        ),
    )
    yield StatedRule(
        "floor",
        "decision",
        worded(
            "Where a competency has a floor of its own, one that is not met, or not known, leads to a "
            "person. It never fails anybody by itself."
        ),
    )
    yield StatedRule("appeal", "decision", _about_appeals(policy))
    yield StatedRule(
        "named",
        "decision",
        worded(
            "Each result says what would have changed it, where %(n)s more criteria met in full, or fewer, "
            "would have.",
            n=THRESHOLDS.named_changes,
        ),
    )


def _about_appeals(policy: Policy) -> Wording:
    return worded(
        "For %(days)s days after a result its candidate may appeal how a criterion was scored. A person who "
        "has not seen the score looks again, within %(review)s days. An appeal raises a score or keeps it.",
        days=policy.appeal_days,
        review=policy.review_days,
    )


def _about_qualified(policy: Policy) -> Wording:
    chance = worded(
        "where the chance that the ability reaches the line is at least %(chance)s of 100, even if all that "
        "nobody has scored turned out not to be met.",
        chance=_of_hundred(THRESHOLDS.qualified),
    )
    if "qualified" in policy.rules_may_decide:
        return worded("A rule may say “qualified” only %(chance)s", chance=chance)
    return worded("“Qualified” is never said by a rule. It is proposed to a person %(chance)s", chance=chance)


def _about_not_qualified(policy: Policy) -> Wording:
    chance = worded(
        "where that chance is at most %(chance)s of 100, even if all that nobody has scored turned out to be "
        "met.",
        chance=_of_hundred(THRESHOLDS.not_qualified),
    )
    if "not_qualified" in policy.rules_may_decide:
        return worded("A rule may say “not qualified” only %(chance)s", chance=chance)
    return worded(
        "“Not qualified” is never said by a rule. It is proposed to a person %(chance)s", chance=chance
    )


def _scoring() -> Iterator[StatedRule]:
    yield StatedRule(
        "scale",
        "score",
        worded(
            "The score runs from %(lowest)s to %(highest)s. About two of three people who apply are within "
            "%(points)s points of the middle (one standard deviation).",
            lowest=f"{THRESHOLDS.lowest_score:g}",
            highest=f"{THRESHOLDS.highest_score:g}",
            points=f"{THRESHOLDS.points_per_logit:g}",
        ),
    )
    yield StatedRule(
        "interval",
        "score",
        worded(
            "The range beside a score holds the true one in %(n)s of 100 cases. Two scores whose ranges "
            "overlap are not an order.",
            n=_of_hundred(THRESHOLDS.interval),
        ),
    )


def _rating(policy: Policy) -> Iterator[StatedRule]:
    asked = THRESHOLDS.required
    yield StatedRule(
        "models",
        "raters",
        worded("A language model may score what has no key.")
        if policy.judge_may_score
        else worded("No language model scores here: what has no key is scored by a person."),
    )
    yield StatedRule("basis", "raters", _about_basis(policy.least_basis))
    yield StatedRule(
        "agreement",
        "raters",
        worded(
            "Before a model may score, its scores are compared with people's on the same answers. It has to "
            "agree with them by at least %(qwk)s (1 is always, 0 is no more than by chance) and by no more "
            "than %(below)s less than two people agree, and on average it may be higher or lower by at most "
            "%(smd)s of the spread of people's scores. If its scores begin to differ, it is stopped.",
            qwk=f"{asked.qwk:.2f}",
            below=f"{asked.below_people:.2f}",
            smd=f"{asked.smd:.2f}",
        ),
    )
    yield StatedRule(
        "evidence",
        "raters",
        worded(
            "A model's credit counts only with a quote of the candidate's own words, at least %(n)s of them "
            "or the whole answer, which code has found in the answer.",
            n=THRESHOLDS.quoted_words,
        ),
    )


def _about_basis(least: Grade) -> Wording:
    asked = THRESHOLDS.required
    match least:
        case Grade.NONE:
            return worded(
                "A rule may decide whether or not what it stands on has been measured against people."
            )
        case Grade.PROVISIONAL:
            return worded(
                "A rule may decide on keys and a line that an author has set, and on a model's scores once "
                "it was measured on %(anchors)s examples, or on %(responses)s responses scored by people.",
                anchors=asked.anchors,
                responses=asked.responses_provisional,
            )
        case Grade.CALIBRATED:
            return worded(
                "A rule may decide only on keys and a line that a panel has set, and on a model's scores "
                "only once it was measured on %(responses)s responses scored by people, %(twice)s of them by "
                "two.",
                responses=asked.responses,
                twice=asked.labelled_twice,
            )


def _forms() -> Iterator[StatedRule]:
    forms = THRESHOLDS.forms
    yield StatedRule(
        "minutes",
        "form",
        worded("No form is planned for more than %(n)s minutes, as its authors count them.", n=forms.minutes),
    )
    yield StatedRule(
        "exposure",
        "form",
        worded(
            "Tasks are drawn by chance. No more than %(exposure)s of 100 candidates get the same one, and "
            "two candidates share %(overlap)s of 100 on average at most, where the bank is large enough.",
            exposure=_of_hundred(forms.exposure),
            overlap=_of_hundred(forms.overlap),
        ),
    )


def _of_hundred(share: float) -> str:
    return f"{100 * share:g}"
