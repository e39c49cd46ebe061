"""Lets a model's words out sentence by sentence, and stops at the first that must not be said.

The model's utterance is at most one short statement that quotes the candidate, and then exactly one
question. A statement without a quote could be a hint, a lesson or obedience to the candidate; one that
is a sentence of the approved probe belongs to the question. The
question is held back until the reply has ended, so whatever was released before a fault is a
statement at most, and the authored probe can follow it: what the candidate reads always makes sense.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType

from assessor.domain.language import base, is_in
from assessor.interview import german
from assessor.interview.patterns import any_of as _any

NGRAM = 5
MAX_WORDS = 60
MAX_WORDS_AROUND_QUOTE = 12
MIN_QUOTE_CHARS = 3
MIN_WORDS_OF_PROBE = 3

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?…]+[\"”“’'»)\]]*(?=\s)")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|cf|approx|no|dr|mr|mrs|ms|z|z\.\s?b|d|d\.\s?h|u|u\.\s?a|bzw|usw|ca)\.$",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"„([^“”]*)[“”]|“([^”]*)”|»([^«]*)«|\"([^\"]*)\"|`([^`]*)`|‘([^’]*)’|(?<!\w)'([^']*)'(?!\w)"
)


def hashed_ngrams(text: str) -> frozenset[int]:
    """Return 64-bit hashes of every run of five words, without case and punctuation.

    The same on every machine. Fewer than five words give nothing.
    """
    words = _WORD.findall(text.casefold())
    runs = (" ".join(words[at : at + NGRAM]) for at in range(len(words) - NGRAM + 1))
    return frozenset(
        int.from_bytes(hashlib.blake2b(run.encode("utf-8", "replace"), digest_size=8).digest())
        for run in runs
    )


_ngrams_of_instructions = lru_cache(8)(hashed_ngrams)


FORBIDDEN: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "evaluation",
        _any(
            r"\b(?:great|excellent|impressive|perfect|brilliant|fantastic|awesome|wonderful|superb|"
            r"amazing)\b",
            r"\b(?:outstanding|well done|nicely done|spot on|bravo|congratulations|correct|incorrect|"
            r"mistaken)\b",
            r"\b(?:good|nice|strong|weak|poor|solid|interesting|helpful|insightful|thoughtful|bad|clear) "
            r"(?:\w+ )?(?:answer|point|question|job|work|example|explanation|thinking|start|reasoning|"
            r"insight)\b",
            r"\b(?:that|this|it)(?:'s|’s| is| was| sounds)(?: \w+)? (?:right|wrong|good|true|false|"
            r"interesting|helpful)\b",
            r"\byou(?:'re|’re| are| were)(?: \w+)? (?:right|wrong)\b",
            r"\byour (?:answer|response|explanation|reply) (?:is|was|sounds|shows|covers|misses|lacks)\b",
            r"^(?:right|exactly|absolutely|indeed|good|nice|wrong|yes|no)\b\s*[.,!:]",
            r"\b(?:you|you've|you have)(?: \w+)? (?:passed|failed|qualified)\b",
            r"\b(?:full|high|low|top) (?:marks?|scores?|points)\b|\b(?:rubric|criteria|cut score|verdict)\b",
        ),
    ),
    (
        "person_claim",
        _any(
            r"\b(?:i am|i'm|i’m|being) (?:not an ai|(?:a |an )?(?:real |actual )?(?:human|person|woman|"
            r"man))\b",
            r"\b(?:i am|i'm|i’m|speaking as|i was) (?:also )?an? (?:\w+ )?"
            r"(?:nurse|doctor|engineer|developer|lawyer|linguist|analyst|colleague|expert|recruiter)\b",
            r"\bin my (?:own |personal )?(?:experience|career|practice|opinion|job)\b",
            r"\bwhen i (?:was|worked|started|studied)\b",
        ),
    ),
    (
        "protected_attribute",
        _any(
            r"\byour (?:own )?(?:age|gender|sex|sexuality|sexual orientation|race|religion|faith|nationality|"
            r"ethnicity|ethnic background|disability|marital status|native language|mother tongue|"
            r"family|health|"
            r"accent|country|husband|wife|partner|children|kids|skin colou?r|political views|citizenship)\b",
            r"\bare you (?:\w+ )?(?:married|single|pregnant|disabled|deaf|blind|religious|gay|retired|"
            r"a woman|a man|"
            r"a mother|a father|a native speaker|a citizen|from)\b",
            r"\bhow old are you\b|\bwhere (?:are you|do you come) (?:\w+ )?from\b|\b(?:were|was) you born\b",
            r"\bdo you have (?:any )?(?:children|kids|a disability|a family|a disease)\b",
            r"\b(?:as|since you are|because you are) an? (?:\w+ )?(?:woman|man|mother|father|immigrant|"
            r"foreigner|"
            r"native speaker|older person|young person)\b",
        ),
    ),
    (
        "markup",
        _any(
            r"\*\*",
            r"```",
            r"^\s*(?:#{1,6} |[-*•] |\d{1,2}[.)](?:\s|$))",
            r"\n\s*(?:#{1,6} |[-*•] |\d{1,2}[.)](?:\s|$))",
            r"</?\w+>",
        ),
    ),
    ("link", _any(r"https?://", r"\bwww\.")),
)
"""What the interviewer must not say, by reason. Words of the approved question may be said."""

FORBIDDEN_BY_LANGUAGE: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]] = MappingProxyType(
    {"en": FORBIDDEN, "de": (*german.FORBIDDEN, *FORBIDDEN)}
)
"""Nothing that must not be said in English may be said in an interview in another language."""


@dataclass(frozen=True)
class Limits:
    """What one utterance may contain."""

    question: str
    """The core question that was asked."""
    probe: str
    """The approved probe that is to be worded."""
    own_words: str
    """What the candidate said about this question."""
    bank_ngrams: frozenset[int]
    instructions: str
    """The system prompt, which is not to be told."""
    token: str
    """The fence of this call."""
    language: str


class Guard:
    """Takes a model's reply as it comes and gives back what may be said.

    `reason` is why the rest was stopped. Once it is set, nothing more comes out.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        # Kept apart: uniting the bank's with the others for each reply takes longer than looking in both.
        # The instructions of two calls differ in their tokens only, which are looked for by themselves.
        self._secrets = (
            limits.bank_ngrams,
            _ngrams_of_instructions(limits.instructions.replace(limits.token, "")),
        )
        self._buffer = ""
        self._probe = _words(limits.probe)
        self._sentences: list[str] = []
        self._held: list[str] = []
        self._has_asked = False
        self.reason: str | None = None

    @cached_property
    def _allowed(self) -> frozenset[int]:
        """What may be said although it is secret elsewhere; most replies never need it."""
        limits = self._limits
        return frozenset().union(*map(hashed_ngrams, (limits.question, limits.probe, limits.own_words)))

    @property
    def has_sentence(self) -> bool:
        """Whether a first whole sentence has come and passed."""
        return bool(self._sentences)

    @property
    def is_empty(self) -> bool:
        """Whether no word has come at all."""
        return self.reason is None and not self._sentences and not self._buffer.strip()

    def feed(self, chunk: str) -> str:
        """Take words from the model; return the words that may be said now, often none."""
        if self.reason is not None:
            return ""
        self._buffer += chunk
        return "".join(self._released(sentence) for sentence in self._whole_sentences())

    def finish(self) -> str:
        """The reply has ended: return the question that was held back, or set `reason`."""
        rest, self._buffer = self._buffer.strip(), ""
        if rest:
            self._released(rest)
        if self.reason is None and not self._has_asked:
            self.reason = "no_question"
        if self.reason is not None:
            return ""
        return " " * (len(self._sentences) > len(self._held)) + " ".join(self._held)

    def _whole_sentences(self) -> Iterator[str]:
        start = 0
        for end in list(_SENTENCE_END.finditer(self._buffer)):
            if _ABBREVIATION.search(self._buffer[start : end.end()]):
                continue
            yield self._buffer[start : end.end()].strip()
            start = end.end()
        self._buffer = self._buffer[start:]
        # Sixty-one words have a hundred and twenty-one characters at least; counting takes longer than that.
        if len(self._buffer) > 2 * MAX_WORDS and len(_WORD.findall(self._buffer)) > MAX_WORDS:
            self.reason = self.reason or "too_long"

    def _released(self, sentence: str) -> str:
        """Check one sentence; return it when it may be said at once."""
        if self.reason is not None:
            return ""
        self.reason = self._why_not(sentence)
        if self.reason is not None:
            return ""
        self._sentences.append(sentence)
        asks = _asks(self._without_own_words(sentence))
        if not asks and not self._is_of_probe(sentence):
            return sentence
        self._held.append(sentence)
        # An approved probe may be worded as an order: "Describe the record that you would send."
        self._has_asked = asks or self._probe.endswith(_words(sentence))
        return ""

    def _why_not(self, sentence: str) -> str | None:
        whole = " ".join((*self._sentences, sentence))
        if self._has_asked:
            return "text_after_question"
        if len(whole.split()) > MAX_WORDS:
            return "too_long"
        return self._leak(whole) or self._forbidden(sentence) or self._shape(sentence)

    def _shape(self, sentence: str) -> str | None:
        if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"} and c != "\n" for c in sentence):
            return "characters"
        bare = self._without_own_words(sentence)
        if bare.count("?") > 1 or ("?" in bare and not _asks(bare)):
            return "several_questions"
        if _asks(bare) and self._repeats_question(sentence):
            return "repeats_question"
        if _asks(bare) or self._is_of_probe(sentence):
            return self._language(bare)
        if self._sentences:
            return "several_statements"
        is_quote = bare != sentence and len(bare.split()) <= MAX_WORDS_AROUND_QUOTE
        return self._language(bare) if is_quote else "ungrounded_statement"

    def _language(self, bare: str) -> str | None:
        return None if is_in(self._limits.language, bare) else "language"

    def _is_of_probe(self, sentence: str) -> bool:
        """Whether these are words of the approved probe, which may have several sentences."""
        return len(sentence.split()) >= MIN_WORDS_OF_PROBE and f" {_words(sentence)} " in f" {self._probe} "

    def _repeats_question(self, sentence: str) -> bool:
        said = hashed_ngrams(sentence)
        return 2 * len(said & hashed_ngrams(self._limits.question)) > len(said)

    def _leak(self, whole: str) -> str | None:
        if self._limits.token in whole or "<<<" in whole:
            return "fence"
        said = hashed_ngrams(whole)
        leaked = frozenset().union(*(said & secret for secret in self._secrets))
        return "bank_text" if leaked and not leaked <= self._allowed else None

    def _forbidden(self, sentence: str) -> str | None:
        bare = self._without_own_words(sentence)
        approved = f"{self._limits.question}\n{self._limits.probe}".casefold()
        for reason, pattern in FORBIDDEN_BY_LANGUAGE[base(self._limits.language)]:
            if any(found.group().casefold() not in approved for found in pattern.finditer(bare)):
                return reason
        return None

    def _without_own_words(self, sentence: str) -> str:
        """Leave out what is quoted verbatim from the candidate: those words are not the interviewer's."""

        def blank(quoted: re.Match[str]) -> str:
            words = next(group for group in quoted.groups() if group is not None)
            words = words.strip(" .,;:").casefold()
            is_own = len(words) >= MIN_QUOTE_CHARS and words in self._limits.own_words.casefold()
            return "“”" if is_own else quoted.group()

        return _QUOTED.sub(blank, sentence)


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _asks(sentence: str) -> bool:
    return sentence.rstrip("\"”“’'»)] ").endswith("?")
