"""What is known not to work, or not to be known: said once, on both pages."""

from collections.abc import Iterator
from typing import Final

from assessor.domain.policy import Grade
from assessor.domain.thresholds import THRESHOLDS
from assessor.services.transparency.known import Known

_ALWAYS: Final = (
    (
        "No studies with real candidates ship with this version: difficulties of tasks are their"
        " authors' estimates, and whether a verdict predicts later work is measured at each installation"
        " (`assessor outcomes`)."
    ),
    (
        "A score is about the answers of one sitting. Somebody able can have a bad day, and few answers"
        " leave wide intervals, which is why many people are referred to a person."
    ),
    (
        "Who writes the working language of a track badly may show less of what they know, although"
        " graders are told to disregard language."
    ),
    (
        "Language models can be talked into things, and read the same words otherwise another day. No"
        " credit counts whose quote code does not find in the answer, no model writes a total or a"
        " decision, and known answers are mixed in to notice a model that obeys the text; what is left"
        " over is measured and not zero."
    ),
    (
        "A provider may change a model behind its name. Answers with known scores are read again every"
        " day where they are set up, and a judge that has drifted is stopped."
    ),
    (
        "Whether somebody worked alone is not known. Copied wording is noticed where an answer is long"
        " enough; reworded copies are not, and no detector of generated text is used."
    ),
    (
        "Words that say that somebody may hurt themselves are recognised by patterns, which miss some"
        " and find others wrongly. They stop the clock and call a person, and touch no score."
    ),
    (
        "Pages are tested by rules for accessibility and by keyboard, not by people with every assistive"
        " device."
    ),
)


def limits(known: Known) -> Iterator[str]:
    """Yield what this release and this installation cannot do, or nobody has measured."""
    authored = [track.id for track in known.tracks if track.cut.method == "authored"]
    if authored:
        yield (
            f"The cut scores of {', '.join(authored)} are their authors' judgement and no panel's. "
            "By default no rule decides on one."
        )
    yield from _of_judges(known)
    yield (
        "Fairness between groups is not known before people declared themselves: an installation"
        " measures it itself, on its own candidates. Items are not to be seen by more than"
        f" {THRESHOLDS.forms.exposure:.0%} of candidates where the bank is large enough; a small bank"
        " becomes known sooner."
    )
    yield from _ALWAYS


def _of_judges(known: Known) -> Iterator[str]:
    if not known.models.judges:
        yield "No model judges here: what rules cannot score waits for people."
        return
    entries = known.calibrations
    standing = [one for one in entries or () if one.stopped is None]
    good = {one.calibration.family for one in standing if one.calibration.grade is Grade.CALIBRATED}
    if entries is None:
        yield ("Calibrations were not looked at: this page was written without an installation's database.")
    elif not good:
        yield (
            "No judge of this installation is calibrated against people. By default nothing that it"
            " scored decides."
        )
    else:
        yield f"Judges are calibrated in {len(good)} families of rubrics, named above, and in no other."
