"""What is sampled of a candidate's words: every kind of them, and each in every way it may be written."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from assessor.services.own_words import forms_of, spread


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.lists(st.text(), min_size=1, unique=True)),
    st.integers(min_value=0, max_value=12),
)
def test_no_kind_is_left_out_for_another_that_has_more(passages: dict[str, list[str]], most: int) -> None:
    found = spread(passages, most)

    counts = {kind: sum(one.kind == kind for one in found) for kind in passages}
    assert len(found) == min(most, sum(map(len, passages.values())))
    assert len({(one.kind, one.text) for one in found}) == len(found)
    for kind, texts in passages.items():
        assert counts[kind] == len(texts) or counts[kind] >= max(counts.values(), default=0) - 1


@given(st.text(min_size=16), st.binary(max_size=5))
def test_a_text_is_found_however_it_was_encoded(text: str, before: bytes) -> None:
    plain = text.encode()

    forms = forms_of(text)

    assert plain.hex().encode() in forms
    assert any(form in base64.b64encode(before + plain + b"...") for form in forms if form)
