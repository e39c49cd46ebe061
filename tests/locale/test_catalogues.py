"""Which language somebody gets, and what the pseudo-locales do to a text."""

import pytest

from assessor.locale import interface, offered, wanted


@pytest.mark.parametrize(
    ("chosen", "accepted", "tag"),
    [
        ("", "", "en"),
        ("", "es", "es"),
        ("", "es-MX,es;q=0.9,en;q=0.8", "es"),
        ("", "de-DE,de;q=0.9,en;q=0.5,es;q=0.7", "es"),
        ("", "en-GB,es;q=0.9", "en"),
        ("", "ES-419", "es"),
        ("", "es;q=0, en;q=0.1", "en"),
        ("", "es;q=none, *", "en"),
        ("", "ar-XB, en-XA", "en"),
        ("en", "es", "en"),
        ("es", "en", "es"),
        ("en-XA", "es", "en-XA"),
        ("../../etc", "es", "es"),
        ("", "x" * 100_000, "en"),
    ],
)
def test_a_choice_goes_before_what_the_browser_asks_for(chosen: str, accepted: str, tag: str) -> None:
    assert wanted(chosen, accepted).tag == tag


def test_who_asks_for_a_language_that_there_is_not_gets_none() -> None:
    with pytest.raises(KeyError):
        interface("xx")


def test_a_language_is_offered_by_its_own_name_and_says_whether_a_person_has_reviewed_it() -> None:
    assert [interface(tag).name for tag in offered()] == ["English", "Español"]
    assert [interface(tag).is_reviewed for tag in offered()] == [True, False]
    assert interface("es").name_of("en") == "inglés"


@pytest.mark.parametrize(("tag", "direction"), [("en-XA", "ltr"), ("ar-XB", "rtl")])
def test_a_pseudo_locale_makes_texts_longer_and_keeps_their_places(tag: str, direction: str) -> None:
    text = "%(n)s minutes are left, which is 25%% of all."

    changed = interface(tag).translations.gettext(text)

    assert interface(tag).direction == direction
    assert "minutes" not in changed
    assert changed.startswith("[")
    assert changed.endswith("]")
    assert len(changed) >= 1.35 * len(text)
    assert "7 " in changed % {"n": 7}
    assert "25% " in changed % {"n": 7}
