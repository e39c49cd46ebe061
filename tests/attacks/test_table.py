"""The table of all attacks counts what was got, by category and surface."""

from tests.attacks.gains import Fault, Gain
from tests.attacks.payloads import Attack
from tests.attacks.report import PlayedReport
from tests.attacks.stage import Played
from tests.attacks.table import HEADER, rows

ASKED = Attack("one", "W1-authz", "every address")
SENT = Attack("two", "W9-parser", "NUL bytes")


def test_every_gain_is_counted_in_its_column_and_a_payload_once() -> None:
    told = (Fault(Gain.LEAKED, "an id"), Fault(Gain.LEAKED, "a name"), Fault(Gain.FLIPPED, "a verdict"))
    report = PlayedReport("HTTP", [Played(ASKED, "a", told), Played(ASKED, "b", ()), Played(SENT, "a", ())])

    first, second, total = (dict(zip(HEADER, row, strict=True)) for row in rows(report.tries()))

    assert not report.holds
    assert (first["category"], first["surface"], first["payloads"], first["plays"]) == (
        "W1-authz", "HTTP", "1", "2",
    )  # fmt: skip
    assert (first[Gain.LEAKED], first[Gain.FLIPPED], first[Gain.RAN]) == ("2", "1", "0")
    assert [second[gain] for gain in Gain] == ["0"] * len(Gain)
    assert (total["payloads"], total["plays"], total[Gain.LEAKED]) == ("2", "3", "2")
