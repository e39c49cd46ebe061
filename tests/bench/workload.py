"""What is graded: made-up answers to one task, of which a fake provider can read the truth.

Each answer has its number in its first and last sentence, so it is found in any engine's prompt. A
criterion that quotes words is met by the answers in which these words stand.
"""

import hashlib
import re
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any, Final

SUBMISSIONS: Final = 40
WARM_UPS: Final = 1
"""Answers before the measured ones, so that every engine has loaded what it loads on first use."""

TASK: Final = (
    "A colleague shows you a function whose last parameter has an empty list as its default. The first "
    "call returns what she expects. The second call, with other arguments, returns the results of the "
    "first one as well, and a third call returns all three. She has read the function several times and "
    "sees nothing wrong. Explain to her what happens and why, how she can see it for herself, what she "
    "should write, and how she can keep it from coming back. She is going to teach it to her team."
)
PURPOSE: Final = (
    "Whether the answer says what goes wrong, why, how to see it, and how to mend and prevent it."
)

PHRASES: Final = (
    "the default list is made once",
    "every call shares that same list",
    "use None as the default value",
    "make the list inside the function",
    "print the identity of the list",
    "call it twice in one test",
    "a tuple would not have this fault",
    "the linter has a rule for it",
)
CRITERIA: Final = tuple(
    f"Says that “{said}”, in these words, as advice to her or as part of the cause, so that her team "
    "could act on it without asking what was meant; a hint at it, or a word of it alone, does not count."
    for said in PHRASES
)
"""Eight, as one call of ours takes them."""

_FILLING: Final = (
    "I have seen this in a report that grew by a page every night, and it took us two days to find.",
    "It helps to read the line of the definition aloud and to ask when Python gets to see it.",
    "People look at the body of the function first, although the body does nothing that is wrong.",
    "What makes it hard is that the first call looks right, and most people only try the first call.",
    "I would show it in a small file of five lines before I touch the report that she is working on.",
    "The same happens with a dictionary or with an object of her own, so it is no matter of lists alone.",
    "There are cases in which one wants a value that is kept, but then it should have a name and a place.",
    "When she teaches it, she should let people guess the output before she runs it, and then explain.",
    "I would write the reason into the message of the commit, because the next reader will wonder.",
    "A comment in that line is not enough, since nobody reads comments in code that seems to work.",
    "The documentation has a box about it, which is worth a link in the notes for the team.",
    "If there are many such functions, I would mend one by hand and search for the others.",
)

TOLD_AGAIN: Final = 10
"""Sentences that an answer says twice: with them a bare prompt has about 5,700 characters."""

_OPENING: Final = "This is my answer to case {number}."
_CLOSING: Final = "That is all I have to say on case {number}."
_ANSWER: Final = re.compile(
    r"This is my answer to case (\d+)\.(?P<said>.*?)That is all I have to say on case \1\.", re.DOTALL
)
_QUOTED: Final = re.compile(r"“([^”]+)”")
_LONGER: Final = re.compile(r"longer than (\d+) words")


@dataclass(frozen=True)
class Workload:
    """All that an engine is given: the task, the criteria, and the answers, first those to warm up with."""

    task: str
    purpose: str
    criteria: tuple[str, ...]
    warm_ups: tuple[str, ...]
    submissions: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as the engines' processes read it."""
        return asdict(self)


def workload(submissions: int = SUBMISSIONS) -> Workload:
    """Return the measured workload; the same answers every time."""
    answers = [answer(number) for number in range(WARM_UPS + submissions)]
    return Workload(TASK, PURPOSE, CRITERIA, tuple(answers[:WARM_UPS]), tuple(answers[WARM_UPS:]))


def answer(number: int) -> str:
    """Return one answer of about 3,000 characters, which meets about six of ten criteria."""
    said = [f"I would tell her this: {phrase}." for phrase in PHRASES if _share(number, phrase) < 60]
    order = sorted(_FILLING, key=lambda one: _share(number, one))
    sentences = [part for pair in zip_longest(order, said, fillvalue="") for part in pair if part]
    told = [
        f"To the team I would say it again in writing, point {place}: {one}"
        for place, one in enumerate(order[:TOLD_AGAIN])
    ]
    return marked(number, " ".join([*sentences, *told]))


def marked(number: int, said: str) -> str:
    """Return words between the first and the last sentence by which they are found."""
    return f"{_OPENING.format(number=number)} {said} {_CLOSING.format(number=number)}"


def found(prompt: str) -> str:
    """Return the answer that a prompt is about; empty when there is none."""
    match = _ANSWER.search(prompt)
    return match[0] if match else ""


def without(prompt: str) -> str:
    """Return a prompt without the answer that it is about."""
    return _ANSWER.sub("", prompt)


def quoted(text: str) -> list[str]:
    """Return the words that stand in typographic quotation marks."""
    return _QUOTED.findall(text)


def is_met(criterion: str, submission: str) -> bool:
    """Look whether an answer meets a criterion: by the words it quotes, or by a number of words.

    Of what neither quotes nor counts, no answer says anything.
    """
    if match := _LONGER.search(criterion):
        return len(submission.split()) > int(match[1])
    words = quoted(criterion)
    return bool(words) and all(one.casefold() in submission.casefold() for one in words)


def is_uncertain(criterion: str, submission: str, share: int) -> bool:
    """Whether a grader would waver, for so many of a hundred pairs; the same pairs every time."""
    return _share(submission, criterion) < share


def _share(*parts: object) -> int:
    """Return a number from 0 to 99 that only depends on the parts."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:4]) % 100
