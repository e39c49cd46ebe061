"""Whether words are in a language, by its small words."""

import re
from collections.abc import Mapping
from types import MappingProxyType

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CODE = re.compile(r"^ {0,3}```.*?(?:^ {0,3}```|\Z)|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f'’]+")

LEAST_SHARE = 0.2
"""Of small words among all. English questions have about a half; German ones have next to none of these."""

SMALL_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(
            """
            a about after all an and another any are as at be been before but by can could did do does else
            for from had has have how if instead into is it its like many more most much not of on one or
            other out over said say should so some such than that the their them then there these they
            think this those to up used want was way were what when where which while who why will with
            would you your
            """.split()  # noqa: SIM905 -- a list of a hundred quoted words hides them
        ),
        "de": frozenset(
            """
            aber alle allem allen aller alles als also am an andere anderen auch auf aus bei bevor beim bis
            da dabei dafür daher damit dann daran darauf daraus darin darüber das dass davon davor dazu dem
            den denen denn der deren des dessen die dies diese diesem diesen dieser dieses doch dort durch
            ein eine einem einen einer eines einmal er erst es etwa etwas falls für ganz genau gern gibt haben
            hatte hatten hier ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist ja jede jedem jeden jeder
            jedes jemand jetzt kann kein keine keinen können könnte könnten man mehr mit müssen nach nicht
            nichts noch nun nur ob oder ohne schon sehr sein seine selbst sich sie sind so sobald sollte
            sollten sonst statt um und uns unter vom von vor wann war waren warum was wäre weil welche welchem
            welchen welcher welches wem wen wenn wer werden wie wieder wieso wird wo wobei wodurch wofür woher
            wohin womit woran worauf woraus worin worüber wovon wozu wurde wurden würde würden zu zum zur
            zwischen über
            """.split()  # noqa: SIM905 -- as above
        ),
    }
)
"""By language."""


def base(language: str) -> str:
    """Return the language of a tag such as `de-AT`: where it is spoken makes no difference here."""
    return language.partition("-")[0]


def is_in(language: str, sentence: str) -> bool:
    """Whether a sentence seems to be in a language. Nothing to go by counts as yes."""
    small = SMALL_WORDS[base(language)]
    words = [word.casefold() for word in _WORD.findall(sentence)]
    if not words:
        return True
    if not all(map(_LATIN.fullmatch, words)):
        return False
    return sum(word in small for word in words) >= max(1, LEAST_SHARE * len(words))


def is_written_in(language: str, text: str) -> bool:
    """Whether a longer text is in a language: it has enough of its small words, and most of those known.

    Code in the text is left out. Telling languages apart by their most frequent words is as old as
    Ingle 1976; on whole paragraphs it hardly errs, which is why a demand may stand on it.
    """
    words = [word.casefold() for word in _WORD.findall(_CODE.sub(" ", text))]
    if not words:
        return False
    counts = {known: sum(word in small for word in words) for known, small in SMALL_WORDS.items()}
    most = counts[base(language)]
    return most >= LEAST_SHARE * len(words) and all(
        most > count for known, count in counts.items() if known != base(language)
    )
