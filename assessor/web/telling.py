"""What code says to candidates, in the language of their page: errors, and names of fields."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from babel.dates import format_date

from assessor.domain.errors import AssessorError, Conflict, Gone, InvalidInput, MovedOn, TooLarge
from assessor.domain.wording import Wording, worded
from assessor.locale import Interface


def told(language: Interface, said: object) -> str:
    """Return a text or an error in a language. What no catalogue knows stays as it is."""
    match said:
        case Wording():
            values = {name: _value(language, value) for name, value in said.values.items()}
            return language.translations.gettext(said.text) % values
        case str():
            return language.translations.gettext(said) if said else ""
        case AssessorError():
            return " ".join(_sentences(partial(told, language), said))
        case _:
            return str(said)


def capitalised(words: str) -> str:
    """Return the words as a sentence begins."""
    return f"{words[:1].upper()}{words[1:]}"


def _sentences(say: Callable[[object], str], error: AssessorError) -> Iterator[str]:
    match error:
        case Conflict():
            yield f"{say(error.problem)}."
            yield say(error.remedy)
        case Gone():
            yield say(
                worded("This %(what)s %(reason)s.", what=worded(error.what), reason=worded(error.reason))
            )
            yield say(error.remedy)
        case TooLarge():
            sizes = {"size": error.size, "limit": error.limit}
            yield say(worded("This text has %(size)s characters; the limit is %(limit)s.", **sizes))
            yield say("Nothing was stored: shorten it and send it again.")
        case MovedOn():
            yield say("You went on with this assessment in another browser.")
            yield say(error.remedy)
        case InvalidInput():
            for problem in error.problems:
                # The field that is meant is the one beside it.
                yield f"{capitalised(say(problem.problem))}."
                yield say(problem.remedy)
        case _:
            yield str(error)


def _value(language: Interface, value: object) -> object:
    match value:
        case Wording():
            return told(language, value)
        case datetime():
            return format_date(value, "long", language.locale)
        case _:
            return value
