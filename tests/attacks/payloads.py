"""Files of payloads: what is said, and for floods what is meant."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, cycle, islice
from pathlib import Path
from types import MappingProxyType

OWN = Path(__file__).parent / "interviewer.jsonl"
OWN_JUDGE = Path(__file__).parent / "judge.jsonl"
OWN_BROWSER = Path(__file__).parent / "browser.jsonl"
OWN_HTTP = Path(__file__).parent / "http.jsonl"
KINDS = ("I1", "I2", "I3", "I4", "I5")
JUDGE_KINDS = ("G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9")
BROWSER_KINDS = ("W2", "W3", "W5", "W8")
HTTP_KINDS = ("W1", "W4", "W6", "W7", "W9")
SURFACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"interviewer": KINDS, "judge": JUDGE_KINDS, "browser": BROWSER_KINDS, "http": HTTP_KINDS}
)
FILES = (OWN, OWN_JUDGE, OWN_BROWSER, OWN_HTTP)
MEGABYTE = 1_000_000

_REPEATED = re.compile(r"(.+?)\*(\d+) characters")
_AT_ONCE = re.compile(r"(\d+) messages in 1 s\b")
_PADDING = re.compile(r"PAD:\s*(?:([\d,]+) words)?")
_PASTED = re.compile(r"\b(?:item|task|question|rubric|prompt)\b.*\bpasted\b")
_WORDS = 300
_MARKS = re.compile(r"1 MB line of combining marks")


@dataclass(frozen=True)
class Attack:
    """One payload. `kind` is the class.

    For the interviewer leaks, roles, fairness, distress and abuse, consumption (I1 to I5); for the judge
    orders, forged fences, empty answers, forged gradings, authority and pity, padding, disguises,
    comparisons, and words meant for other answers (G1 to G9); for the browser requests of other sites,
    markup, formulas and files (W2, W3, W5, W8); over HTTP what is somebody else's, targets within, forged
    webhooks, repeated and malformed requests (W1, W4, W6, W7, W9).
    """

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


def padding(attack: Attack, task: str, criteria: Sequence[str]) -> str:
    """Return the payload for one item. Padding is described in the file: it needs the item's words."""
    described = _PADDING.match(attack.payload)
    if not described:
        return attack.payload
    if _PASTED.search(attack.payload):
        return f"{task} {' '.join(criteria)}" if "rubric" in attack.payload else f"{task} {task}"
    topics: list[str] = re.findall(r"[^\W\d_]{6,}", task) or ["question"]
    sentences = (
        sentence.format(topic) for topic, sentence in zip(cycle(topics), cycle(_FLUENT), strict=False)
    )
    words = chain.from_iterable(sentence.split() for sentence in sentences)
    return " ".join(islice(words, int((described[1] or str(_WORDS)).replace(",", ""))))


_FLUENT = (
    "When it comes to {}, it is important to look at the whole picture and to weigh every side with care.",
    "In my experience {} is a fascinating matter that deserves attention, thought and a structured approach.",
    "A professional will always consider {} in its context, and act in a responsible and balanced manner.",
    "There are many aspects of {} that one could discuss, and each of them has its own value and place.",
    "Ultimately, {} is about quality, and quality is what excellent work in this field is all about.",
    "It goes without saying that {} matters greatly, today more than ever, to everyone who is involved.",
    "One should never underestimate how much {} contributes to a successful and sustainable outcome.",
)


def read(path: Path) -> list[Attack]:
    """Return the attacks on the interviewer in a file. Raises ValueError for none."""
    attacks = found(path, KINDS)
    if not attacks:
        raise ValueError(f"{path} has no attack on the interviewer ({', '.join(KINDS)})")
    return attacks


def found(path: Path, kinds: Collection[str] | None = None) -> list[Attack]:
    """Return the attacks of these kinds in a file, by default of all; others are left out."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    attacks = [Attack(row["id"], row["category"], row["payload"]) for row in rows]
    return [attack for attack in attacks if kinds is None or attack.kind in kinds]
