import json

import pytest
import structlog

from assessor.adapters.logs import configure_logs
from assessor.domain.item import Category
from assessor.domain.score import Score


@pytest.fixture(autouse=True)
def _as_before() -> object:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("for_machines", [True, False])
def test_the_log_of_a_fault_names_kinds_and_places_and_no_words(
    capsys: pytest.CaptureFixture[str], *, for_machines: bool
) -> None:
    configure_logs("INFO", for_machines=for_machines)
    try:
        int("words that a candidate wrote")
    except ValueError:
        structlog.get_logger().exception("turn failed", assessment="asm_1")

    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "test_logs.py" in said
    assert "words" not in said.replace("_no_words", "")
    if for_machines:
        assert json.loads(said)["assessment"] == "asm_1"


def test_a_value_that_is_refused_does_not_repeat_what_was_put_in() -> None:
    with pytest.raises(ValueError, match="reason") as refused:
        Score(
            item_id="it",
            category=Category.SFT,
            criterion="length",
            text="Is short",
            competency="form",
            rater="rule:sft",
            value=1.0,
            reason="a candidate's words " * 200,
        )

    assert "candidate" not in str(refused.value)
