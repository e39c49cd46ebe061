"""What a judge has to show before it may decide, and the grade that follows."""

from typing import Final

from assessor.domain.agreement import Measure
from assessor.domain.calibration.record import Agreement, Baseline, Source
from assessor.domain.policy import Grade
from assessor.domain.thresholds import THRESHOLDS

REQUIRED: Final = THRESHOLDS.required


def graded(
    agreement: Agreement, people: Measure, baseline: Baseline, source: Source
) -> tuple[Grade, tuple[str, ...]]:
    """Return the grade that the numbers earn, and what keeps it from a better one."""
    if failed := _failed(agreement, people, baseline, source):
        return Grade.NONE, failed
    if short := _short(agreement, people, source):
        return Grade.PROVISIONAL, short
    return Grade.CALIBRATED, ()


def _failed(agreement: Agreement, people: Measure, baseline: Baseline, source: Source) -> tuple[str, ...]:
    """Return what no judge may decide with."""
    qwk, smd, n = agreement.qwk.value, agreement.smd.value, agreement.responses
    least = REQUIRED.anchors if source == "anchors" else REQUIRED.responses_provisional
    found = []
    if n < least:
        found.append(f"{n} responses were compared; at least {least} are asked for")
    if qwk is None:
        found.append(f"agreement (QWK) has no number: {agreement.qwk.note}")
    elif qwk < REQUIRED.qwk:
        found.append(f"agreement (QWK) is {qwk:.2f}; at least {REQUIRED.qwk:.2f} is asked for")
    if smd is None:
        found.append(f"leniency (SMD) has no number: {agreement.smd.note}")
    elif abs(smd) > REQUIRED.smd:
        side = "lenient" if smd > 0 else "severe"
        found.append(f"the judge is too {side} (SMD {smd:+.2f}); at most {REQUIRED.smd:.2f} is asked for")
    known = people.value if people.n >= REQUIRED.labelled_twice else None
    if qwk is not None and known is not None and qwk < known - REQUIRED.below_people:
        found.append(f"agreement (QWK) is {qwk:.2f}, and two people reach {known:.2f}")
    words = None if source == "anchors" else baseline.qwk.value  # better examples say more: words tell them
    if qwk is not None and words is not None and qwk <= words:
        found.append(f"agreement (QWK) is {qwk:.2f}, and counting words reaches {words:.2f}")
    return tuple(found)


def _short(agreement: Agreement, people: Measure, source: Source) -> tuple[str, ...]:
    """Return what is missing for more than a provisional grade."""
    if source == "anchors":
        return ("it was measured on the rubrics' own examples, not on people's labels",)
    found = []
    if agreement.responses < REQUIRED.responses:
        found.append(
            f"{agreement.responses} responses were compared; {REQUIRED.responses} are asked for to decide"
        )
    if people.value is None or people.n < REQUIRED.labelled_twice:
        found.append(
            f"{people.n} responses have two people's labels; {REQUIRED.labelled_twice} are asked for, "
            "to know how well people agree"
        )
    return tuple(found)
