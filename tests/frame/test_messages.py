"""Every text that candidates read is in every catalogue, translated, with its places.

If this fails after you changed a text: run `python -m tools.messages`, translate what it names, run it again.
"""

from babel.messages.catalog import Message

from tools.messages import problems, texts, wrong_in


def test_every_catalogue_is_whole_and_up_to_date() -> None:
    assert len(texts()) > 900
    assert problems() == []


def test_a_translation_that_cannot_be_filled_in_is_found() -> None:
    text = "Saved %(time)s"

    assert [*wrong_in(Message(text, "Guardado a las %(time)s"), 2)] == []
    assert [*wrong_in(Message(text, ""), 2)] == ["is not translated"]
    assert [*wrong_in(Message(text, "Guardado"), 2)] == ["lacks places that the text has: time"]
    assert [*wrong_in(Message("Saved", "Un 5 % más"), 2)] == ["has a lone per cent sign; write %%"]
    assert [*wrong_in(Message(("One day", "%(num)s days"), ("Un día", "%(num)s días")), 2)] == []
    assert [*wrong_in(Message(("One day", "%(num)s days"), ("%(num)s días",)), 2)] == [
        "needs 2 forms for numbers"
    ]
    assert [*wrong_in(Message(text, "Guardado %(hora)s"), 2)] == [
        "has places that the text has not: hora",
        "lacks places that the text has: time",
    ]


def test_a_translation_that_was_guessed_from_a_similar_text_is_not_taken() -> None:
    guessed = Message("Save", "Guardado", flags=["fuzzy"])

    assert [*wrong_in(guessed, 2)] == ["is marked as fuzzy"]
