"""What mails say, and what must never stand in one."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from assessor.adapters.mail import TemplateLetters
from assessor.adapters.mail.message import as_message
from assessor.domain.mail import Mail, MailKind
from tests.adapters.mail.letters import HERE, letter

SENDER = "no-reply@assess.example.org"
LETTERS = [
    *(letter(kind) for kind in MailKind),
    letter(MailKind.REMINDER, begun=True),
    letter(MailKind.RESULT, livemode=False),
]
NAMES = [f"{one.kind}{' begun' if one.begun else ''}{'' if one.livemode else ' test'}" for one in LETTERS]
DECISIONS = re.compile(
    r"qualif|reject|fail|pass(?!word)|score|unfortunately|congratulat|success", re.IGNORECASE
)


class Reader(HTMLParser):
    """Collects elements, what they lead to, and the words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "background"}]

    def handle_data(self, data: str) -> None:
        self.words += data


def written(**changed: Any) -> Mail:
    return TemplateLetters().write(letter(**changed))


@pytest.mark.parametrize("one", LETTERS, ids=NAMES)
def test_both_parts_of_every_letter_have_the_link_and_the_names_and_say_the_same(one: Any) -> None:
    mail = TemplateLetters().write(one)
    page = Reader(mail.html)

    assert one.link in mail.text.splitlines()
    assert one.link in page.addresses
    for words in ("Acme Data", "Python"):
        assert words in mail.text
        assert words in page.words
    sentences = [line for line in mail.text.splitlines() if len(line.split()) > 5]
    shown = " ".join(page.words.split())
    assert [line for line in sentences if line not in shown and not line.startswith("Read what")] == []
    assert not re.search(r"%\(|\{\{|None", mail.text + mail.html + mail.subject)


@pytest.mark.parametrize("one", LETTERS, ids=NAMES)
def test_nothing_is_loaded_from_elsewhere_and_nothing_follows_the_reader(one: Any) -> None:
    page = Reader(TemplateLetters().write(one).html)

    assert page.tags.isdisjoint({"img", "script", "iframe", "link", "object", "embed", "video", "form"})
    assert set(page.addresses) <= {one.link, one.unsubscribe}
    assert "url(" not in TemplateLetters().write(one).html


@pytest.mark.parametrize("kind", [MailKind.RESULT, MailKind.APPEAL])
def test_a_result_mail_says_no_decision(kind: MailKind) -> None:
    mail = written(kind=kind)

    assert not DECISIONS.search(mail.subject + mail.text + mail.html)


@pytest.mark.parametrize("kind", MailKind)
def test_only_reminders_can_be_unsubscribed_from_by_one_click(kind: MailKind) -> None:
    message = as_message(written(kind=kind), SENDER)

    if kind is MailKind.REMINDER:
        assert message["List-Unsubscribe"] == f"<{HERE}/reminders/asm_1.0.tag>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert f"{HERE}/reminders/asm_1.0.tag" in written(kind=kind).text
    else:
        assert "List-Unsubscribe" not in message
        assert "reminders" not in written(kind=kind).text


def test_the_address_that_unsubscribes_stands_on_one_line_as_it_is() -> None:
    address = f"{HERE}/reminders/asm_0123456789abcdefghjkmnpqrs.0.abcdefghijklmnopqrstuv"

    raw = as_message(written(kind=MailKind.REMINDER, unsubscribe=address), SENDER).as_bytes()

    assert f"\r\nList-Unsubscribe: <{address}>\r\n".encode() in raw


def test_a_test_says_that_it_is_one() -> None:
    mail = written(livemode=False)

    assert mail.subject.startswith("[Test] ")
    assert "It counts for nothing." in mail.text
    assert "It counts for nothing." in mail.html


@pytest.mark.parametrize("field", ["platform", "track"])
@pytest.mark.parametrize(
    "name",
    [
        "Acme\r\nBcc: everyone@example.org",
        "Acme\nContent-Type: text/html\n\n<script>alert(1)</script>",
        "\u202eemcA\u202c",
        "Acme\x00\x1b[2J\u2028Subject: you won",
        '"Acme" <boss@example.com>, other@example.com',
        "A" * 5000,
        "{{ letter.to }} %(x)s %s",
    ],
)
def test_no_name_forges_a_header_an_address_or_markup(field: str, name: str) -> None:
    mail = written(**{field: name})
    message = as_message(mail, SENDER)
    raw = message.as_bytes()
    head = raw.split(b"\r\n\r\n")[0].decode()

    assert set(message.keys()) == set(as_message(written(), SENDER).keys())
    assert [address.addr_spec for address in message["From"].addresses] == [SENDER]
    assert [address.addr_spec for address in message["To"].addresses] == ["ana@example.org"]
    assert not re.search(r"^(Bcc|X):", head, re.MULTILINE)
    assert "script" not in Reader(mail.html).tags
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028\x00\x1b]", mail.subject + mail.text + mail.html)
    assert "ana@example.org" not in mail.text + mail.html + mail.subject


def test_a_header_with_a_line_break_is_refused_whatever_let_it_through() -> None:
    mail = written()
    for forged in ("subject", "sender_name", "to", "unsubscribe"):
        changed = Mail(**{**vars(mail), forged: "a@b.example\r\nBcc: c@d.example"})
        with pytest.raises(ValueError, match=r"(?i)invalid|newline|carriage|linefeed"):
            as_message(changed, SENDER)


def test_the_same_letter_gives_the_same_bytes_and_message_id_again() -> None:
    first, second = (as_message(written(), SENDER) for _ in range(2))

    assert first.as_bytes() == second.as_bytes()
    assert first["Message-ID"] == "<mail_0123456789abcdefghjkmnpqrs@assess.example.org>"
    assert first["Date"] == "Sun, 01 Mar 2026 09:30:00 +0000"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Content-Language"] == "en"


def test_words_of_every_script_pass_servers_that_know_ascii_only() -> None:
    raw = as_message(written(platform="Zoë & Söhne 数据", track="Pflege – Anästhesie"), SENDER).as_bytes()

    assert raw.isascii()
    assert max(map(len, raw.splitlines())) <= 998


def test_a_letter_is_written_in_its_language_where_there_is_one() -> None:
    letters = TemplateLetters()

    spanish, german = (letters.write(letter(MailKind.RESULT, language=one)) for one in ("es-MX", "de"))

    assert spanish.subject == "Hay novedades sobre su evaluación para Acme Data"
    assert 'lang="es"' in spanish.html
    assert spanish.language == "es"
    assert " de marzo de 2026, 09:30 UTC" in spanish.text
    assert "Ninguna persona ha revisado todavía esta traducción." in spanish.text
    assert german.subject == "There is news about your assessment for Acme Data"
    assert 'lang="en"' in german.html
    assert "reviewed" not in german.html
