"""The model card: what Mitchell et al. (2019) ask for, section by section."""

from typing import Final

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
from assessor.services.transparency.page import Page, Section

_PAPER: Final = "Mitchell et al. 2019"
SOURCES: Final = (
    (
        "M. Mitchell, S. Wu, A. Zaldivar, P. Barnes, L. Vasserman, B. Hutchinson, E. Spitzer, I. D."
        " Raji, T. Gebru: Model Cards for Model Reporting. FAT* 2019, 220-229,"
        " doi:10.1145/3287560.3287596, section 4."
    ),
)
UNMEASURED: Final = (
    "Not measured for this page; `--people 500` draws simulated people on every track's own forms."
)


def model_card(known: Known) -> Page:
    """Return the card of the system as it is released and set up."""
    return Page(
        f"Model card: {known.program}",
        (
            (
                f"Made by the program itself on {known.made_at:%d %B %Y}. What is reported is a system:"
                " an interviewer, graders, and the arithmetic that decides. The language models in it"
                " are others', with cards of their own. This card claims no compliance with any law."
            ),
        ),
        (
            _details(known),
            _use(),
            _factors(known),
            _metrics(),
            _data(known),
            _analyses(known),
            _ethics(),
            Section("caveats", "Caveats and recommendations", f"{_PAPER}, 4.9", tuple(limits(known))),
        ),
        SOURCES,
    )


def _details(known: Known) -> Section:
    points = (
        f"Developed by: {known.provider or 'not stated here (`--provider`)'}.",
        f"Version: {known.program}. A verdict names the hash of everything that made it.",
        (
            "Type: a structured interview and sample tasks, drawn from a bank of items; criteria are"
            " scored by rules, by people and, where a policy lets it, by a language model; an"
            " item-response model estimates ability and its uncertainty; thresholds decide or refer."
        ),
        *model_lines(known),
    )
    return Section(
        "details", "Model details", f"{_PAPER}, 4.1", points, (track_table(known), prompt_table(known))
    )


def _use() -> Section:
    points = (
        (
            "For: platforms that hire people to evaluate, rank and write for AI models, to find out who"
            " is qualified for the work of a track, with people who review."
        ),
        (
            "By: platforms' backends, which order and read verdicts, and reviewers trained on answers"
            " with known scores."
        ),
        (
            "Not for: other jobs than a track's; ranking people among those who qualify (intervals"
            " overlap); firing, pay or discipline; minors; proving identity; licensing in a profession;"
            " drawing conclusions on character, feelings, health or origin."
        ),
        (
            "Not for deciding alone where no person can look: whoever is not clearly decided is referred"
            " to one."
        ),
    )
    return Section("use", "Intended use", f"{_PAPER}, 4.2", points)


def _factors(known: Known) -> Section:
    languages = sorted({language for track in known.tracks for language in track.languages})
    points = (
        (
            f"Languages: {', '.join(languages)}. Agreement is measured by family of rubrics and by"
            " language, since it differs between them."
        ),
        (
            "Groups: sex, race and ethnicity, as people declare them after they have submitted, if they"
            " do; also both together. Nothing about groups is inferred."
        ),
        (
            "Conditions: accommodations are not shown to graders; what models are sent is the same with"
            " one and without."
        ),
        (
            "Evaluation factors: model, prompts, rubric and version, criterion, language, reviewer,"
            " track, kind of task, competency."
        ),
    )
    return Section("factors", "Factors", f"{_PAPER}, 4.3", points)


def _metrics() -> Section:
    needed = THRESHOLDS.required
    points = (
        (
            f"A rule says qualified when P(ability >= cut) is at least {THRESHOLDS.qualified:g}, and not"
            f" qualified at {THRESHOLDS.not_qualified:g} or less; between them a person decides."
        ),
        (
            "Of decisions: share right among those that rules decided, share referred, wrong passes and"
            f" wrong fails of all, share of abilities within their {THRESHOLDS.interval:.0%} interval,"
            " share decided alike in a second sitting."
        ),
        (
            "Of judges: kappa with quadratic weights (QWK) of levels, standardised mean difference"
            " (SMD), and shares of met and of unmet criteria found, each with a 95% interval."
        ),
        (
            f"Calibrated means: at least {needed.responses} responses labelled by people, QWK"
            f" {needed.qwk:g}, SMD within {needed.smd:g}, and no more than {needed.below_people:g} below"
            " the QWK of two people."
        ),
        (
            "Of groups: selection and scoring rates with intervals, impact ratios, and differential item"
            " functioning (`assessor fairness report`)."
        ),
    )
    return Section("metrics", "Metrics", f"{_PAPER}, 4.4", points)


def _data(known: Known) -> Section:
    sources = sorted({one.calibration.source for one in known.calibrations or ()})
    points = (
        (
            "Evaluation, of decisions: simulated people whose ability is known, on the tracks' own items"
            " and forms, by the code that decides about real ones."
        ),
        f"Evaluation, of judges: {_SOURCE_WORDS.get(tuple(sources), 'none on this installation')}.",
        (
            "Training: nothing is trained here, and answers of candidates train no model. What models of"
            " others were trained on is in those others' cards."
        ),
    )
    return Section("data", "Evaluation and training data", f"{_PAPER}, 4.5 and 4.6", points)


_SOURCE_WORDS: Final = {
    ("anchors",): "the example answers of the rubrics themselves, which is little",
    ("labels",): "answers that people had scored",
    (
        "anchors",
        "labels",
    ): "answers that people had scored, and for some families example answers of rubrics alone",
}


def _analyses(known: Known) -> Section:
    points = (
        () if known.measured else (f"Error rates: {UNMEASURED}",),
        (
            ()
            if known.calibrations
            else ("Agreement of judges with people: none measured on this installation.",)
        ),
        (
            (
                "By group and their intersections: each installation's own, on the page for fairness and"
                " by `assessor fairness report`; they are the platform's numbers and stand on no card."
            ),
        ),
    )
    tables = [error_table(known)] if known.measured else []
    tables += [calibration_table(known)] if known.calibrations else []
    return Section(
        "analyses",
        "Quantitative analyses",
        f"{_PAPER}, 4.7",
        tuple(p for some in points for p in some),
        tuple(tables),
    )


def _ethics() -> Section:
    points = (
        (
            "A verdict decides who gets paid work. A fault of ours never lowers a score, doubt goes to a"
            " person, and whoever is refused is told why, what would have changed it, and how to appeal."
        ),
        "By default a rule may say qualified and never not qualified: that a person confirms.",
        (
            "Conversations are encrypted with a key of each candidate's own; erasing destroys it. Models"
            " get no name and no reference."
        ),
        (
            "Nobody is judged by feelings or by what a body does; prompts, schemas and rubrics are held"
            " free of it by a test."
        ),
        "Signs of copying accuse nobody: they change no score, and the candidate replies first.",
    )
    return Section("ethics", "Ethical considerations", f"{_PAPER}, 4.8", points)
