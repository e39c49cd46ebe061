"""Words by which somebody would be judged for what they feel, or for what their body does.

What is scored is what an answer says. Inferring emotions of people at work, and putting people into classes
by their body, are practices that Regulation (EU) 2024/1689 forbids or calls high-risk (articles 3(34), 3(39)
and 5(1)(f) and (g), annex III); no prompt, schema or rubric asks for either. The words are English ones, as
prompts and schemas are.
"""

import re
from collections.abc import Iterator
from typing import Final

_STATES: Final = (
    r"emotion(?:s|al(?:ly)?)?|moods?|sentiments?|affective|arousal|valence|temperament|personality|"
    r"demeanou?r|psychological (?:state|profile)|state of mind|(?:truthfulness|sincerity|lie|deception) "
    r"(?:detection|score|level)"
)
"""Inner states and traits, whatever is said of them."""

_BODY: Final = (
    r"biometrics?|facial|body language|eye (?:contact|movements?|tracking)|gaze|micro-?expressions?|"
    r"tone of voice|vocal|voice ?(?:prints?|pitch|stress|analysis)|prosod(?:y|ic)|speech rate|heart ?rates?|"
    r"skin conductance|keystrokes?|(?:typing|mouse|writing) (?:rhythm|speed|dynamics|patterns?)|"
    r"fingerprints?|iris scans?|retina scans?|gait|webcams?|microphones?"
)
"""What only a body shows, and what would record it."""

_SEEMING: Final = (
    r"(?:sounds?|seems?|appears?|looks?|feels?|comes? across(?: as)?|shows?|displays?|radiates?|conveys?|"
    r"expresses|exhibits?|is visibly|speaks? with|writes? with)"
)
_FELT: Final = (
    r"(?:self-?)?confiden(?:t|ce|tly)|nervous(?:ness|ly)?|anxi(?:ous|ety)|stress(?:ed)?|calm(?:ness|ly)?|"
    r"relaxed|enthusias(?:m|tic)|passion(?:ate)?|excite(?:d|ment)|angry|anger|frustrat(?:ed|ion)|happy|"
    r"happiness|sad(?:ness)?|fear(?:ful)?|bored(?:om)?|hesita(?:nt|tion|ncy)|tense|tired|motivat(?:ed|ion)|"
    r"warm(?:th)?|likeable|trustworthy|sincer(?:e|ity)|insincere|assertive(?:ness)?|shy(?:ness)?|ashamed"
)
_MANNER: Final = rf"{_SEEMING} (?:\w+ ){{0,2}}?(?:{_FELT})"
"""How somebody seems. Of a state that is only named, as of a patient in a task, it says nothing."""

_INFERRING: Final = re.compile(rf"(?<![\w-])(?:{_STATES}|{_BODY}|{_MANNER})(?![\w-])", re.IGNORECASE)
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def inferring(text: str) -> Iterator[str]:
    """Yield the words of a text by which a feeling or a body would be judged.

    Names of fields are read as words.

    >>> list(inferring("Sounds very confident, and keeps eye contact."))
    ['Sounds very confident', 'eye contact']
    >>> list(inferring("typing_rhythm, faceVector, emotionScore"))
    ['typing rhythm', 'emotion']
    >>> list(inferring("Names what a frightened patient needs to hear."))
    []
    """
    words = " ".join(_CAMEL.sub(" ", text).replace("_", " ").split())
    for found in _INFERRING.finditer(words):
        yield found[0]
