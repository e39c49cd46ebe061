"""docs/calibration.md says what the code asks for."""

from pathlib import Path

from assessor.domain.agreement import RESAMPLES
from assessor.domain.calibration import REQUIRED

PAGE = (Path(__file__).parents[2] / "docs" / "calibration.md").read_text()


def test_the_page_states_every_threshold_of_the_grades() -> None:
    for stated in (
        f"{REQUIRED.responses} responses labelled by people, {REQUIRED.labelled_twice} of them by two",
        f"{REQUIRED.responses_provisional} responses, labelled by people",
        f"{REQUIRED.anchors} of the rubrics' own examples",
        f"QWK at least {REQUIRED.qwk:.2f}",
        f"SMD at most {REQUIRED.smd:.2f}",
        f"QWK at most {REQUIRED.below_people:.2f} below",
        f"({RESAMPLES} times, fixed seed)",
    ):
        assert stated in PAGE
