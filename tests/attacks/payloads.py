"""Files of payloads: what is said, and for floods what is meant."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

OWN = Path(__file__).parent / "interviewer.jsonl"
KINDS = ("I1", "I2", "I3", "I4", "I5")
MEGABYTE = 1_000_000

_REPEATED = re.compile(r"(.+?)\*(\d+) characters")
_AT_ONCE = re.compile(r"(\d+) messages in 1 s\b")
_MARKS = re.compile(r"1 MB line of combining marks")


@dataclass(frozen=True)
class Attack:
    """One payload. `kind` is the class: leaks, roles, fairness, distress and abuse, consumption."""

    id: str
    category: str
    payload: str

    @property
    def kind(self) -> str:
        return self.category[:2]

    @property
    def messages_at_once(self) -> int:
        """How many messages a flood has; 1 is a single one."""
        flood = _AT_ONCE.search(self.payload)
        return int(flood[1]) if flood else 1

    @property
    def text(self) -> str:
        """The message itself. Sizes are described in the file rather than written out."""
        if found := _REPEATED.fullmatch(self.payload):
            return (found[1] * int(found[2]))[: int(found[2])]
        if _MARKS.search(self.payload):
            return "e" + "\u0301" * (MEGABYTE // 2)
        return self.payload


def read(path: Path) -> list[Attack]:
    """Return the attacks on the interviewer in a file; others are left out. Raises ValueError for none."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    found = [Attack(row["id"], row["category"], row["payload"]) for row in rows]
    attacks = [attack for attack in found if attack.kind in KINDS]
    if not attacks:
        raise ValueError(f"{path} has no attack on the interviewer ({', '.join(KINDS)})")
    return attacks
