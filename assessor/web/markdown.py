"""Text that people or models wrote, as HTML that cannot run, load or frame anything."""

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import nh3
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_TEXT_TAGS = {"p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "a"}
_TAGS = _TEXT_TAGS | {"ul", "ol", "li", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
_SIGNS = re.compile(
    r"^(?P<opened> {0,3}```[^\n]*\n)(?P<block>.*?)(?P<closed>^ {0,3}```[^\n]*$\n?)"
    r"|(?<!`)(?P<ticks>`+)(?!`)(?P<span>[^\n]+?)(?<!`)(?P=ticks)(?!`)"
    r"|(?<![\w*])(?P<stars>\*\*?)(?![\s*])(?P<stressed>[^\n*]+)(?<!\s)(?P=stars)(?![\w*])",
    re.MULTILINE | re.DOTALL,
)
_CODE = re.compile(
    r"^ {0,3}```[^\n`]*(?:\n(?P<block>.*?))?(?:^ {0,3}```[ \t]*$\n?|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`)(?P<span>[^\n]+?)(?<!`)(?P=ticks)(?!`)",
    re.MULTILINE | re.DOTALL,
)
_STRESSED = {"**": Markup("<strong>{}{}{}</strong>"), "*": Markup("<em>{}{}{}</em>")}


def markdown(text: str, *, wrapped: bool = False) -> Markup:
    """Render Markdown: no raw HTML, no images, links to http and https only.

    Two walls: the parser escapes HTML, and an allow-list cleans what it made. The end of a line is kept, as
    in a chat: in a letter, a dialogue or rows of figures it says much. In a text that is `wrapped`, as source
    code is, it is a space.
    """
    rendered = _parser(breaks=not wrapped).render(text)
    clean = nh3.clean(
        rendered,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https"},
        link_rel="noopener nofollow",
    )
    return Markup(clean)  # noqa: S704 - cleaned on the line above


def verbatim(text: str) -> Markup:
    """Escape a text, and set its code as code and its stressed words as such.

    The page's text content stays the text, character for character, so that words copied from it
    are found in it again; the signs are in elements of their own, that the page may draw them quietly.
    """
    return _replaced(_SIGNS, text, _signed)


def _signed(found: re.Match[str]) -> Markup:
    sign = Markup('<span class="fence">{}</span>').format
    if (block := found["block"]) is not None:
        parts = sign(found["opened"]), block, sign(found["closed"])
        return Markup('<code class="block">{}{}{}</code>').format(*parts)
    if ticks := found["ticks"]:
        return Markup("<code>{}{}{}</code>").format(sign(ticks), found["span"], sign(ticks))
    stars = found["stars"]
    return _STRESSED[stars].format(sign(stars), verbatim(found["stressed"]), sign(stars))


def coded(text: str) -> Markup:
    """Escape a text, and show what stands in backticks as code: without them, and nothing else is Markdown.

    It fits into a line. A piece of a longer text may begin or end within a block.
    """
    return _replaced(_CODE, text, _code)


def _code(found: re.Match[str]) -> Markup:
    if found["span"] is not None:
        return Markup("<code>{}</code>").format(found["span"].strip() or found["span"])
    return Markup('<code class="block">{}</code>').format(found["block"]) if found["block"] else Markup()


def _replaced(what: re.Pattern[str], text: str, by: Callable[[re.Match[str]], Markup]) -> Markup:
    parts, at = [], 0
    for found in what.finditer(text):
        parts += [escape(text[at : found.start()]), by(found)]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


@cache
def _parser(*, breaks: bool) -> "MarkdownIt":
    from markdown_it import MarkdownIt  # with its HTML entities; the first text that is shown needs it

    parser = MarkdownIt("commonmark", {"html": False, "breaks": breaks}).enable(["table", "strikethrough"])
    return parser.disable("image")
