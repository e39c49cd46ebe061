"""`make screenshots`: pictures of every view, in light, dark and on a telephone, with a page of them all.

python -m tests.e2e.gallery [FOLDER] [--only WORDS]
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.gallery.views import VIEWS, View
from tests.e2e.gallery.visiting import Gallery, Look, gallery

LOOKS: Final = {
    "light": Look("light", 1280),
    "dark": Look("dark", 1280),
    "phone": Look("light", 390),
}
HIGHEST: Final = 8000
"""Pixels of a picture; what lies below is left out."""
STYLE: Final = (
    "body{font:16px system-ui;margin:2rem}section{display:flex;gap:1rem;align-items:start}"
    "figure{margin:0 0 2rem}img{max-width:100%;border:1px solid #999;max-height:40rem}"
)


def main() -> None:
    """Take the pictures, and say where they are."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.gallery", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("var/screenshots"))
    parser.add_argument("--only", default="", help="views with these words in their name")
    given = parser.parse_args()
    chromium = os.environ.get("ASSESSOR_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        parser.error("no Chromium: set ASSESSOR_CHROMIUM, or install the system's `chromium`")
    views = [view for view in VIEWS if given.only in f"{view.group}, {view.name}"]
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, gallery(Path(data)) as shown, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        missing = [view.name for view in views if not _is_taken(shown, browser, view, given.folder)]
        browser.close()
    (given.folder / "index.html").write_text(_sheet(views))
    print(f"{len(views)} views: {given.folder / 'index.html'}")
    if missing:
        sys.exit(f"Not in the state that their names say: {'; '.join(missing)}.")


def _is_taken(shown: Gallery, browser: Browser, view: View, folder: Path) -> bool:
    """Take the pictures of a view. False where it could not be brought into its state."""
    try:
        for name, look in LOOKS.items():
            with shown.visit(browser, view, **look.options) as (page, _):
                # As high as the page: a bar that sticks to a window's edge would lie across a whole page.
                height = min(page.evaluate("document.documentElement.scrollHeight"), HIGHEST)
                page.set_viewport_size({"width": look.width, "height": height})
                page.screenshot(path=folder / _file(view, name))
    except (PlaywrightError, AssertionError) as reason:
        print(f"{view.group}, {view.name}: {reason}", file=sys.stderr)
        return False
    return True


def _file(view: View, look: str) -> str:
    return f"{re.sub(r'[^a-z0-9]+', '-', f'{view.group} {view.name}'.lower())}.{look}.png"


def _sheet(views: list[View]) -> str:
    rows = "".join(
        f"<h2>{escape(view.group)}: {escape(view.name)}</h2><section>"
        + "".join(
            f'<figure><a href="{_file(view, look)}"><img src="{_file(view, look)}" loading="lazy" '
            f'alt="{escape(view.name)}, {look}"></a><figcaption>{look}</figcaption></figure>'
            for look in LOOKS
        )
        + "</section>"
        for view in views
    )
    head = f'<meta charset="utf-8"><title>Every page</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en">{head}<h1>Every page</h1>{rows}</html>\n'


if __name__ == "__main__":
    main()
