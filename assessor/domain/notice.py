"""The notice that an assessment rests on, and the optional uses that a candidate may agree to.

A legal text: it has a version, is never translated by a machine, and never changes under its version (a
test compares the hash). What differs between candidates are names and days that are filled in, and which of
two passages applies; the hash covers all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from assessor.domain.ids import Slug
from assessor.domain.policy import Policy
from assessor.domain.value import Value, content_hash

Condition = Literal["model", "no_model", "judge", "no_judge", "rules", "person"]
"""`model`: one words the interview. `judge`: one may score. `rules`: they may decide either way."""


class Passage(Value):
    """One paragraph of the notice."""

    title: str
    text: str
    """`{platform}` and `{days}` are filled in."""
    when: Condition | None = None


class Use(Value):
    """Something that answers may be used for only where the candidate agrees."""

    id: Slug
    title: str
    text: str


class Edition(Value):
    """One version of the notice with the uses that it asks about."""

    version: str
    language: str
    passages: tuple[Passage, ...]
    uses: tuple[Use, ...]

    @property
    def hash(self) -> str:
        """SHA-256 of the whole edition: what `notice.accepted` and `consent.answered` record."""
        return content_hash(self.model_dump(mode="json"))

    def read_by(self, reader: "Reader") -> tuple[Passage, ...]:
        """Return the passages that apply, filled in."""
        return tuple(
            passage.changed(text=reader.filled(passage.text))
            for passage in self.passages
            if passage.when is None or passage.when in reader.conditions
        )

    def uses_for(self, reader: "Reader") -> tuple[Use, ...]:
        """Return the optional uses, filled in."""
        return tuple(use.changed(text=reader.filled(use.text)) for use in self.uses)


@dataclass(frozen=True)
class Reader:
    """For whom the notice is filled in."""

    platform: str
    policy: Policy
    has_model: bool

    @property
    def conditions(self) -> frozenset[Condition]:
        """Which passages apply."""
        by_rule = "not_qualified" in self.policy.rules_may_decide
        return frozenset(
            {
                "model" if self.has_model else "no_model",
                "judge" if self.policy.judge_may_score else "no_judge",
                "rules" if by_rule else "person",
            }
        )

    def filled(self, text: str) -> str:
        """Fill in the names. They are the platform's own words, so nothing in them is looked for."""
        names: Mapping[str, str] = {"days": str(self.policy.review_days), "platform": self.platform}
        for name, value in names.items():
            text = text.replace(f"{{{name}}}", value)
        return text


QUALITY: Final = "task-quality"

CURRENT: Final = Edition(
    version="2026-11-2",
    language="en",
    passages=(
        Passage(
            title="Why this takes place",
            text="{platform} has ordered this assessment to find out whether you are qualified for work on "
            "its projects. The result may decide whether you are offered such work.",
        ),
        Passage(
            title="What is recorded",
            text="What you write and hand in, drafts that are saved while you write, and when. Also that you "
            "read this notice, what you agreed to, breaks, and what you asked to have changed for you; where "
            "{platform} gave it, your mail address; and where a service checks who you are, whether that "
            "succeeded, but nothing of your document. Nothing is recorded by camera or microphone; neither "
            "your screen nor your keystrokes are.",
        ),
        Passage(
            title="Where a computer does the work",
            text="The interview is held by an AI interviewer, not by a person. It asks prepared "
            "questions and words its follow-ups around what you say. It does not score you.",
            when="model",
        ),
        Passage(
            title="Where a computer does the work",
            text="The interview is held by a program, not by a person. It asks prepared questions and "
            "follow-ups. It does not score you.",
            when="no_model",
        ),
        Passage(
            title="How it is scored",
            text="Fixed rules score what has a known answer. A language model may score what you write, but "
            "only where it can quote your own words. The rest is scored by a person.",
            when="judge",
        ),
        Passage(
            title="How it is scored",
            text="Fixed rules score what has a known answer. What you write is scored by a person.",
            when="no_judge",
        ),
        Passage(
            title="How it is decided",
            text="A clear result is decided by published rules. Any other is decided by a person, within "
            "{days} days. You are told the reasons, and can ask a person to look again.",
            when="rules",
        ),
        Passage(
            title="How it is decided",
            text="Published rules may only decide that you are qualified. Anything else is decided by a "
            "person, within {days} days. You are told the reasons, and can ask a person to look again.",
            when="person",
        ),
        Passage(
            title="Who sees it",
            text="{platform} and its reviewers. Whoever scores sees what you wrote, but neither your name, "
            "nor what was changed for you, nor what you agreed to below. Language models are sent the texts "
            "that they need, without your name.",
        ),
        Passage(
            title="What it is not used for",
            text="Your answers are never used as work, and never to train an AI model.",
        ),
        Passage(
            title="How long it is kept",
            text="What you said and wrote is stored under an encryption key of your own, for a term that "
            "{platform} has chosen; the page “My data” says until when. Then, or when you have it deleted, "
            "that key is destroyed, and nobody can read it again. Your signed result, which quotes nothing, "
            "stays for a term of its own, under the reference that {platform} has for you.",
        ),
        Passage(
            title="What you can do",
            text="You can stop at any time. Until you submit you can take back words that name somebody. On "
            "the page “My data” you can take a copy of all that is kept, and ask for its deletion. You can "
            "ask {platform} to correct it, and appeal a result.",
        ),
    ),
    uses=(
        Use(
            id=QUALITY,
            title="Checking the tasks",
            text="{platform} may use my answers to check whether the tasks are clear and fair: under a "
            "number instead of my name, read by the people who look after the tasks, and for nothing else.",
        ),
    ),
)
"""What is shown today."""
