"""Data that somebody else wrote, with a few places spoiled: what every reader of such data has to bear."""

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

MOST = 3
"""How many places are spoiled at once."""
LETTERS = st.characters(exclude_categories=["Cs"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(LETTERS, max_size=20)
    | st.sampled_from(["", " ", "\x00", "null", "<b>", "{{ 7 }}", "..", "'", "=1+1", "met", "a" * 5000])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(LETTERS, max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
_PART = tuple[Any, Any]
"""A container, and the key or the place in it."""


@st.composite
def spoiled(draw: st.DrawFn, tree: Any) -> Any:
    """Draw the tree with one to three of its places changed, removed, doubled, renamed or wrapped."""
    changed = [deepcopy(tree)]
    for _ in range(draw(st.integers(1, MOST))):
        if parts := _parts(changed):
            _spoil(draw, *draw(st.sampled_from(parts)))
    return changed[0] if changed else None


def _spoil(draw: st.DrawFn, holder: Any, key: Any) -> None:
    match draw(st.sampled_from(["change", "remove", "double", "rename", "wrap"])):
        case "remove":
            del holder[key]
        case "double" if isinstance(holder, list):
            holder.insert(key, deepcopy(holder[key]))
        case "rename" if isinstance(holder, dict):
            holder[draw(st.text(LETTERS, max_size=8))] = holder.pop(key)
        case "wrap":
            holder[key] = [holder[key]]
        case _:
            holder[key] = draw(VALUES)


def _parts(tree: Any) -> list[_PART]:
    """Return every place in a tree."""
    keys = tree.keys() if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    return [part for key in keys for part in ((tree, key), *_parts(tree[key]))]
