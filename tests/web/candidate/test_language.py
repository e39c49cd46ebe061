"""The language of the candidates' pages: chosen, remembered, marked, and never that of legal texts."""

import html
import io
import re
from zipfile import ZipFile

import httpx
import pytest

from assessor.domain.notice import CURRENT
from tests.web.candidate.people import JSON, Candidate
from tests.web.site import Site

UNREVIEWED = "Ninguna persona ha revisado todavía esta traducción."


def shown(answer: httpx.Response) -> str:
    return html.unescape(answer.text)


async def test_pages_are_in_the_language_that_the_browser_asks_for(candidate: Candidate) -> None:
    page = await candidate.get(candidate.link, **{"Accept-Language": "es-MX,es;q=0.9"})

    assert '<html lang="es" dir="ltr">' in page.text
    assert "<h2>Lo que va a hacer</h2>" in page.text
    assert re.search(
        r"El enlace funciona una vez, hasta el <time [^>]*>\d+ de \w+ de \d{4}</time>", page.text
    )


async def test_a_choice_is_kept_and_leads_back_to_the_page(candidate: Candidate) -> None:
    chosen = await candidate.post("/language", language="es", back=f"{candidate.link}?x=1")

    assert chosen.status_code == 303
    assert chosen.headers["location"] == f"{candidate.link}?x=1"
    assert '<html lang="es"' in (await candidate.get(candidate.link, **{"Accept-Language": "en"})).text
    await candidate.post("/language", language="en", back="/assessment")
    assert '<html lang="en"' in (await candidate.get(candidate.link, **{"Accept-Language": "es"})).text


@pytest.mark.parametrize(
    "back",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "elsewhere", "/\n/x", ""],
)
async def test_a_choice_leads_nobody_elsewhere(candidate: Candidate, back: str) -> None:
    chosen = await candidate.post("/language", language="es", back=back)

    assert chosen.headers["location"] == "/assessment"


async def test_a_language_that_there_is_not_cannot_be_chosen(candidate: Candidate) -> None:
    refused = await candidate.post("/language", language="tlh", back="/assessment")

    assert refused.status_code == 422
    assert "Choose one of en, es." in refused.text
    assert "set-cookie" not in refused.headers


async def test_what_nobody_has_reviewed_says_so_beside_the_way_to_english(candidate: Candidate) -> None:
    english = await candidate.get(candidate.link)
    spanish = await candidate.get(candidate.link, **{"Accept-Language": "es"})

    assert UNREVIEWED not in english.text
    assert UNREVIEWED in spanish.text
    assert re.search(r'<button [^>]*value="en" lang="en" dir="ltr"[^>]*>English</button>', spanish.text)
    assert re.search(r'<button [^>]*value="es"[^>]*aria-current="true">Español</button>', spanish.text)


async def test_the_notice_and_the_terms_of_consent_stay_as_they_were_written(candidate: Candidate) -> None:
    await candidate.post("/language", language="es")
    await candidate.post(f"{candidate.link}/start")

    page = shown(await candidate.get("/assessment/notice"))

    assert "que no se traduce automáticamente. Aparece aquí en el idioma en que se escribió: inglés." in page
    legal = page[page.index('<section class="legal"') : page.index("</section>")]
    assert '<div lang="en" dir="ltr">' in legal
    assert f"<h3>{CURRENT.passages[0].title}</h3>" in legal
    assert '<dl class="facts" lang="en" dir="ltr">' in page
    assert '<legend lang="en" dir="ltr">' in page
    assert "Sí, acepto" in page


async def test_a_page_that_a_form_has_led_to_has_no_switch_that_would_lose_what_was_typed(
    working: Candidate,
) -> None:
    item_id = await working.item("evaluation")

    refused = await working.post(f"/assessment/tasks/{item_id}", do="hand_in", justification="Half a thought")

    assert refused.status_code == 422
    assert "Half a thought" in refused.text
    assert 'action="/language"' not in refused.text


async def test_the_archive_reads_in_the_candidates_language(working: Candidate) -> None:
    await working.post("/language", language="es")

    archive = await working.get("/assessment/my-data/archive")

    with ZipFile(io.BytesIO(archive.content)) as files:
        index = html.unescape(files.read("index.html").decode())
        readme = files.read("README.txt").decode()
    assert '<html lang="es" dir="ltr">' in index
    assert "<h1>Sus datos</h1>" in index
    assert "Este archivo contiene todo" in readme


async def test_pages_of_reviewers_stay_in_english(site: Site, browser: httpx.AsyncClient) -> None:
    page = await browser.get("/review/login", headers={"Accept-Language": "es"})

    assert '<html lang="en" dir="ltr">' in page.text
    assert "Skip to the content" in page.text


async def test_what_is_wrong_with_a_task_is_said_in_the_language_of_the_page(working: Candidate) -> None:
    await working.post("/language", language="es")
    item_id = await working.item("evaluation")
    fields = {"do": "hand_in", "issue-0-quote": "These words are nowhere"}

    refused = shown(await working.post(f"/assessment/tasks/{item_id}", **fields))

    assert "está todavía sin valorar. Elija de 1 a 5.</a>" in refused
    assert (
        "Problema 1, tipo: falta el tipo de problema. Elija una opción; todo lo demás se conserva." in refused
    )


async def test_scripts_are_refused_in_the_language_of_the_page_and_programs_in_english(
    working: Candidate,
) -> None:
    await working.post("/language", language="es")
    empty = {"cmid": "said-0001", "text": " "}

    refused = await working.browser.post("/assessment/interview/messages", data=empty, headers=JSON)
    unknown = await working.browser.get("/v1/assessments/none", headers={**JSON, "Accept-Language": "es"})

    assert refused.json()["detail"].endswith("Escriba algo o diga que no lo sabe.")
    assert "We do not know who is asking." in unknown.json()["detail"]
