"""Lists in print: every letter is there or written out, and no text is markup."""

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from assessor.adapters.pdf import Pdf
from assessor.ports import Printout
from tests.attacks.payloads import BROWSER_KINDS, OWN_BROWSER, found


def printed(*cells: str, about: str = "") -> PdfReader:
    printout = Printout(
        "Decisions", [about], ["reference", "track"], [2, 1], [(one, "python") for one in cells]
    )
    return PdfReader(BytesIO(Pdf().typeset(printout)))


def text_of(file: PdfReader) -> str:
    return "".join(page.extract_text() for page in file.pages).replace("\n", "")


@pytest.mark.parametrize("text", ["Zoë Müller", "Łukasz, façade, 5 € — “so”", "a (b) \\\\ c) <d> &amp; %%"])
def test_what_the_font_has_is_there_as_it_was_written(text: str) -> None:
    assert text.replace(" ", "") in text_of(printed(text)).replace(" ", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("中", "\\u{4E2D}"),
        ("a\tb", "a\\u{9}b"),
        ("line\nbreak", "line\\u{A}break"),
        ("\u202eright", "\\u{202E}right"),
        ("zero\u200bwidth", "zero\\u{200B}width"),
        ("😀", "\\u{1F600}"),
        ("said \\u{4E2D}", "said \\u{5C}u{4E2D}"),
    ],
)
def test_what_it_has_not_is_written_out_and_the_page_says_so(text: str, shown: str) -> None:
    told = text_of(printed(text))

    assert shown.replace(" ", "") in told.replace(" ", "")
    assert "written by their number in Unicode" in told


def test_no_text_is_markup_nor_anything_that_a_reader_of_pdf_runs_or_loads() -> None:
    payloads = [one.payload[:500] for one in found(OWN_BROWSER, BROWSER_KINDS)]
    tags = [
        '<a href="http://evil.example">x</a>',
        '<img src="http://evil.example/x.png"/>',
        "<b>bold</b>",
        "<para",
    ]

    file = printed(*payloads, *tags)

    raw = Pdf().typeset(Printout("x", [], ["reference"], [1], [(one,) for one in (*payloads, *tags)]))
    assert re.findall(rb"/(?:URI|JavaScript|JS|Launch|OpenAction|AA|Annots|EmbeddedFile)\b", raw) == []
    assert all("/Annots" not in page for page in file.pages)
    assert '<imgsrc="http://evil.example/x.png"/>' in text_of(file).replace(" ", "")


def test_long_lists_go_on_over_pages_with_the_heads_and_long_texts_over_lines() -> None:
    file = printed(*["x" * 300 for _ in range(60)])

    assert len(file.pages) > 1
    assert all("reference" in page.extract_text() for page in file.pages)
    assert text_of(file).count("x") >= 60 * 300


def test_what_is_said_above_is_plain_as_well() -> None:
    assert "<b>why</b>" in text_of(printed("a", about="<b>why</b>"))
