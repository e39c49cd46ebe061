"""Every page in every state can be used by everybody: pairwise here, the whole matrix marked `deep`."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

import pytest
from playwright.sync_api import Browser

from tests.e2e.gallery.views import VIEWS, View
from tests.e2e.gallery.visiting import Gallery, Look, gallery
from tests.e2e.looks import axe_results, sideways, small_print, undecided, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOOKS: Final = [Look(scheme, width) for width in (320, 768, 1280) for scheme in ("light", "dark")]
LONGEST: Final = "API reference"
"""Takes axe-core as long as all others together; test_reference.py looks at it."""
GROUPS: Final = {
    name: [view for view in views if view.name != LONGEST]
    for name, views in groupby(VIEWS, lambda view: view.group)
}
UNDECIDED: Final = {
    "color-contrast: bgOverlap": "The bar that sticks to the window's edge lies over it.",
    "color-contrast: elmPartiallyObscured": "The bar that sticks to the window's edge lies over it.",
    "color-contrast: elmPartiallyObscuring": "The bar that sticks to the window's edge lies over it.",
    "color-contrast: nonBmp": "Arrows and ticks are symbols; the contrast of their colours has a test.",
    "color-contrast: shortTextContent": "Numbers of a gauge, in the colour of text on that of the page.",
    "color-contrast: imgNode": "Words of a gauge, in the colour of text on that of the page.",
}
"""What axe-core cannot decide by itself, and why nobody needs to."""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    with gallery(tmp_path_factory.mktemp("gallery")) as shown:
        yield shown


def found(shown: Gallery, browser: Browser, view: View, look: Look) -> list[str]:
    """Return what is wrong with a view in a look."""
    with shown.visit(browser, view, **look.options) as (page, complaints):
        wrong = complaints + sideways(page) + small_print(page)
        if view.has_scripts:
            results = axe_results(page)
            unknown = undecided(results) - UNDECIDED.keys()
            wrong += violations(page, results) + [f"axe-core cannot decide {one}" for one in unknown]
    return [f"{view.group}, {view.name}, {look}: {one}" for one in wrong]


def pairs(views: list[View]) -> list[tuple[View, Look]]:
    """Give each view one look in turn, and go on until the group was seen in every look."""
    count = max(len(views), len(LOOKS))
    return [(views[at % len(views)], LOOKS[at % len(LOOKS)]) for at in range(count)]


@pytest.mark.parametrize("group", GROUPS)
def test_every_view_is_accessible_and_fits_in_one_of_the_looks(
    shown: Gallery, browser: Browser, group: str
) -> None:
    assert [one for view, look in pairs(GROUPS[group]) for one in found(shown, browser, view, look)] == []


@pytest.mark.deep
@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("group", GROUPS)
def test_every_view_is_accessible_and_fits_in_every_look(
    shown: Gallery, browser: Browser, group: str, look: Look
) -> None:
    assert [one for view in GROUPS[group] for one in found(shown, browser, view, look)] == []


@pytest.mark.parametrize(
    "name",
    ["hub", "interview", "evaluation", "result, qualified", "queue", "case", "appeal to answer", "people"],
)
def test_a_chief_page_holds_with_large_text_forced_colours_and_no_motion(
    shown: Gallery, browser: Browser, name: str
) -> None:
    view = next(view for view in VIEWS if view.name == name)
    options = {**Look("dark", 1280).options, "forced_colors": "active", "reduced_motion": "reduce"}

    with shown.visit(browser, view, **options) as (page, complaints):
        page.evaluate("document.documentElement.style.fontSize = '212.5%'")  # of what 106.25% is the default
        wide, moving = sideways(page), page.evaluate("document.getAnimations().length")

    assert (wide, moving, complaints) == ([], 0, [])
