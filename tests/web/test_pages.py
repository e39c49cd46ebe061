"""Text on pages: nothing in it runs or loads, it can be quoted, seen, and carried over a slow line."""

import gzip
import html
import re
from datetime import UTC, datetime, timedelta, timezone
from itertools import product
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.notice import CURRENT
from assessor.services.order import Order
from assessor.web.assets import STATIC
from assessor.web.markdown import coded, markdown, verbatim
from assessor.web.pages import HERE, clock, environment, listed, minutes, sentence
from tests.web.site import Site

# --- markdown -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![pixel](https://elsewhere.example/p.png)",
        "[go](javascript:alert(1))",
        "[go](data:text/html;base64,PHNjcmlwdD4=)",
        "<https://elsewhere.example/<script>>",
        "[x]: https://elsewhere.example\n![x]",
        '<a href="https://elsewhere.example" onclick="alert(1)">go</a>',
        "# <iframe src='https://elsewhere.example'></iframe>",
    ],
)
def test_nothing_in_a_text_runs_or_loads(text: str) -> None:
    shown = str(markdown(text))

    tags = re.findall(r"<(\w+)([^>]*)>", shown)
    assert {tag for tag, _ in tags} <= {"p", "a", "h3", "h4", "h5", "h6"}
    assert not re.search(r"\b(on\w+|src|style)=", " ".join(attributes for _, attributes in tags))
    assert "javascript:" not in " ".join(re.findall(r'href="([^"]*)"', shown))


def test_a_link_tells_the_other_side_nothing() -> None:
    assert markdown("[docs](https://docs.python.org)") == (
        '<p><a href="https://docs.python.org" rel="noopener nofollow">docs</a></p>\n'
    )


def test_code_and_lists_are_shown_as_such() -> None:
    shown = str(markdown("Use `x`:\n\n```python\nif a < b:\n    pass\n```\n\n- one\n- two"))

    assert "<code>x</code>" in shown
    assert "<pre><code>if a &lt; b:\n    pass\n</code></pre>" in shown
    assert shown.count("<li>") == 2


def test_the_end_of_a_line_is_one_but_not_in_a_wrapped_text() -> None:
    letter = "Kind regards,\nKlara"

    assert "Kind regards,<br>\nKlara" in markdown(letter)
    assert "Kind regards,\nKlara" in markdown(letter, wrapped=True)


fenced = st.sampled_from(
    ["```\n", "```python\n", "x = 1 < 2\n", "\n", "   ```\n", "a & b ", "`", "**", "*", "“quote”", "\r\n"]
)


@given(st.lists(fenced, max_size=14).map("".join) | st.text())
def test_a_text_shown_verbatim_can_be_quoted_character_for_character(text: str) -> None:
    shown = re.sub(r"</?(code|em|span|strong)[^>]*>", "", str(verbatim(text)))

    assert html.unescape(shown) == html.unescape(html.escape(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See:\n```\na < b\n```\nDone", 'See:\n<code class="block">⟦```\n⟧a &lt; b\n⟦```\n⟧</code>Done'),
        ("Use `x < 1`.", "Use <code>⟦`⟧x &lt; 1⟦`⟧</code>."),
        ("**Result:** 15", "<strong>⟦**⟧Result:⟦**⟧</strong> 15"),
        ("**Call `f` now**", "<strong>⟦**⟧Call <code>⟦`⟧f⟦`⟧</code> now⟦**⟧</strong>"),
        ("the plural *-ler*", "the plural <em>⟦*⟧-ler⟦*⟧</em>"),
        ("2 * 3 * 4, a*b*c and `2**3**4`", "2 * 3 * 4, a*b*c and <code>⟦`⟧2**3**4⟦`⟧</code>"),
    ],
)
def test_code_and_stressed_words_are_set_with_their_signs(text: str, shown: str) -> None:
    signs = shown.replace("⟦", '<span class="fence">').replace("⟧", "</span>")

    assert verbatim(text) == signs


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Use `x < 1`, not __y__", "Use <code>x &lt; 1</code>, not __y__"),
        ("``a ` b`` and `c`", "<code>a ` b</code> and <code>c</code>"),
        ("a lone ` stays", "a lone ` stays"),
        ("See:\n```python\na < `b`\n```\nDone", 'See:\n<code class="block">a &lt; `b`\n</code>Done'),
        ("begins within\n```\nDone", 'begins within\n<code class="block">Done</code>'),
        ("ends within\n```python\nx = 1", 'ends within\n<code class="block">x = 1</code>'),
        ("ends with a fence\n```", "ends with a fence\n"),
        ("<script>`<b>`</script>", "&lt;script&gt;<code>&lt;b&gt;</code>&lt;/script&gt;"),
    ],
)
def test_what_stands_in_backticks_is_shown_as_code_and_nothing_else_is_touched(text: str, shown: str) -> None:
    assert coded(text) == shown


@given(st.lists(fenced, max_size=14).map("".join) | st.text())
def test_code_in_a_text_brings_no_other_tag(text: str) -> None:
    assert set(re.findall(r"<[^>]*>", str(coded(text)))) <= {"<code>", '<code class="block">', "</code>"}


# --- words --------------------------------------------------------------------------------------


def test_a_time_is_written_in_utc_for_machines_and_people() -> None:
    at = datetime(2026, 11, 21, 23, 30, tzinfo=timezone(timedelta(hours=-2)))

    shown = clock(at)

    assert shown == (
        '<time datetime="2026-11-22T01:30:00Z" data-form="long">22 November 2026, 01:30 UTC</time>'
    )
    assert "01:30 UTC</time>" in clock(at.astimezone(UTC), "time")


@pytest.mark.parametrize(("value", "shown"), [(1.5, "1½"), (2, "2"), (0.4, "½"), (2.1, "2½"), (2.6, "3")])
def test_minutes_are_rounded_up_to_halves(value: float, shown: str) -> None:
    assert minutes(value) == shown


@pytest.mark.parametrize(
    ("words", "shown"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_are_listed_as_a_sentence_does(words: list[str], shown: str) -> None:
    assert listed(words) == shown


def test_a_problem_becomes_a_sentence_with_or_without_its_subject() -> None:
    assert sentence("is empty") == "Is empty."
    assert sentence("is empty", "Step 2") == "Step 2 is empty."


@pytest.mark.parametrize("name", environment().list_templates(extensions=["html"]))
def test_every_template_compiles_and_has_no_inline_script_or_style(name: str) -> None:
    environment().get_template(name)

    source = (HERE / "templates" / name).read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", source)


# --- colours ------------------------------------------------------------------------------------


def tokens() -> tuple[dict[str, str], dict[str, str]]:
    """Return the colours of the light and of the dark scheme."""
    layer = (STATIC / "style.css").read_text().partition("@layer base {")[0]
    light, _, dark = layer.partition("prefers-color-scheme: dark")
    return tuple(dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in (light, dark))  # type: ignore[return-value]


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    *(
        (text, ground, 4.5)
        for text, ground in product(["ink", "muted", "accent", "ok", "warn", "bad"], ["bg", "surface"])
    ),
    *((line, ground, 3.0) for line, ground in product(["edge", "focus"], ["bg", "surface"])),
    ("on-accent", "accent", 4.5),
    ("ink", "mark", 4.5),
    ("ink", "mark-2", 4.5),
]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_every_pair_of_colours_has_enough_contrast(
    scheme: int, front: str, ground: str, least: float
) -> None:
    colours = tokens()[scheme]

    assert contrast(colours[front], colours[ground]) >= least


# --- budgets ------------------------------------------------------------------------------------

KILOBYTE = 1024


def packed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


async def loaded(browser: httpx.AsyncClient, page: httpx.Response) -> dict[str, bytes]:
    """Return what a browser loads with a page, by address: a file under two addresses is loaded twice."""
    found: dict[str, bytes] = {}
    waiting = set(re.findall(r"/static/[\w.]+(?:\?v=\w+)?", page.text))
    while waiting:
        address = waiting.pop()
        found[address] = (await browser.get(address)).content
        if ".js" in address:
            named = re.findall(rb'from "([^"]+)"', found[address])
            waiting |= {urljoin(address, one.decode()) for one in named} - found.keys()
    return found


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/assessment", 60),
        ("/assessment/interview", 20),
        ("evaluation", 30),
        ("ranking", 45),
        ("trajectory", 60),
        ("sft", 30),
        ("rubric_writing", 60),
    ],
)
async def test_a_first_visit_is_light(site: Site, browser: httpx.AsyncClient, path: str, most: int) -> None:
    platform = await site.platform()
    kind = "full" if path == "rubric_writing" else "short"
    order = Order(candidate_ref=f"light-{next(site.orders)}", track="python", form=kind)
    ordered = await site.services.ordering.order(platform.tenant, order)
    await browser.post(f"/c/{ordered.invite_url.rsplit('/', 1)[-1]}/start")
    await browser.post("/assessment/begin", data={"notice": CURRENT.version})
    if not path.startswith("/"):
        form = ordered.assessment.form
        path = "/assessment/tasks/" + next(p.item_id for p in form.items if p.category.value == path)

    page = await browser.get(path)

    files = await loaded(browser, page)
    scripts = [packed(content) for address, content in files.items() if ".js" in address]
    assert page.status_code == 200
    assert packed(page.content) + sum(map(packed, files.values())) <= most * KILOBYTE
    assert sum(scripts) <= 35 * KILOBYTE
    assert len(files) + 1 <= 8


def test_no_script_knows_an_address_elsewhere() -> None:
    for script in Path(STATIC).glob("*.js"):
        assert not re.search(r"https?://|//[\w.]+\.\w{2,}/", script.read_text()), script.name
