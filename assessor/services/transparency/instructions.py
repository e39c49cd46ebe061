"""Instructions for use: what article 13(3) of the AI Act asks to be told to whoever deploys a system."""

from typing import Final

from assessor.domain.policy import RULES_MAY_DECIDE, Policy
from assessor.domain.retention import Retention
from assessor.domain.thresholds import THRESHOLDS
from assessor.services.transparency.known import (
    Known,
    calibration_table,
    error_table,
    model_lines,
    prompt_table,
    track_table,
)
from assessor.services.transparency.limits import limits
from assessor.services.transparency.model_card import UNMEASURED
from assessor.services.transparency.page import Page, Section

_ARTICLE: Final = "Regulation (EU) 2024/1689, article 13(3)"
SOURCES: Final = (
    (
        "Regulation (EU) 2024/1689 of 13 June 2024 (AI Act), OJ L, 2024/1689, 12.7.2024: articles 12 to"
        " 15 and 26, annex III(4)(a)."
    ),
)


def instructions_for_use(known: Known) -> Page:
    """Return the instructions for whoever runs the service or relies on its verdicts."""
    return Page(
        f"Instructions for use: {known.program}",
        (
            (
                f"Made by the program itself on {known.made_at:%d %B %Y}, for whoever deploys it. The"
                " sections follow what the regulation asks to be told. Whether it applies, and whether"
                " it is complied with, is for whoever places the system on the market and whoever"
                " deploys it to find; this page claims neither."
            ),
        ),
        (
            _provider(known),
            _purpose(known),
            _accuracy(known),
            _risks(known),
            _output(),
            _groups(),
            _input(),
            _changes(known),
            _oversight(),
            _running(),
            _logs(),
        ),
        SOURCES,
    )


def _provider(known: Known) -> Section:
    who = known.provider or "[name, address, contact, and those of a representative: `--provider`]"
    return Section("provider", "Who answers for it", f"{_ARTICLE}(a)", (f"Provider: {who}.",))


def _purpose(known: Known) -> Section:
    points = (
        (
            "To find out, by an interview and sample tasks, whether a person is qualified for the work"
            " of a track: evaluating, ranking and writing for AI models."
        ),
        (
            "A verdict may decide who is offered such work. Annex III(4)(a) names systems for evaluating"
            " candidates."
        ),
        (
            "Other uses are not intended: other jobs, ranking of those who qualify, pay, discipline,"
            " conclusions on character, feelings, health or origin."
        ),
        *model_lines(known),
    )
    return Section("purpose", "Intended purpose", f"{_ARTICLE}(b)(i)", points, (track_table(known),))


def _accuracy(known: Known) -> Section:
    points = (
        (
            "Error rates are of simulated people whose ability is known, drawn on each track's own"
            " forms; right is of those whom a rule decided, the wrong ones are of all."
            if known.measured
            else f"Error rates: {UNMEASURED}"
        ),
        (
            "How judges agree with people stands below, each with its 95% interval."
            if known.calibrations
            else "How judges agree with people: not measured on this installation."
        ),
        (
            "Robustness: 300 answers with and without a payload are read by a model that obeys"
            " everything; 0 may gain (`make attack`). Lost providers, restarts and damaged replies leave"
            " a criterion unscored, which refers."
        ),
        (
            "Security: `assessor doctor --security` names what is weak in a configuration; `make sbom`"
            " and `make audit-dependencies` what is inside."
        ),
    )
    tables = [error_table(known)] if known.measured else []
    tables += [calibration_table(known)] if known.calibrations else []
    return Section(
        "accuracy", "Accuracy, robustness and security", f"{_ARTICLE}(b)(ii)", points, tuple(tables)
    )


def _risks(known: Known) -> Section:
    return Section(
        "risks",
        "What is known to go wrong, and what is not known",
        f"{_ARTICLE}(b)(iii)",
        tuple(limits(known)),
    )


def _output() -> Section:
    points = (
        (
            f"Score: {THRESHOLDS.lowest_score:g} to {THRESHOLDS.highest_score:g}, the cut at"
            f" {THRESHOLDS.score_at_cut:g}, {THRESHOLDS.points_per_logit:g} points a standard deviation"
            f" of candidates, with a {THRESHOLDS.interval:.0%} interval. Overlapping intervals are no"
            " order."
        ),
        (
            "`qualified`, `not_qualified`: decided, by a rule or by a person, as `decided_by` says."
            " `needs_review`: a person has to decide. `inconclusive`: it could not be judged, and does"
            " not count against anybody."
        ),
        (
            f"A rule decides from P(ability >= cut) of {THRESHOLDS.qualified:g} on, or"
            f" {THRESHOLDS.not_qualified:g} and less, and only if nothing unscored could change it."
        ),
        (
            "Every credited criterion names where in the candidate's own words it is shown; `reasons`"
            " and `counterfactual` say why, and what would have changed it. `hashes` bind what made it;"
            " `assessor replay` works it out again, byte for byte."
        ),
        "Before relying on a verdict check its signature and whether it was revoked or superseded.",
    )
    return Section("output", "What comes out, and how to read it", f"{_ARTICLE}(b)(iv) and (b)(vii)", points)


def _groups() -> Section:
    points = (
        (
            "Measured by each installation on those who declare themselves: `assessor fairness report`,"
            " and the page for fairness. Too few people are told as such, and not as equal."
        ),
        (
            "People who need other conditions ask for them before or during the work; graders and models"
            " are not told."
        ),
    )
    return Section("groups", "How it does for groups of people", f"{_ARTICLE}(b)(v)", points)


def _input() -> Section:
    points = (
        (
            "What is assessed is text that the candidate writes in the browser, in the track's language."
            " Pictures, sound, video, typing and faces are neither taken nor read."
        ),
        (
            "Answers shorter than a criterion can be shown in, copies of the task and strings of"
            " keywords get the lowest level by rule."
        ),
        (
            "Nothing is trained. Judges are tested on answers that people labelled (`assessor"
            " calibrate`), of the same rubrics and language as they will read."
        ),
    )
    return Section("input", "What goes in, and what it is tested with", f"{_ARTICLE}(b)(vi)", points)


def _changes(known: Known) -> Section:
    points = (
        (
            "A change of model, prompt or rubric is first tried on stored work, two people approve it,"
            " and it is switched on and back by people (`/review/changes`)."
        ),
        (
            "By itself the system only becomes more careful: a judge that drifted stops counting, and"
            " `automatic` falls back to `assisted`."
        ),
        "Verdicts bind the hashes that made them; one of other prompts names other hashes.",
    )
    return Section("changes", "Changes", f"{_ARTICLE}(c)", points, (prompt_table(known),))


def _oversight() -> Section:
    policy, stages = (
        Policy(),
        ", ".join(
            f"`{stage.value}`: {' and '.join(may) or 'nothing'}" for stage, may in RULES_MAY_DECIDE.items()
        ),
    )
    points = (
        (
            f"How far rules decide is a stage of each track, set by a person with a reason. {stages}."
            f" Where none is set, rules may say {' or '.join(policy.rules_may_decide)}."
        ),
        (
            "People who review see the answer, the criteria and the quotes, and decide within"
            f" {policy.review_days} days. They may override any score with a reason. Who decides on an"
            " appeal is somebody else."
        ),
        (
            "They first score answers with known scores, and a share of decisions is scored again by"
            " people who do not see the first score: against leaning on the machine."
        ),
        f"A candidate may appeal for {policy.appeal_days} days, see why, and reply to what was noticed.",
        (
            "To stop: `assessor pilot set --stage shadow` takes all decisions from rules; no"
            " `ASSESSOR_JUDGE_MODEL` takes models out; `assessor revoke-verdict`"
            " takes a verdict back; `assessor audit incident` packs what was affected."
        ),
    )
    return Section("oversight", "People in charge", f"{_ARTICLE}(d), article 14", points)


def _running() -> Section:
    points = (
        (
            "One process with SQLite serves a pilot; several with PostgreSQL serve more. `assessor simulate"
            " capacity` computes processes, calls and money for a number of candidates."
        ),
        (
            "It is kept current by releases: schema changes are additive, and `requirements.lock` pins"
            " every package by hash. Upgrade, `assessor migrate`, `assessor doctor`."
        ),
        (
            "Each day: the queue's age, failed deliveries, the gold replay. Each month: calibration,"
            " fairness, a restore (`assessor restore-drill`)."
        ),
    )
    return Section("running", "What it needs to run", f"{_ARTICLE}(e)", points)


def _logs() -> Section:
    days = Retention()
    points = (
        (
            "Every fact of an assessment is an event in an append-only log under a hash chain; what"
            " people did is in the audit log. `assessor audit check --all` checks both."
        ),
        ("`assessor audit export` packs one assessment so that anybody can check it without us."),
        (
            f"By default the work stays {days.work.most_days} days and results {days.result.most_days}"
            " after the end of the latest assessment; `assessor retention set` changes it. Check which"
            " terms apply to you."
        ),
    )
    return Section("logs", "Records", f"{_ARTICLE}(f), article 12", points)
