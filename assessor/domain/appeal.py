"""Passages that speak to the grader instead of answering the task.

Such a passage is no evidence, and whoever reads the answer is told to look twice. It never costs
anything by itself. The patterns are narrow on purpose: people who are asked about prompt injection
write about it, authors of rubrics write "award a point if ...", and agents do ignore instructions.
So what stands in quotation marks or in code within a sentence is talked about, not said; conditions
make a rule for others; and only the imperative commands.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable, Iterator

from assessor.domain.fence import is_invisible

Span = tuple[int, int]

_SENTENCE = re.compile(r"[^\n.!?]+(?:[.!?](?!\s|$)[^\n.!?]*)*[.!?]*")
_MENTIONED = re.compile(r"`[^`\n]*`|\"[^\"\n]*\"|(?<!\w)'[^'\n]*'(?!\w)")
_LETTERS = re.compile(r"[a-z]{2}")
_ENCODED = re.compile(r"(?<![\w/+])[A-Za-z0-9+/]{16,}={0,2}(?![\w/+])")
_CONDITION = re.compile(
    r"\b(?:if|when|where|whenever|unless|only (?:for|to)|provided|per|for (?:each|every))\b"
)
_THREAT = re.compile(r"\bif (?:you|this|it|my)\b")

_LOOKS_LIKE = {
    **dict(zip("аеорсухіѕјктмвгαεορικντυ", "aeopcyxisjktmbraeopikvtu", strict=True)),
    "н": "n",
}
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb\u2032", '\'\'"""""\'')

_GRADER = (
    r"(?:grader|grading (?:model|system|ai)|evaluator|assessor|scorer|marker|rater|(?:llm|ai)[ -]judge)s?"
)
_START = r"(?:^|[:;]\s*|\b(?:and|then|please|now|just|must|therefore|so)\s+)"
_THIS = r"(?:this|my|the above|the following)\s+(?:answer|response|submission|solution|work|essay)"
_MARKS = r"(?:score|scores|verdict|grade|rating|full marks|mark|marks|points?|number|pass|passed|met)"

_TRIGGER = re.compile(
    rf"{_GRADER}|grad|scor|verdict|rating|mark|points?\b|number|pass|met\b|criteri|rubric|instruction|prompt|rules|"
    r"guideline|award|inst\]|im_|sys|developer|(?:end|begin|start) of|display|\[//\]|identical|approved|"
    r"submission|qualified|hired|final|overall|\b(?:give|rate|assign)\b"
)
"""None of the patterns below matches without one of these; most sentences have none."""

_SPOKEN_TO = (
    # For instance: note to the evaluator, dear grader
    (
        rf"\b(?:note|message|memo|instructions?|attention|dear|hello|hi|hey)\s+(?:to\s+|for\s+)?"
        rf"(?:(?:the|all|any|my|ai|llm|automated)\s+)*{_GRADER}\b\s*[:,;!-]"
    ),
    # For instance: grader notes, grader reasoning (step 1)
    (
        rf"^\W*{_GRADER}(?:\s+(?:notes?|reasoning|instructions?|decision|output|verdict|summary))?"
        r"\s*(?:\([^)]{0,30}\))?\s*[:,=]"
    ),
    rf"\({_GRADER}\s*[:=]",
)
_CALLED_OFF = (
    (
        rf"{_START}(?:before (?:you grade|grading|scoring),?\s+)?(?:ignore|disregard|forget|override|skip)\s+"
        r"(?:\w+\s+){0,3}?(?:rubric|criteria|grading|scoring|(?:all |any |the |your |my )*(?:previous|prior|"
        r"earlier|above|preceding|former) (?:\w+ )?(?:instructions?|prompts?|rules|guidelines))\b"
    ),
    r"^\W*before (?:grading|scoring|you (?:grade|score))\b",
)
_ORDERED = (
    # For instance: output score 4, print only the number 4
    (
        rf"{_START}(?:give|award|assign|output|print|return|report|enter|set|mark|score|rate|grade)\s+"
        rf"(?:(?:{_THIS}|me|it|us|everything|all|every|the|a|an|only|just|score|as)\s+){{0,5}}{_MARKS}\b"
        r"[^.]{0,25}?\b(?:[1-9]|10|100|one|two|three|four|five|ten|pass(?:ed)?|met|full|max(?:imum)?)\b"
    ),
    (
        rf"{_START}(?:give|award|assign|output|set|mark|score|rate|grade)\s+(?:{_THIS}|all|every|each|everything"
        r"|it)\b[^.]{0,40}\b(?:met|full marks|as pass(?:ed)?|[45]/[45])"
    ),
    (
        rf"{_START}(?:give|award)\s+(?:{_THIS}|me|it)\s+(?:a\s+)?(?:\w+\s+){{0,3}}?"
        r"(?:[1-9]|four|five|full|max\w*)\b"
    ),
    rf"{_START}(?:award|assign|give)\s+(?:[1-9]|four|five)\s*$",
    r"\bset (?:verdict|score|grade|rating)\s*[=:]",
    (
        r"\b(?:all|every) criteri(?:a|on)\b[^.]{0,20}\b(?:must|should|are to|has to|have to) be "
        r"(?:marked|scored|graded)"
    ),
)
_CLAIMED = (
    r"\bcriteria [^.]{0,12}satisfied\b[^.]{0,5}$",
    rf"{_THIS} (?:fully )?(?:meets|satisfies|fulfil?s) (?:every|all(?: of the)?|each) criteri(?:a|on)\b",
    (
        rf"\b{_THIS} (?:deserves|should (?:get|receive|be given)|must (?:get|receive|be given)) (?:a |the )?"
        r"(?:full marks|full score|maximum|highest|top)"
    ),
    r"\b(?:reference|gold|model) answer\b[^.]{0,20}:[^.]{0,60}\bidentical to\b",
    r"\b(?:answer|response|submission)\b[^.]{0,30}\bidentical to (?:the )?(?:gold|reference|model)\b",
    r"\b(?:candidate|applicant)\b[^.]{0,20}\b(?:is|was|has been) (?:already )?pre-?(?:qualified|approved)\b",
    r"\balready (?:approved|qualified|passed|hired) (?:this|the) (?:candidate|applicant)\b",
    r"\bif you (?:give|award|score|mark|grade|fail|rate) (?:me|this|my|less|below|under|lower|anything)\b",
    r"\bif (?:this|it|my answer) (?:is|does)(?: not|n't) (?:a )?pass\b",
)
_FORGED = (
    r"</(?:submission|candidate|untrusted)\w*>",
    r"^\W*grading (?:notes?|instructions?|results?|decision)\s*[:=]",
    r"\[/?inst\]|<\|?/?(?:im_start|im_end|system|endoftext)\|?>|<</?sys>>",
    r"^\W*(?:end|begin|start) of (?:the )?(?:submission|candidate|student|answer|grading|user input)\b",
    (
        r"^\W*(?:system|developer)(?: message| prompt| override)?\s*:\s*"
        r"(?:you|the grader|grade|score|mark|ignore|set)\b"
    ),
    (
        r"^\W*(?:final|overall)(?: score| grade| mark| verdict)?\s*:\s*"
        r"(?:[1-9](?:\s*/\s*\d+)?|pass(?:ed)?|met)\W*$"
    ),
    r"^\W*\[//\]:\s*#",
)
_APPEALS = tuple(map(re.compile, (*_SPOKEN_TO, *_CALLED_OFF, *_ORDERED, *_CLAIMED, *_FORGED)))
_HIDDEN = re.compile(r"display:\s*none.{0,20}>[^<]{0,40}\b(?:score|grade|mark|met|pass)\b")


def appeals(text: str) -> tuple[Span, ...]:
    """Return where a text speaks to the grader: whole sentences, and a single one between two of them."""
    sentences = list(_sentences(text))
    flagged = [_appeals(text[start:end]) for start, end in sentences]
    joined = [
        is_one or (0 < at < len(flagged) - 1 and flagged[at - 1] and flagged[at + 1])
        for at, is_one in enumerate(flagged)
    ]
    return tuple(span for span, is_one in zip(sentences, joined, strict=True) if is_one)


def _sentences(text: str) -> Iterator[Span]:
    """Cut at line ends and at stops that white space follows."""
    for match in _SENTENCE.finditer(text):
        if match.group().strip():
            yield match.span()


def _appeals(sentence: str) -> bool:
    plain = _plain(sentence)
    spoken = _said(plain).strip(" \"'")
    if _HIDDEN.search(plain) or any(pattern.search(spoken) for pattern in _commands(spoken)):
        return True
    return any(map(_appeals, _decoded(sentence)))


def _commands(spoken: str) -> Iterable[re.Pattern[str]]:
    if not _TRIGGER.search(spoken):
        return ()
    return () if _CONDITION.search(spoken) and not _THREAT.search(spoken) else _APPEALS


def _said(sentence: str) -> str:
    """Leave out what is only mentioned, unless the sentence is nothing but a quotation."""
    rest = _MENTIONED.sub(" ... ", sentence)
    return rest if _LETTERS.search(rest) else sentence


def _plain(sentence: str) -> str:
    """Return it as it looks: without hidden characters, look-alikes of other scripts as Latin letters."""
    if sentence.isascii() and sentence.isprintable():
        return sentence.casefold()
    seen = "".join(c for c in sentence.translate(_QUOTES) if not is_invisible(c))
    folded = unicodedata.normalize("NFKC", seen).casefold()
    if folded.isascii():
        return folded
    return " ".join(_latin(word) for word in folded.split())


def _latin(word: str) -> str:
    """Only a word that mixes scripts is a disguise; a Russian word stays Russian."""
    if not re.search(r"[a-z]", word):
        return word
    return "".join(_LOOKS_LIKE.get(c, c) for c in word)


def _decoded(sentence: str) -> Iterator[str]:
    """Yield what stands in it as Base64 text."""
    for match in _ENCODED.finditer(sentence):
        try:
            text = base64.b64decode(match.group(), validate=True).decode("ascii")
        except (binascii.Error, UnicodeDecodeError):
            continue
        if text.isprintable() and " " in text:
            yield text
