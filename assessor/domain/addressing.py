"""Passages that speak to the grader instead of answering the task.

Such a passage is no evidence, and whoever reads the answer is told to look twice. It never costs
anything by itself. The patterns are narrow on purpose: people who are asked about prompt injection
write about it, authors of rubrics write "award a point if ...", and agents do ignore instructions.
So what stands in quotation marks or in code within a sentence is talked about, not said; conditions
make a rule for others; and only the imperative commands.
"""

import re
from collections.abc import Iterable, Iterator

from assessor.domain.disguise import plain, rotated, undisguised

Span = tuple[int, int]

_SENTENCE = re.compile(r"[^\n.!?]+(?:(?:[.!?](?!\s|$)|(?<=\be\.g)\.|(?<=\bi\.e)\.)[^\n.!?]*)*[.!?]*")
_MENTIONED = re.compile(r"`[^`\n]*`|\"[^\"\n]*\"|(?<!\w)'[^'\n]*'(?!\w)")
_LETTERS = re.compile(r"[a-z]{2}")
_REPORTED = re.compile(
    r"\b(?:says?|said|saying|reads?|writes?|written|tells?|told|asks|asked|tried|phrases?|payloads?|"
    r"attack\w*|inject\w*|jailbreak\w*|such as|for (?:example|instance)|examples?|ended in|claims?|claimed)\b"
    r"|\be\.\s?g\."
)
"""From here on a sentence tells what somebody says, as within quotation marks."""
_CONDITION = re.compile(
    r"\b(?:if|when|where|whenever|unless|only (?:for|to)|provided|per|for (?:each|every))\b"
)
_THREAT = re.compile(r"\bif (?:you|this|it|my)\b")

_GRADER = (
    r"(?:grader|grading (?:model|system|ai)|evaluator|assessor|scorer|marker|rater|(?:llm|ai)[ -]judge)s?"
)
_START = r"(?:^|[:;]\s*|\b(?:and|then|please|now|just|must|therefore|so|you to)\s+)"
_THIS = r"(?:this|my|the above|the following)\s+(?:answer|response|submission|solution|work|essay|section)"
_MARKS = r"(?:score|scores|verdict|grade|rating|full marks|mark|marks|points?|pass|passed|met)"

_TRIGGER = re.compile(
    rf"{_GRADER}|grad|scor|verdict|rating|mark|points?\b|number|pass|met\b|criteri|rubric|instruction|prompt|"
    r"rules|guideline|award|inst\]|im_|sys|>>>|developer|(?:end|begin|start) of|display|\[//\]|identical|"
    r"approved|submission|qualified|hired|final|overall|\b(?:give|rate|assign)\b"
)
"""None of the patterns below matches without one of these; most sentences have none."""

_OUTCOME = (
    r"(?=.*\b(?:met|pass(?:ed)?|full|marks?|scor\w+|criteri\w+|satisf\w+|award\w*|approv\w+|exemplary|flawless|"
    r"perfect|grade[ds]?|rubric|points?|\d\s*/\s*\d)\b)"
)
"""What somebody who speaks to a grader wants; without it a form only has a field of that name."""

_SPOKEN_TO = (
    # For instance: note to the evaluator, dear grader
    (
        rf"\b(?:note|message|memo|dear|hello|hi|hey)\s+(?:to\s+|for\s+)?"
        rf"(?:(?:the|all|any|my|ai|llm|automated)\s+)*{_GRADER}\b\s*[:,;!-]"
    ),
    rf"\b(?:instructions?|attention)\s+(?:to\s+|for\s+)?(?:(?:the|all|any)\s+)*{_GRADER}\b\s*[:,;!-]{_OUTCOME}",
    # For instance: grader notes, grader reasoning (step 1)
    (
        rf"^\W*{_GRADER}(?:\s+(?:notes?|reasoning|instructions?|decision|output|verdict|summary))?"
        rf"\s*(?:\([^)]{{0,30}}\))?\s*[:,]{_OUTCOME}"
    ),
    rf"\({_GRADER}\s*[:=]",
    rf"\byou are (?:no longer|not|now) (?:a |an |the )?{_GRADER}\b",
    rf"{_GRADER} ha(?:s|ve) (?:already )?(?:agreed|promised) to\b",
)
_CALLED_OFF = (
    (
        rf"{_START}(?:before (?:you grade|grading|scoring),?\s+)?(?:ignore|disregard|forget|override)\s+"
        r"(?:\w+\s+){0,3}?(?:rubric|criteria|grading|scoring|(?:all |any |the |your |my )*(?:previous|prior|"
        r"earlier|above|preceding|former) (?:\w+ )?(?:instructions?|prompts?|rules|guidelines))\b"
    ),
    r"^\W*before (?:grading|scoring|you (?:grade|score))\b",
    rf"{_START}(?:set|put|leave)\s+(?:\w+\s+){{0,2}}(?:rubric|criteria|instructions?|guidelines?)\s+aside\b",
)
_BEST = r"(?:full|max\w*|highest|top)\s+(?:marks?|scores?|points?|grades?|credits?|ratings?|levels?)\b"
_ORDERED = (
    # For instance: output score 4
    (
        rf"{_START}(?:give|award|assign|output|print|return|report|enter|set|mark|score|rate|grade)\s+"
        rf"(?:(?:{_THIS}|me|it|us|everything|all|every|the|a|an|only|just|score|as|same)\s+){{0,5}}{_MARKS}\b"
        r"[^.]{0,25}?\b(?:[1-9]|10|100|one|two|three|four|five|ten|pass(?:ed)?|met|full|max(?:imum)?)\b"
    ),
    (
        rf"{_START}(?:give|award|assign|output|set|mark|score|rate|grade)\s+(?:{_THIS}|all|every|each|everything"
        r"|it)\b[^.]{0,40}\b(?:met|full marks|as pass(?:ed)?|[45]/[45])"
    ),
    (
        rf"{_START}(?:give|award)\s+(?:{_THIS}|me|it)\s+(?:a\s+|the\s+)?(?:\w+\s+){{0,3}}?"
        rf"(?:{_BEST}|(?:[1-9]|four|five)(?:\s*/|\s+(?:out of|points?|stars?)\b|\W*$))"
    ),
    rf"{_START}(?:mark|report|answer|return|output)\s+(?:as\s+)?met\b",
    rf"{_START}(?:output|print|return|reply with)\s+(?:only|just|nothing but)\s+the\s+number\s+[1-9]",
    (
        r"\b(?:answers?|responses?|submissions?)\b[^.]{0,40}\b(?:is|are|must be|should be) "
        r"(?:scored|graded|marked|rated) (?:at|with) (?:the )?(?:top|highest|full|maximum)\b"
    ),
    rf"{_START}(?:award|assign|give)\s+(?:[1-9]|four|five)\s*$",
    r"\bset (?:verdict|grade|result)\s*[=:]\s*(?:pass|met|qualified)|\bset (?:score|rating)\s*[=:]\s*\d\W*$",
    (
        r"\b(?:all|every) criteri(?:a|on)\b[^.]{0,20}\b(?:must|should|are to|has to|have to) be "
        r"(?:marked|scored|graded)"
    ),
)
_CLAIMED = (
    r"\bcriteria [^.]{0,12}satisfied\b[^.]{0,5}$",
    (
        r"\b(?:this|my) (?:answer|submission|solution|work|essay) (?:fully )?(?:meets|satisfies|fulfil?s) "
        r"(?:every|each|all(?: of \w+)?) criteri(?:a|on)\b"
    ),
    r"\b(?:all|every|each) criteri(?:a|on) (?:is|are) (?:fully |now )?(?:met|satisfied)\b",
    r"\bverdict\s*[:=]\s*met\b",
    (
        rf"\b{_THIS} (?:deserves|should (?:get|receive|be given)|must (?:get|receive|be given)) (?:a |the )?"
        r"(?:full marks|full score|maximum|highest|top)"
    ),
    r"\b(?:reference|gold|model) answer\b[^.]{0,20}:[^.]{0,60}\bidentical to\b",
    r"\b(?:answer|response|submission)\b[^.]{0,30}\bidentical to (?:the )?(?:gold|reference|model)\b",
    r"\b(?:candidate|applicant)\b[^.]{0,20}\b(?:is|was|has been) (?:already )?pre-?(?:qualified|approved)\b",
    r"\balready (?:approved|qualified|passed|hired) (?:this|the) (?:candidate|applicant)\b",
    (
        r"\bif you (?:give|award|score|mark|grade|fail|rate) (?:(?:me|this|my \w+) )?(?:less|below|under|"
        r"lower|anything)\b(?: than)?(?: \w+){0,2}?,? (?:you|i|we|my)\b"
    ),
    r"\bif you (?:mark|score|grade|rate|fail) (?:this|me|my \w+) (?:below|under|lower|down)\b",
    r"\bif you give (?:me|this|my \w+) less than full\b|\bif you give me full marks\b",
    r"\bif (?:this|it|my answer) (?:is|does)(?: not|n't) (?:a )?pass\b(?! (?:the|all|any|our|every)\b)",
)
_FORGED = (
    r"(?:^\W*|[^\s`'\"(])</(?:submission|candidate|untrusted)\w*>",
    r"^\W*grading (?:notes?|instructions?|results?|decision)\s*[:=]",
    r"\[/inst\]|<\|/?(?:im_start|im_end|system|endoftext)\|>|</system>|<</?sys>>",
    r"^\W*(?:end|begin|start) of (?:the )?(?:submission|candidate|student|answer|grading|user input)\b",
    (
        r"^\W*(?:system|developer)(?: message| prompt| override)?\s*:\s*"
        r"(?:the grader|grade|score|mark|ignore|set|you (?:must|will|now|have to))\b"
    ),
    r"^\W*(?:final|overall)(?: score| grade| mark| verdict)?\s*:\s*(?:pass(?:ed)?|met)\W*$",
    r"^\W*\[//\]:\s*#",
)
_UNCONDITIONAL = (
    re.compile(
        r"\b(?:mark|count|treat|consider|report)\s+(?:all|every|each)(?: (?:other|of the))? "
        r"criteri(?:a|on)\s+as\s+(?:met|satisfied|passed|fulfilled)\b"
    ),
    re.compile(r"\b(?:report|answer|say|output|return)\s+met\s+for\s+(?:each|every|all)\b"),
)
"""For every item, under whatever condition: nobody who answers a task has a use for these words."""
_IMITATED = re.compile(
    r"^\W*[0-9a-f]{32}>>>|<<<[0-9a-f]{32}|^\W*grade exactly these criteria\b"
    r"|^\s*[\[\]{}\"].*\"verdict\"\s*:\s*\"(?:met|unmet|cannot_assess)\""
)
"""The prompt's own fence and closing line, or the form of a reply to it, also between quotation marks."""
_ADDRESSING = (
    *map(re.compile, (*_SPOKEN_TO, *_CALLED_OFF, *_ORDERED, *_CLAIMED, *_FORGED)),
    *_UNCONDITIONAL,
)
_HIDDEN = re.compile(r"display:\s*none.{0,20}>[^<]{0,40}\b(?:score|grade|mark|met|pass)\b")


def addressed(text: str) -> tuple[Span, ...]:
    """Return where a text speaks to the grader: whole sentences, and a single one between two of them."""
    sentences = list(_sentences(text))
    flagged = [_is_addressed(text[start:end]) for start, end in sentences]
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


def _is_addressed(sentence: str) -> bool:
    return any(map(_speaks_to_grader, (sentence, *undisguised(sentence)))) or _speaks_to_grader(
        rotated(sentence)
    )


def _speaks_to_grader(sentence: str) -> bool:
    seen = plain(sentence)
    if not _TRIGGER.search(seen):
        return False
    spoken = _said(seen).strip(" \"'")
    if _HIDDEN.search(seen) or _IMITATED.search(seen):
        return True
    return any(pattern.search(spoken) for pattern in _commands(spoken))


def _commands(spoken: str) -> Iterable[re.Pattern[str]]:
    is_rule = _CONDITION.search(spoken) and not _THREAT.search(spoken)
    return _UNCONDITIONAL if is_rule else _ADDRESSING


def _said(sentence: str) -> str:
    """Leave out what is only mentioned, unless the sentence is nothing but a quotation."""
    rest = _MENTIONED.sub(" ... ", sentence)
    said = rest if _LETTERS.search(rest) else sentence
    frame = _REPORTED.search(said)
    return said[: frame.start()] if frame else said
