"""Banks on paper: with keys for authors, and without any for everybody else."""

import asyncio
import re
from typing import Any

import pytest

from assessor.adapters.content import shipped_content
from assessor.adapters.content.panel_sheet import material
from assessor.domain.item import Category, InterviewItem
from assessor.domain.library import Library
from assessor.web.printed import printed


@pytest.fixture(scope="module")
def library() -> Library:
    return asyncio.run(shipped_content().library())


def bank_page(library: Library, *, with_keys: bool, shown: dict[str, Any] | None = None) -> str:
    items = list(library.items["python"].values())
    page = printed(
        "bank",
        with_keys=with_keys,
        track=library.track("python"),
        by_category={one.value: [item for item in items if item.category is one] for one in Category},
        shown=shown or {item.id: item.presented() for item in items},
        rubrics=library.rubrics,
    )
    return " ".join(re.sub(r"<[^>]+>|&#\d+;", " ", page).split())


def beginnings(library: Library) -> list[str]:
    """How each rationale begins, up to the first sign that a page writes otherwise."""
    items = (item for item in library.items["python"].values() if not isinstance(item, InterviewItem))
    return [re.split(r"[^\w ,.]", item.key.rationale)[0][:40].rstrip() for item in items]


def test_a_printed_bank_has_every_rationale_and_the_anchors(library: Library) -> None:
    page = bank_page(library, with_keys=True)

    assert all(beginning in page for beginning in beginnings(library))
    assert page.count("An answer at level 4") == sum(
        item.rubric is not None for item in library.items["python"].values()
    )


def test_a_bank_without_keys_has_none_of_them(library: Library) -> None:
    page = bank_page(library, with_keys=False)

    assert not any(beginning in page for beginning in beginnings(library) if len(beginning) > 15)
    assert "An answer at level" not in page
    assert not re.search(r"\bdifficulty \d", page)


def test_what_a_panel_reads_has_the_hidden_responses_and_no_rank(library: Library) -> None:
    items = library.items["python"].values()

    page = bank_page(library, with_keys=False, shown={one.id: material(one) for one in items})

    assert "Response F" in page
    assert not re.search(r"\brank \d", page)
    assert not any(beginning in page for beginning in beginnings(library) if len(beginning) > 15)
