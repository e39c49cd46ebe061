"""A browser without JavaScript: follows links, fills in and sends the forms that a page has."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx

Fields = dict[str, list[str]]
_VOID_VALUE = "on"


@dataclass
class Form:
    """A form as it stands on the page: what it would send unchanged, and what could be chosen."""

    action: str
    method: str
    fields: Fields = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


@dataclass
class Page:
    """A page that was loaded."""

    url: str
    status: int
    html: str
    forms: list[Form]
    hrefs: list[str]

    def links(self, prefix: str) -> list[str]:
        """Return the distinct addresses that begin so, in the order of the page."""
        return list(dict.fromkeys(href for href in self.hrefs if href.startswith(prefix)))

    def find(self, action_ends: str) -> Form | None:
        """Return the first form whose action ends so."""
        ending = (form for form in self.forms if form.action.split("?")[0].endswith(action_ends))
        return next(ending, None)

    def form(self, action_ends: str) -> Form:
        """Return the first form whose action ends so. Raises LookupError with what the page has."""
        if form := self.find(action_ends):
            return form
        raise LookupError(f"no form to {action_ends} on {self.url}: {[form.action for form in self.forms]}")


class FormBrowser:
    """One person's browser: cookies, redirects, forms."""

    def __init__(self, origin: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._origin = origin
        self._client = httpx.AsyncClient(
            base_url=origin, follow_redirects=True, timeout=30, transport=transport
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def open(self, url: str) -> Page:
        """Load a page."""
        return _page(await self._client.get(url))

    async def send(self, page: Page, form: Form, values: Fields | None = None) -> Page:
        """Send a form with some fields changed, and return where that leads."""
        url = urljoin(page.url, form.action)
        data = {**form.fields, **(values or {})}
        headers = {"origin": self._origin}
        return _page(await self._client.request(form.method.upper(), url, data=data, headers=headers))


def _page(response: httpx.Response) -> Page:
    reader = _FormReader()
    reader.feed(response.text)
    return Page(str(response.url), response.status_code, response.text, reader.forms, reader.hrefs)


class _FormReader(HTMLParser):
    """Collects successful controls by the rules of HTML: checked, selected, hidden, text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.hrefs: list[str] = []
        self._textarea: str | None = None
        self._select: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.hrefs.append(given["href"] or "")
        if tag == "form":
            self.forms.append(Form(given.get("action") or "", given.get("method") or "get"))
            return
        name = given.get("name")
        if not self.forms:
            return
        if tag == "option" and self._select:
            if "selected" in given or self._select not in self.forms[-1].fields:
                self.forms[-1].fields[self._select] = [given.get("value") or ""]
        elif name and tag == "input":
            self._input(name, given)
        elif name and tag in ("textarea", "select"):
            self.forms[-1].names.add(name)
            self._textarea, self._text = (name, "") if tag == "textarea" else (None, "")
            self._select = name if tag == "select" else None

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea and self.forms:
            self.forms[-1].fields[self._textarea] = [self._text.removeprefix("\n")]
            self._textarea = None
        elif tag == "select":
            self._select = None

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        form, kind = self.forms[-1], given.get("type") or "text"
        form.names.add(name)
        if kind in ("radio", "checkbox"):
            if "checked" in given:
                form.fields.setdefault(name, []).append(given.get("value", _VOID_VALUE) or "")
        elif kind not in ("submit", "button"):
            form.fields[name] = [given.get("value") or ""]
