"""Which addresses are taken."""

import pytest

from assessor.adapters.mail import accept_address
from assessor.domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("ana@example.org", "ana@example.org"),
        ("ana.b+assess@Mail.Example.ORG", "ana.b+assess@mail.example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("ana@münchen.example.org", "ana@xn--mnchen-3ya.example.org"),
    ],
)
def test_an_address_is_taken_as_servers_take_it(given: str, taken: str) -> None:
    assert accept_address("candidate_email", given) == taken


@pytest.mark.parametrize(
    "given",
    [
        "",
        "ana",
        "ana@",
        "@example.org",
        "ana@example",
        "Ana <ana@example.org>",
        "ana@example.org, bo@example.org",
        "ana@example.org\r\nBcc: bo@example.org",
        "ana @example.org",
        "ana@[127.0.0.1]",
        "ana@localhost",
        "änne@example.org",
        "ana\u202e@example.org",
        f"{'a' * 65}@example.org",
        f"ana@{'a.' * 130}org",
    ],
)
def test_anything_else_is_refused_without_repeating_it(given: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        accept_address("candidate_email", given)

    (problem,) = refused.value.problems
    assert problem.field == "candidate_email"
    assert not given or given not in str(problem).replace("name@example.org", "")
