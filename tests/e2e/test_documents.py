"""Documents about banks, opened as files in a real browser."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests import forked
from tests.e2e.looks import axe_findings, sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COMMANDS = {
    "report": ("library", "report", "python", "--draws", "20"),
    "bank": ("library", "print", "python"),
    "form": ("library", "form", "python"),
    "panel": ("panel", "reading", "python"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_document_is_accessible_loads_nothing_and_fits_a_telephone(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    file = tmp_path / f"{name}.html"
    made = forked.run(*COMMANDS[name], "--out", str(file), environment=os.environ)
    assert made.returncode == 0, made.stderr
    findings, asked = list[str](), []
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))

        page.goto(file.as_uri())
        findings += axe_findings(page)
        page.set_viewport_size({"width": 320, "height": 700})
        findings += sideways(page)
        context.close()

    assert findings == []
    assert set(asked) == {file.as_uri()}
