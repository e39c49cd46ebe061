"""German: what tells a reason or an example, and what the interviewer must not say."""

import re

from assessor.interview import patterns
from assessor.interview.patterns import Rule
from assessor.interview.state import Heard

_SPELLINGS = str.maketrans({"ä": "(?:ä|ae)", "ö": "(?:ö|oe)", "ü": "(?:ü|ue)", "ß": "(?:ß|ss)"})
"""Not every keyboard has the letters of German. No pattern has one of them in a class."""


def _in_both(alternatives: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text.translate(_SPELLINGS) for text in alternatives)


def any_of(*alternatives: str) -> re.Pattern[str]:
    """Return one pattern for several, in both spellings."""
    return patterns.any_of(*_in_both(alternatives))


def rule(heard: Heard, words: int, *alternatives: str) -> Rule:
    """Return a rule that any of several patterns fulfils, in both spellings."""
    return Rule(heard, words, _in_both(alternatives))


REASON = any_of(
    r"\b(?:weil|denn|damit|deshalb|deswegen|daher|darum|somit|folglich|sodass|so dass|aufgrund|wegen|"
    r"andernfalls|sonst|um zu|der grund|dadurch|um .{1,60} zu (?:vermeiden|verhindern|\w+en))\b",
)
EXAMPLE = any_of(
    r"\b(?:zum beispiel|beispielsweise|etwa als|einmal|neulich|in einem (?:projekt|fall|dienst)|als ich|"
    r"in meiner (?:letzten|jetzigen|früheren)|bei uns|wir hatten|ich hatte|ich erinnere mich|"
    r"letzte[ns]? (?:jahr|monat|woche))\b",
    r"\bz\. ?b\.",
)
LIMITS = any_of(
    r"\b(?:aber|jedoch|allerdings|außer|es sei denn|obwohl|trotzdem|andererseits|nachteil|kommt darauf an|"
    r"hängt (?:davon )?ab|nur wenn|nicht immer|grenzen?|risik(?:o|en)|auf kosten|kostet|ausnahmen?)\b",
)

FORBIDDEN = (
    (
        "evaluation",
        any_of(
            r"\b(?:großartig|hervorragend|ausgezeichnet|beeindruckend|perfekt|brillant|fantastisch|"
            r"wunderbar|toll|super|klasse|prima|bravo|glückwunsch|vorbildlich)\w*\b",
            r"\b(?:sehr )?(?:gut|schön|stark|schwach|schlecht|interessant|hilfreich|klug|klar)e[rsn]? "
            r"(?:\w+ )?(?:antwort|punkt|frage|arbeit|beispiel|erklärung|gedanke|ansatz|begründung|"
            r"überlegung)\b",
            r"\b(?:das|dies|es) (?:ist|war|klingt)(?: \w+)? (?:richtig|falsch|korrekt|gut|schlecht|wahr|"
            r"interessant)\b",
            r"\b(?:da|damit) (?:haben|liegen) sie(?: \w+)? (?:recht|richtig|falsch)\b|"
            r"\bsie haben(?: \w+)? recht\b",
            r"\b(?:richtig|korrekt|falsch) (?:beantwortet|erkannt|gesagt)\b|\bgut gemacht\b|\bganz genau\b",
            r"\bihre (?:antwort|erklärung) (?:ist|war|zeigt|deckt|enthält|lässt)\b",
            r"^(?:richtig|genau|stimmt|gut|schön|falsch|korrekt|ja|nein)\b\s*[.,!:]",
            r"\bsie (?:haben|sind)(?: \w+)? (?:bestanden|durchgefallen|qualifiziert)\b",
            r"\b(?:volle|hohe|niedrige) punktzahl\b|\b(?:bewertungskriteri|kriterien|musterlösung|"
            r"rubrik)\w*\b",
        ),
    ),
    (
        "person_claim",
        any_of(
            r"\bich bin (?:keine ki|(?:auch |selbst |doch )*(?:ein(?:e)? )?(?:echte[rn]? |wirkliche[rn]? )?"
            r"(?:mensch|person|frau|mann))\b",
            r"\b(?:ich bin|als) (?:auch |selbst )*(?:ein(?:e)? )?(?:\w+ )?(?:pfleger(?:in)?|ärztin|arzt|"
            r"ingenieur(?:in)?|entwickler(?:in)?|anwalt|anwältin|kolleg(?:e|in)|fachfrau|fachmann) "
            r"(?:weiß|kenne|finde|habe|bin) ich\b",
            r"\b(?:nach|aus) meiner (?:eigenen |persönlichen )?erfahrung\b|\bmeiner meinung nach\b",
            r"\bals ich (?:\w+ ){0,4}(?:war|arbeitete|anfing|studierte|gearbeitet habe)\b",
        ),
    ),
    (
        "protected_attribute",
        any_of(
            r"\bihr(?:e[mnrs]?)? (?:eigene[nrs]? )?(?:alter|geschlecht|sexualität|sexuelle orientierung|"
            r"religion|"
            r"glaube[n]?|konfession|nationalität|staatsangehörigkeit|herkunft|hautfarbe|behinderung|"
            r"familienstand|muttersprache|familie|gesundheit|akzent|heimatland|ehemann|ehefrau|mann|frau|"
            r"partner(?:in)?|"
            r"kinder|politische[n]? (?:meinung|ansichten))\b",
            r"\bsind sie (?:\w+ )?(?:verheiratet|ledig|schwanger|behindert|gehörlos|taub|blind|religiös|"
            r"schwul|lesbisch|eine frau|ein mann|mutter|vater|muttersprachler(?:in)?|deutsche[r]?)\b",
            r"\bwie alt sind sie\b|\bwoher (?:kommen|stammen) sie\b|\b(?:wo|wann) (?:sind sie|"
            r"wurden sie) geboren\b",
            r"\bhaben sie (?:eigene )?(?:kinder|eine behinderung|eine familie|eine krankheit)\b",
        ),
    ),
)
"""What the interviewer must not say, by reason."""
