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
        f"The line lies at {THRESHOLDS.score_at_cut:g} of {THRESHOLDS.highest_score:g} points. "
        f"{_set_by(track.cut)} Its own standard error is {points:.1f} points.",
    )
    if not track.levels:
        yield StatedRule("levels", "line", "There is one line, and no levels above it.")
        return
    yield StatedRule("level-entry", "line", "Whoever qualifies has the level “entry”.")
    for name, cut in track.higher_levels:
        yield StatedRule(
            f"level-{name}",
            "line",
            f"The level “{name}” begins at {track.score_of(cut.ability):.0f} points. It takes the same "
            f"certainty as qualifying does. {_set_by(cut)}",
        )


def _set_by(cut: Cut) -> str:
    if cut.method == "authored":
        return "The track's author has set it; no panel has met yet, so it is provisional."
    return f"A panel has set it, item by item (study {cut.record})."


def _deciding(policy: Policy) -> Iterator[StatedRule]:
    yield StatedRule("qualified", "decision", _about_qualified(policy))
    yield StatedRule("not_qualified", "decision", _about_not_qualified(policy))
    yield StatedRule(
        "between", "decision", f"Between the two a person decides, within {policy.review_days} days."
    )
    yield StatedRule(
        "unscored",
        "decision",
        "What could not be scored is never counted as wrong: it makes the result less sure. Without a "
        "required criterion nobody is called qualified, and a fault of ours never decides.",
    )
    yield StatedRule(
        "floor",
        "decision",
        "Where a competency has a floor of its own, one that is not met, or not known, leads to a person. "
        "It never fails anybody by itself.",
    )
    yield StatedRule("appeal", "decision", _about_appeals(policy))
    yield StatedRule(
        "named",
        "decision",
        f"Each result says what would have changed it, where {THRESHOLDS.named_changes} more criteria met in "
        "full, or fewer, would have.",
    )


def _about_appeals(policy: Policy) -> str:
    return (
        f"For {policy.appeal_days} days after a result its candidate may appeal how a criterion was scored. "
        f"A person who has not seen the score looks again, within {policy.review_days} days. An appeal "
        "raises a score or keeps it."
    )


def _about_qualified(policy: Policy) -> str:
    chance = (
        f"where the chance that the ability reaches the line is at least {_of_hundred(THRESHOLDS.qualified)} "
        "of 100, even if all that nobody has scored turned out not to be met."
    )
    if "qualified" in policy.rules_may_decide:
        return f"A rule may say “qualified” only {chance}"
    return f"“Qualified” is never said by a rule. It is proposed to a person {chance}"


def _about_not_qualified(policy: Policy) -> str:
    chance = (
        f"where that chance is at most {_of_hundred(THRESHOLDS.not_qualified)} of 100, even if all that "
        "nobody has scored turned out to be met."
    )
    if "not_qualified" in policy.rules_may_decide:
        return f"A rule may say “not qualified” only {chance}"
    return f"“Not qualified” is never said by a rule. It is proposed to a person {chance}"


def _scoring() -> Iterator[StatedRule]:
    yield StatedRule(
        "scale",
        "score",
        f"The score runs from {THRESHOLDS.lowest_score:g} to {THRESHOLDS.highest_score:g}. "
        f"{THRESHOLDS.points_per_logit:g} points are one standard deviation of the people who apply.",
    )
    yield StatedRule(
        "interval",
        "score",
        f"The range beside a score holds the true one in {_of_hundred(THRESHOLDS.interval)} of 100 cases. "
        "Two scores whose ranges overlap are not an order.",
    )


def _rating(policy: Policy) -> Iterator[StatedRule]:
    asked = THRESHOLDS.required
    yield StatedRule(
        "models",
        "raters",
        "A language model may score what has no key."
        if policy.judge_may_score
        else "No language model scores here: what has no key is scored by a person.",
    )
    yield StatedRule("basis", "raters", _about_basis(policy.least_basis))
    yield StatedRule(
        "agreement",
        "raters",
        f"A model passes when it agrees with people (QWK) by at least {asked.qwk:.2f}, and no more than "
        f"{asked.below_people:.2f} less than two people do, and is lenient or severe (SMD) by at most "
        f"{asked.smd:.2f}. One that drifts is stopped.",
    )
    yield StatedRule(
        "evidence",
        "raters",
        "A model's credit counts only with a quote of the candidate's own words, at least "
        f"{THRESHOLDS.quoted_words} of them or the whole answer, which code has found in the answer.",
    )


def _about_basis(least: Grade) -> str:
    asked = THRESHOLDS.required
    match least:
        case Grade.NONE:
            return "A rule may decide whether or not what it stands on has been measured against people."
        case Grade.PROVISIONAL:
            return (
                "A rule may decide on keys and a line that an author has set, and on a model's scores once "
                f"it was measured on {asked.anchors} examples, or on {asked.responses_provisional} responses "
                "scored by people."
            )
        case Grade.CALIBRATED:
            return (
                "A rule may decide only on keys and a line that a panel has set, and on a model's scores "
                f"only once it was measured on {asked.responses} responses scored by people, "
                f"{asked.labelled_twice} of them by two."
            )


def _forms() -> Iterator[StatedRule]:
    forms = THRESHOLDS.forms
    yield StatedRule("minutes", "form", f"No form takes more than {forms.minutes} minutes of work.")
    yield StatedRule(
        "exposure",
        "form",
        f"Tasks are drawn by chance. No more than {_of_hundred(forms.exposure)} of 100 candidates get the "
        f"same one, and two candidates share {_of_hundred(forms.overlap)} of 100 on average at most, where "
        "the bank is large enough.",
    )


def _of_hundred(share: float) -> str:
    return f"{100 * share:g}"
