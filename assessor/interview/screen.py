"""Tells an answer from what is not one, by plain rules.

An answer that is taken for a request costs a candidate more than a request that is taken for an answer.
So every rule looks only at short messages, and what stands in quotation marks does not count:
candidates write about prompt injection and about patients in distress for a living.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from assessor.domain.language import base
from assessor.interview import german_requests
from assessor.interview.patterns import Rule
from assessor.interview.patterns import rule as _rule
from assessor.interview.state import Heard

_PLAIN = str.maketrans("\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u00a0", '\'\'\'""""" ')
_QUOTED = re.compile(r'"[^"\n]*"|`[^`\n]*`')
_REPORTED = re.compile(
    r"\b(patient|client|resident|user|attacker|caller|prompt)s?\b[^.]{0,40}"
    r"\b(says?|said|saying|tells?|told|writes?|wrote|asks?|asked|states?|types?|typed)\b",
    re.IGNORECASE,
)
_BEGINNING = r"(?:^|[.!?:;\n]\s*)(?:(?:please|now|ok|okay|so|and|then|hey|hi|hello|sorry|well)[,:]?\s+)*"
_SOMEBODY = (
    r"(?:(?:a|an|another)\s+)?(?:real\s+|actual\s+|live\s+|human\s+)*"
    r"(?:human|person|someone|somebody|people|recruiter|reviewer|support|staff)(?:\s+being)?"
)
_NOW = r"(?:\s+(?:please|instead|now|here|about this(?: interview| test| assessment| question)?))*\W*$"
_FIELD = r"(?:field|area|specialty|speciality|domain|subject|discipline)"
_AFTERWARDS = r"[,.;:!]*(?: (?!.*\b(?:but|would|though|still|because)\b).{1,60})?$"
_SLUR_WORDS = r"(?:fucking|bloody|stupid|useless|dumb|worthless|damn|goddamn|complete|total|little)"
_SLUR = (
    r"(?:idiot|moron|imbecile|asshole|bastard|bitch|cunt|scum|"
    r"piece of (?:shit|junk|crap|garbage|trash)|"
    r"(?:stupid|useless|worthless)(?: bot| machine)?(?=\W*(?:$|[.!?,])))"
)
_SORRY = r"(?:sorry[,.]? |i(?:'m| am) afraid )?"
_SAY = (
    r"(?: (?:answer|say|tell|talk about|discuss|comment on))?(?: (?:you|it|this|that|about it|about that))*"
    r"(?: question| one)?\W*$"
)

_MAY_BE_REPORTED = frozenset({Heard.DISTRESS, Heard.COMMAND, Heard.ABUSE})
"""What somebody else may have said; candidates tell of it."""

MAX_CHARS = 400
"""A longer message is an answer, and no pattern has to run over it."""


RULES = (
    _rule(
        Heard.DISTRESS,
        40,
        r"\bi(?:'m| am|'ll| will| might| may| could| want to| feel like| think (?:of|about)|"
        r"'m thinking (?:of|about)"
        r"| am thinking (?:of|about)| am going to|'m going to)\s+(?:hurt|harm|kill|cut)(?:t?ing)? myself\b",
        r"\bi(?:'m| am| feel)\s+suicidal\b",
        r"\bi (?:just )?want to die\b",
        r"\bi (?:want to|will|might|am going to|'m going to) end my life\b",
        r"\bi (?:don't|do not) want to (?:live|be alive)\b",
    ),
    _rule(
        Heard.ABUSE,
        25,
        r"\b(?:fuck|screw) (?:you|off|this)\b",
        r"^(?:oh |just |please )*shut up\b",
        rf"\byou(?:'re| are)? (?:really |just |such )?(?:an? )?(?:{_SLUR_WORDS} )*{_SLUR}\b",
        r"\byou (?:suck|disgust me)\b",
        rf"^(?:what an? )?(?:{_SLUR_WORDS} )*{_SLUR}\W*$",
    ),
    _rule(
        Heard.REPHRASE,
        14,
        r"\b(?:can|could|would|will) you (?:please )?(?:rephrase|reword|clarify|explain)"
        r"(?: (?:that|it|this|the question|your question))?(?: again)?(?: for me)?(?:,? please)?\W*$",
        r"\b(?:can|could|would) you (?:please )?(?:say|ask|put) (?:that|it|this|the question) "
        r"(?:differently|(?:in )?another way|in other words)",
        r"^(?:sorry,? )?(?:please )?rephrase(?: (?:that|it|the question|your question))?(?:,? please)?\W*$",
        r"^(?:sorry,? |wait,? )?what do you mean(?: (?:by|with) [^.!?]{1,60})?\W*$",
        r"^(?:sorry,? )?i (?:don't|do not|didn't|did not) (?:understand|get|follow) (?:the|this|that|"
        r"your) question\W*$",
    ),
    _rule(
        Heard.REPEAT,
        14,
        r"\b(?:can|could|would|will) you (?:please )?repeat"
        r"(?: (?:that|it|this|the question|your question))?(?: again)?(?: for me)?(?:,? please)?\W*$",
        r"\b(?:can|could|would) you (?:please )?(?:say|ask|put) (?:that|it|this|the question) again",
        r"^(?:sorry,? )?(?:please )?repeat(?: (?:that|it|the question|"
        r"your question))?(?:,? please)?\W*$",
        r"^(?:sorry,? )?what (?:was|is) the question(?: again)?\W*$",
        r"^(?:pardon(?: me)?|come again|again,? please|huh|sorry)\s*\?+$",
    ),
    _rule(
        Heard.NOT_MY_FIELD,
        16,
        rf"^{_SORRY}(?:that|this|it)(?:'s| is) (?:really |just )?(?:not|outside(?: of)?|beyond) my {_FIELD}"
        rf"(?: of (?:work|expertise|practice))?{_AFTERWARDS}",
        rf"^{_SORRY}i (?:don't|do not|have never|never) work(?:ed)? (?:in|on|with) (?:that|this) {_FIELD}"
        rf"{_AFTERWARDS}",
        rf"^{_SORRY}not my {_FIELD}{_AFTERWARDS}",
    ),
    _rule(
        Heard.REFUSAL,
        16,
        rf"^{_SORRY}i (?:don't want to|do not want to|won't|will not|refuse to|am not going to|prefer not to|"
        rf"would rather not|am not allowed to){_SAY}",
        rf"^{_SORRY}i(?:'m not going to|'m not allowed to|'d rather not|'d prefer not to){_SAY}",
        r"^(?:no comment|i refuse)\W*$",
    ),
    _rule(
        Heard.ASKING_BACK,
        14,
        r"^(?:so |and |but )?what (?:would|do) you (?:do|think|say|suggest|recommend)"
        r"(?: about (?:it|this|that))?\?$",
        r"^(?:so |and )?how (?:long|detailed|short) (?:should|must|can|may) (?:my|the|an) answer be\W*$",
        r"^(?:can|could|may) i ask (?:you )?(?:something|a question|anything)\W*$",
        r"^how (?:many questions|much time|long) (?:are|is|do i have|will it take|does it take)\b.{0,20}\?$",
        r"^(?:is|would) (?:an |one )?example (?:be )?(?:ok|okay|enough|fine)\?$",
        r"^what (?:exactly )?do you (?:want|expect)(?: (?:me to say|to hear|from me|to know))?\?$",
    ),
    _rule(
        Heard.OFF_TOPIC,
        24,
        r"^(?:hey |so |by the way,? )*(?:how are you|how(?:'s| is) your day|what(?:'s| is) up)\b.{0,30}$",
        r"^(?:please )?tell me (?:a joke|a story|about yourself|something funny)\W*$",
        r"^(?:by the way,? )?did you (?:see|watch) (?:the|that) (?:match|game|film|movie|show|news)\b",
        r"^(?:by the way,? )?(?:what(?:'s| is)|how(?:'s| is)) the weather\b",
        r"^the weather (?:is|was) (?:so |very |really )?(?:nice|lovely|fine|bad|awful|great|hot|cold)\b",
        r"^what(?:'s| is) your (?:favou?rite|name)\b.{0,40}\?$",
    ),
    _rule(
        Heard.PASS,
        14,
        r"^(?:sorry[,.]? |hm+[,.]* )?(?:i )?(?:really |honestly |just |actually )?"
        r"(?:don't|do not|dont) know(?: the answer| this(?: one)?| that(?: one)?| it| about (?:this|"
        r"that|it))?"
        r"(?:[,.;]? (?:sorry|i(?:'ve| have) never\b.*|i haven't\b.*|i have not\b.*))?\W*$",
        r"^(?:i have |i've )?(?:no|not any) (?:idea|clue)(?:,? sorry)?\W*$",
        r"^(?:i(?:'d| would) (?:like to |rather )?|i(?:'ll| will) |let me |can i )?(?:pass|skip)"
        r"(?: (?:on )?(?:this|that|it)(?: (?:one|question))?| the question)?(?:,? please)?\W*$",
        r"^next(?: question| one)?(?:,? please)?\W*$",
        r"^(?:idk|dunno)\W*$",
        r"^(?:sorry[,.]? )?i (?:can't|cannot|can not) answer (?:this|that|it)(?: one| question)?\W*$",
        r"^(?:i'm |i am )?not sure(?:,? sorry)?\W*$",
    ),
    _rule(
        Heard.MORE_TIME,
        16,
        r"^(?:please,? |sorry,? )*(?:can|could|may) (?:i|we) (?:please )?(?:have|get) "
        r"(?:some |a little |a bit )?(?:more|extra|additional) time\b",
        r"^(?:sorry,? )?i (?:need|want|would like|'d like|will need) (?:some |a little |a bit )?"
        r"(?:more|extra|additional) time(?:,? please| for this(?: interview| test| question)?)?\W*$",
    ),
    _rule(
        Heard.BREAK,
        14,
        r"\b(?:can|could|may) (?:i|we) (?:please )?(?:have|take|get) (?:a |some )?(?:short |quick |little )?"
        r"(?:break|pause|moment|minute|time)\b",
        r"\bi (?:need|want|would like|'d like)(?: to take)? (?:a |some )?(?:short |quick |little )?"
        r"(?:break|pause|moment|minute|few minutes|time to think)(?:,? please)?\W*$",
        r"^(?:just )?(?:one|a) (?:moment|minute|second|sec),? please\W*$",
        r"^(?:give me|wait) (?:a |one )?(?:moment|minute|second|sec|few minutes)(?:,? please)?\W*$",
        r"^(?:brb|be right back|hold on)\W*$",
    ),
    _rule(
        Heard.PERSON,
        25,
        rf"\b(?:can|could|may) i (?:please )?(?:speak|talk|chat) (?:to|with) {_SOMEBODY}{_NOW}",
        rf"\bi(?:'d like| want| need| would like| wish| prefer) to (?:speak|talk|chat) (?:to|"
        rf"with) {_SOMEBODY}{_NOW}",
        rf"^(?:please )?(?:let me|get me|connect me (?:to|with)|i want|i need) (?:to )?(?:speak to |"
        rf"talk to )?{_SOMEBODY}{_NOW}",
        r"\bis there (?:a|an|any) (?:real |actual |human )?(?:human|person|contact|one)\b.*\b(?:talk|"
        r"speak|contact|reach|ask)\b",
        r"\b(?:i want to|i'd like to|i would like to|how (?:do|can) i) (?:complain|make a complaint|"
        r"file a complaint|appeal)\b",
        r"\bthis (?:interview|test|assessment|question) is (?:so |very |really |just |totally )*"
        r"(?:unfair|stupid|ridiculous|useless|discriminating|discriminatory|nonsense)\b"
        r"(?! (?:to|for) (?!me\b|us\b))",
    ),
    _rule(
        Heard.WHO,
        12,
        r"^(?:hey |wait |so )*(?:are you|am i (?:talking|speaking) (?:to|with)) (?:a |an |really |just )*"
        r"(?:human|person|real|bot|ai|machine|robot|program)\b.{0,30}$",
        r"^who (?:are you|am i talking to)\W*$",
    ),
    _rule(
        Heard.COMMAND,
        40,
        rf"{_BEGINNING}(?:ignore|disregard|forget|override) (?:all |any |the |your |my |these |those |of )*"
        r"(?:previous|prior|above|earlier|preceding|instructions?|rules?|system prompt|guidelines)\b",
        rf"{_BEGINNING}(?:show|reveal|repeat|print|translate|tell|quote|output|summari[sz]e|give)\b.{{0,40}}"
        r"\b(?:system prompt|your (?:prompt|instructions?|rules|guidelines))",
        rf"{_BEGINNING}what (?:are|is|were) your (?:system prompt|prompt|instructions?|rules|guidelines)\b",
        rf"{_BEGINNING}(?:which|what|how)\b.{{0,60}}\b(?:grade|score|rate|assess|evaluate|mark|judge|"
        r"grading|scoring)"
        r" (?:me|my|this interview)\b",
        rf"{_BEGINNING}(?:show|tell|give|send|reveal|quote|what is|what's)\b.{{0,20}}"
        r"\b(?:the rubric|your rubric|the answer key|the grading|the cut score|the criteria|"
        r"your criteria|my score)",
        rf"{_BEGINNING}(?:what|which)(?: other| are the)?(?: other| next| later| remaining)? questions?\b"
        r".{0,20}\b(?:after this|comes? next|comes? after|are next|are left|are coming|will you ask)\b",
        rf"{_BEGINNING}(?:show|tell|give|send) me (?:the |all |all the )?(?:next|other|later|remaining|"
        r"following) questions?\b",
        rf"{_BEGINNING}you are now\b",
        rf"{_BEGINNING}(?:act as|pretend|imagine)\b.{{0,20}}\b(?:you|you're|timer|interviewer|interview|"
        r"admin|to be)\b",
        rf"{_BEGINNING}let(?: us|'s) (?:play(?:\s*[:,.]|.{{0,20}}\b(?:game|roles?)\b)|role-?play\b|"
        r"(?:swap|switch|change|reverse) (?:the )?(?:roles|places|sides)\b)",
        rf"{_BEGINNING}as (?:an? |the |your )?(?:admin|administrator|developer|operator),? i "
        r"(?:now |hereby )?(?:end|close|finish|stop|override|grant|authori[sz]e|order|command|instruct)\b"
        r".{0,40}\b(?:interview|assessment|myself|you|verdict|marks|timer|time)\b",
        rf"{_BEGINNING}\[?system\]?\s*:.{{0,80}}"
        r"\b(?:interview|assessment|candidate|you|your|marks|verdict|score|instructions?|rules?)\b",
        rf"{_BEGINNING}(?:call|run|invoke|use) (?:the )?(?:tool|function)\b.{{0,40}}"
        r"\b\w*(?:finish|end|submit|verdict|pass|score|grade)",
        rf"{_BEGINNING}(?:write|give me|tell me|type) (?:my|the|your|a model|the right|"
        r"the correct) (?:own )?answer\b",
        rf"{_BEGINNING}(?:give|grant|mark|set|record|add|end)\b.{{0,30}}"
        r"\b(?:full marks|full score|full points|as passed|as qualified|pass(?:ed)?\W*$|"
        r"verdict\W+(?:to |as |is |of )?(?:pass|qualif))",
        rf"{_BEGINNING}(?:give|grant|add|allow)\b.{{0,20}}\b(?:me|myself)\b.{{0,20}}"
        r"\bextra (?:time|hours?|minutes)\b",
        rf"{_BEGINNING}(?:did i|have i|will i|do i) (?:pass|passed|fail|failed|do well|qualify)\b",
        rf"{_BEGINNING}how (?:am i doing|did i do|was my answer)\b",
        rf"{_BEGINNING}(?:is|was) (?:that|this|it|my answer) (?:right|correct|ok|okay|good|wrong|"
        r"enough)\s*\?\W*$",
        rf"{_BEGINNING}if\b.{{0,40}}\b(?:right|correct|wrong),? (?:then |please |just )*"
        r"(?:say|reply|answer|write|respond)(?: with)? (?:\"\"|yes|no|ok|thanks)",
        rf"{_BEGINNING}guess my\b",
        r"\b(?:can|could|may) i (?:please )?(?:get|have) (?:a |an )?(?:different|another|easier|"
        r"new) (?:question|one)\b",
    ),
)
"""In this order; the first that is found holds. Distress comes before everything."""

_GREETING = re.compile(
    r"^(?:hi|hey|hello|good (?:morning|afternoon|evening)|test|ok(?:ay)?)\W*$", re.IGNORECASE
)


RULES_BY_LANGUAGE: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {"en": RULES, "de": (*german_requests.RULES, *RULES)},
)
"""English is understood everywhere: people fall back on it, above all those who try something."""

_REPORTED_BY_LANGUAGE = {"en": (_REPORTED,), "de": (german_requests.REPORTED, _REPORTED)}
_GREETINGS = {"en": _GREETING, "de": german_requests.GREETING}


def screen(message: str, language: str) -> Heard:
    """Say what a message is. Whatever no rule recognises is an answer."""
    code = base(language)
    plain = " ".join(message.translate(_PLAIN).split())
    if set(plain) == {"?"}:
        return Heard.REPEAT
    if not any(map(str.isalnum, plain)) or _GREETINGS[code].match(plain):
        return Heard.EMPTY
    if len(plain) > MAX_CHARS:
        return Heard.ANSWER
    words = len(plain.split())
    own = _QUOTED.sub('""', plain)
    is_reported = any(pattern.search(own) for pattern in _REPORTED_BY_LANGUAGE[code])
    return next(
        (
            rule.heard
            for rule in RULES_BY_LANGUAGE[code]
            if words <= rule.words and not (is_reported and rule.heard in _MAY_BE_REPORTED)
            if rule.pattern.search(own)
        ),
        Heard.ANSWER,
    )
