"""Evaluation: ratings against a distribution of ratings, and the flaws that were found."""

import math
from collections.abc import Mapping
from itertools import pairwise
from statistics import fmean

from assessor.domain.item import DimensionKey, EvaluationItem, Issue
from assessor.domain.response import EvaluationResponse, FoundIssue
from assessor.domain.rubric import Rubric
from assessor.scoring.work import Finding, Measure, Passage, Work

RATINGS = range(1, 6)

ISSUES_WEIGHT = 1.5
"""Finding the flaws is what the work is for; each rating only sums them up."""

BETA = 1.0
"""A missed flaw and a false alarm cost alike. With 2, ticking every tag would earn half the credit."""

TAG_CREDIT = 0.6
SPAN_CREDIT = 0.4


def measures(item: EvaluationItem, _rubric: Rubric | None) -> tuple[Measure, ...]:
    """Return one measure a dimension, and one for the flaws."""
    ratings = [
        Measure(f"rating:{dimension.id}", f"Rates “{dimension.label}” as careful people do")
        for dimension in item.dimensions
    ]
    issues = Measure("issues", "Finds the flaws that are there, and none that are not", ISSUES_WEIGHT)
    return (*ratings, issues)


def findings(item: EvaluationItem, response: EvaluationResponse) -> Mapping[str, Finding]:
    """Score the ratings and the flaws by the item's key."""
    found: dict[str, Finding] = {}
    for dimension in item.dimensions:
        skill = rating_skill(item.key.ratings[dimension.id], response.ratings[dimension.id])
        found[f"rating:{dimension.id}"] = Finding(skill, _about_rating(dimension.label, skill))
    credit = issue_credit(item.response, item.key.issues, response.issues)
    found["issues"] = Finding(credit, _about_issues(credit))
    return found


def passages(work: Work) -> tuple[Passage, ...]:
    """Return the justification, which is all that a reader gets."""
    response = work.response
    return (
        (Passage("Justification", response.justification),)
        if isinstance(response, EvaluationResponse)
        else ()
    )


def expected(key: DimensionKey) -> tuple[float, ...]:
    """Return the probability of each rating 1 to 5.

    What a panel's experts gave, where one rated; else a normal distribution, cut at the half steps.
    """
    if key.shares is not None:
        return key.shares
    bounds = [-math.inf, 1.5, 2.5, 3.5, 4.5, math.inf]
    below = [0.5 * (1 + math.erf((bound - key.rating) / (key.tolerance * math.sqrt(2)))) for bound in bounds]
    return tuple(high - low for low, high in pairwise(below))


def crps(probabilities: tuple[float, ...], rating: int) -> float:
    """Return the continuous ranked probability score of a distribution over 1 to 5 and one rating.

    `sum over k of (F(k) - 1[rating <= k])^2`, which is `E|X - rating| - E|X - X'| / 2` (Gneiting &
    Raftery 2007, equations 20 and 21), in rating steps. The second term does not depend on the
    rating: whether careful people forecast the candidate or the candidate them, ratings are
    ordered, and compared, alike.
    """
    total, below = 0.0, 0.0
    for step, probability in zip(RATINGS, probabilities, strict=True):
        below += probability
        total += (below - (1.0 if rating <= step else 0.0)) ** 2
    return total


def rating_skill(key: DimensionKey, rating: int) -> float:
    """Return the CRPS as a skill: 1 for the best of the five ratings, 0 for what random rating earns or less.

    `1 - (CRPS(rating) - best) / (mean - best)`, at least 0: a skill score (Murphy 1988, Skill scores
    based on the mean square error, Monthly Weather Review 116) whose reference is the mean over the
    five ratings, each as likely.
    """
    probabilities = expected(key)
    scores = [crps(probabilities, candidate) for candidate in RATINGS]
    best, random = min(scores), fmean(scores)
    return max(0.0, 1 - (scores[rating - 1] - best) / (random - best))


def issue_credit(text: str, issues: tuple[Issue, ...], named: tuple[FoundIssue, ...]) -> float:
    """Return the F-beta of the flaws that were named, one-to-one, in [0, 1].

    A match earns .6 for the tag and .4 for the place: twice the Dice overlap of quote and span,
    at most 1, so that a quote somewhat longer or shorter is as good and the whole text is not.
    Without a flaw in the key, naming none earns 1 and each false alarm divides: 1 / (1 + n).
    """
    distinct = tuple(dict.fromkeys(named))
    if not issues:
        return 1 / (1 + len(distinct))
    if not distinct:
        return 0.0
    credit = _matched(text, issues, distinct)
    precision, recall = credit / len(distinct), credit / len(issues)
    if not credit:
        return 0.0
    return (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _matched(text: str, issues: tuple[Issue, ...], named: tuple[FoundIssue, ...]) -> float:
    """Return the sum of credits when flaws are paired one-to-one, the best pairs first."""
    pairs = sorted(
        (
            (_credit(text, issue, found), -place, -other)
            for place, issue in enumerate(issues)
            for other, found in enumerate(named)
        ),
        reverse=True,
    )
    total, paired, used = 0.0, set(), set()
    for credit, place, other in pairs:
        if place not in paired and other not in used:
            total += credit
            paired.add(place)
            used.add(other)
    return total


def _credit(text: str, issue: Issue, found: FoundIssue) -> float:
    place = min(1.0, 2 * _overlap(text, issue.span, found.quote.strip())) if found.quote.strip() else 0.0
    return TAG_CREDIT * (issue.tag is found.tag) + SPAN_CREDIT * place


def _overlap(text: str, span: str, quote: str) -> float:
    """Return the highest Dice coefficient of a place of the span and a place of the quote."""
    size = len(span) + len(quote)
    return max(
        (
            2 * max(0, min(a + len(span), b + len(quote)) - max(a, b)) / size
            for a in _places(text, span)
            for b in _places(text, quote)
        ),
        default=0.0,
    )


def _places(text: str, part: str) -> list[int]:
    found, at = [], text.find(part)
    while at >= 0:
        found.append(at)
        at = text.find(part, at + len(part))
    return found


def _about_rating(label: str, skill: float) -> str:
    """Tell no distance: beside the candidate's own rating it would be the key."""
    if skill >= 0.35:  # noqa: PLR2004 - words for people, decides nothing
        return f"Your rating of “{label}” agrees with what careful people give."
    if skill > 0:
        return f"Your rating of “{label}” is somewhat off what careful people give."
    return f"Your rating of “{label}” is far from what careful people give."


def _about_issues(credit: float) -> str:
    if credit >= 0.85:  # noqa: PLR2004 - words for people, decides nothing
        return "The flaws you named are those that careful people name."
    if credit >= 0.4:  # noqa: PLR2004 - as above
        return "The flaws you named agree in part with those that careful people name."
    return "The flaws you named hardly agree with those that careful people name."
