"""Errors in the language of the page."""

from datetime import UTC, datetime

import pytest

from assessor.domain.assessment import Status
from assessor.domain.errors import Conflict, Gone, MovedOn, NotFound, StaleEdit, TooLarge, invalid
from assessor.domain.wording import worded
from assessor.locale import interface
from assessor.web.pages import sentence
from assessor.web.telling import told

SPANISH = interface("es")


@pytest.mark.parametrize(
    ("said", "spanish"),
    [
        ("", ""),
        ("Nobody has translated this.", "Nobody has translated this."),
        (worded("has %(n)s criteria", n=2), "tiene 2 criterios"),
        (
            worded("A reply could be sent until %(when)s", when=datetime(2026, 3, 1, tzinfo=UTC)),
            "Se podía enviar una respuesta hasta el 1 de marzo de 2026",
        ),
        (
            worded(
                "The assessment is %(status)s; %(action)s is not possible now",
                status=worded(Status.PAUSED.value),
                action=worded("handing in"),
            ),
            "El estado de la evaluación es «en pausa»; ahora no es posible entregar",
        ),
        (
            Conflict("The time is over", "Go on with the tasks."),
            "El tiempo ha terminado. Continúe con las tareas.",
        ),
        (
            StaleEdit("The notice has changed since you opened this page", "Please read it once more."),
            "El aviso ha cambiado desde que abrió esta página. Léalo una vez más, por favor.",
        ),
        (
            Gone("link", "has expired", "Ask the platform for a new invitation."),
            "Este enlace ha caducado. Pida una invitación nueva a la plataforma.",
        ),
        (
            TooLarge("message", 12, 10),
            "Este texto tiene 12 caracteres; el límite es 10. "  # noqa: ISC004 - one text
            "No se ha guardado nada: acórtelo y envíelo de nuevo.",
        ),
        (invalid("note", "is empty", "Remove it."), "No puede quedar en blanco. Quítelo."),
        (NotFound("page", "x"), "There is no page 'x' here."),
    ],
)
def test_an_error_is_told_in_spanish(said: object, spanish: str) -> None:
    assert told(SPANISH, said) == spanish


@pytest.mark.parametrize(
    "error",
    [
        Conflict("The time is over", "Go on with the tasks."),
        Gone("link", "has expired", "Ask the platform for a new invitation."),
        NotFound("page", "x"),
    ],
)
def test_in_english_an_error_is_told_as_it_is(error: Exception) -> None:
    assert told(interface("en"), error) == str(error)


def test_who_went_on_elsewhere_is_told_so() -> None:
    assert told(interface("en"), MovedOn()).startswith(
        "You went on with this assessment in another browser. "
    )
    assert told(SPANISH, MovedOn()).startswith("Continuó con esta evaluación en otro navegador. ")


def test_a_problem_with_a_field_is_a_sentence_in_the_language() -> None:
    problem, subject = worded("has %(n)s criteria", n=2), worded("Your rubric")

    assert sentence(problem, subject) == "Your rubric has 2 criteria."
    assert sentence(problem, subject, language=SPANISH) == "Su rúbrica tiene 2 criterios."
    assert sentence("is empty", language=SPANISH) == "No puede quedar en blanco."
