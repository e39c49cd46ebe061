"""Hidden responses, references and anchors of the `python` bank, run as their keys describe them."""

import re
import subprocess
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from assessor.adapters.code import JailedCode
from assessor.domain.code import code_in
from assessor.domain.item import RubricWritingItem, SftItem
from assessor.domain.library import Library
from assessor.scoring.code import finding
from tests.adapters.test_code import pytestmark as needs_isolation
from tests.banks.snippets import code_of, item, run, value_of


def hidden(library: Library, name: str) -> dict[str, str]:
    task = item(library, RubricWritingItem, name)
    return {response.id: response.text for response in task.key.hidden_responses}


@pytest.mark.parametrize(
    ("name", "fresh", "callers_list"),
    [
        ("h1", True, True),
        ("h2", True, False),
        ("h3", True, True),
        ("h4", True, True),
        ("h5", False, True),
    ],
)
def test_hidden_changes_of_the_default_behave_as_their_rank_says(
    library: Library, name: str, *, fresh: bool, callers_list: bool
) -> None:
    add = run(code_of(hidden(library, "rw-names-list")[name]))["add"]
    mine: list[str] = []

    first, second = add("Ada"), add("Grace")
    given = add("Alan", mine)

    assert ((first, second) == (["Ada"], ["Grace"])) is fresh
    assert (given is mine) is callers_list


def test_clearing_the_default_empties_the_list_of_the_caller(library: Library) -> None:
    add = run(code_of(hidden(library, "rw-names-list")["h5"]))["add"]

    assert add("Alan", ["Grace"]) == ["Alan"]


def test_declaring_the_parameter_global_is_no_python(library: Library) -> None:
    with pytest.raises(SyntaxError):
        run(code_of(hidden(library, "rw-names-list")["h6"]))


def test_hidden_readers_let_out_what_their_rank_says(library: Library, tmp_path: Path) -> None:
    base = tmp_path / "up"
    for folder in (base, tmp_path / "up-old"):
        folder.mkdir()
    (base / "note.txt").write_text("hello", encoding="utf-8")
    for place in (tmp_path, tmp_path / "up-old"):
        (place / "secret.txt").write_text("secret", encoding="utf-8")
    attacks = {
        "dots": "../secret.txt",
        "absolute": str(tmp_path / "secret.txt"),
        "sibling": "../up-old/secret.txt",
        "replaced": "....//secret.txt",
    }

    def leaks(read: Callable[[Path, str], str], name: str) -> bool:
        try:
            return read(base, name) == "secret"
        except (ValueError, OSError):
            return False

    leaking = {}
    for name, text in hidden(library, "rw-read-upload").items():
        read = run(code_of(text))["read_upload"]
        assert read(base, "note.txt") == "hello"
        leaking[name] = {attack for attack, path in attacks.items() if leaks(read, path)}

    assert leaking == {
        "h1": set(),
        "h2": set(),
        "h3": {"sibling"},
        "h4": {"absolute"},
        "h5": {"absolute", "replaced"},
        "h6": {"dots", "absolute", "sibling"},
    }


def test_one_hidden_merge_changes_the_dict_of_its_caller(library: Library) -> None:
    changing = set()
    for name, text in hidden(library, "rw-stock-counts").items():
        old, new = {"a": 2}, {"a": -2, "b": 1}
        run(code_of(text))["merge_counts"](old, new)
        if (old, new) != ({"a": 2}, {"a": -2, "b": 1}):
            changing.add(name)

    assert changing == {"h4"}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("h1", "80% a.py b.py\n"),
        ("h3", "COPIED: a.py b.py\n"),
    ],
)
def test_hidden_comparisons_that_leave_the_starter_out_find_the_one_pair(
    library: Library, tmp_path: Path, name: str, shown: str
) -> None:
    starter = "import sys\n\n\ndef main():\n    print(solve(sys.stdin.read()))\n\n\n# your solution\n"
    same = "def solve(data):\n    total = 0\n    for n in data.split():\n        total += int(n)\n"
    programs = {
        "starter": "",
        "a": same + "    return total\n",
        "b": same + "    return total  # sum\n",
        "c": "def solve(text):\n    return sum(map(int, text.split()))\n",
    }
    for program, text in programs.items():
        (tmp_path / f"{program}.py").write_text(starter + text, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-c", code_of(hidden(library, "rw-similar-programs")[name]), tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == shown


def test_the_function_under_review_tries_three_times_and_returns_none(library: Library) -> None:
    calls: list[int] = []

    def lost_answer(order_id: int, total: int) -> None:
        calls.append(order_id)  # the provider has charged; only its answer does not arrive
        raise TimeoutError

    prompt = item(library, RubricWritingItem, "rw-review-comment").prompt
    charge = run(code_of(prompt), time=SimpleNamespace(sleep=[].append))["charge"]

    result = charge(SimpleNamespace(charge=lost_answer), SimpleNamespace(id=7, total=100))

    assert (result, calls) == (None, [7, 7, 7])


def reference(library: Library, name: str) -> str:
    return item(library, SftItem, name).key.reference


def anchor(library: Library, name: str, level: int) -> str:
    rubric = library.rubric(item(library, SftItem, name).rubric)
    return next(anchor.answer for anchor in rubric.anchors if anchor.level == level)


def test_the_expression_of_the_datetime_answer_works_and_the_users_does_not(library: Library) -> None:
    (expression, *_) = re.findall(r"`(.+?)`", reference(library, "sft-naive-aware"))
    names = run("from datetime import datetime, timezone\nstarted = datetime.now(timezone.utc)")

    assert timedelta(0) <= value_of(expression, names) < timedelta(minutes=1)
    with pytest.raises(TypeError, match="offset-naive and offset-aware"):
        value_of("datetime.now() - started", names)


LOG_LINE = re.compile(r"^2024-05-03T.*$", re.MULTILINE)


@pytest.mark.parametrize("answer", ["reference", "level 4", "level 3", "level 2"])
def test_log_parsers_that_count_as_working_work(library: Library, answer: str) -> None:
    name = "sft-log-parser"
    found = LOG_LINE.search(item(library, SftItem, name).prompt)
    assert found is not None
    line = found[0].rstrip('"')
    text = reference(library, name) if answer == "reference" else anchor(library, name, int(answer[-1]))
    parse = run(code_of(text))["parse"]

    assert parse(line, 1) == (datetime(2024, 5, 3, 8, 14, 55, tzinfo=UTC), "ERROR")
    assert parse("2024-05-03T08:14:55+00:00 INFO", 2)[1] == "INFO"
    for unfit in ("", "hello", "hello world of logs"):
        with pytest.raises(ValueError, match=r".+"):
            parse(unfit, 3)


@pytest.mark.parametrize(("answer", "quotes"), [("reference", False), ("level 4", False), ("level 3", True)])
def test_only_the_best_log_parsers_keep_the_line_out_of_the_error(
    library: Library, answer: str, *, quotes: bool
) -> None:
    name = "sft-log-parser"
    text = reference(library, name) if answer == "reference" else anchor(library, name, int(answer[-1]))
    parse = run(code_of(text))["parse"]

    unfit = "api_key=Zt9-41xq-77Lm"

    with pytest.raises(ValueError, match="41") as refused:
        parse(unfit, 41)

    shown = "".join(traceback.format_exception(refused.value))
    assert ("Zt9-41xq-77Lm" in shown) is quotes


def test_the_answers_that_protect_data_do_not_repeat_it(library: Library) -> None:
    name = "sft-log-parser"
    secrets = ("Zt9-41xq-77Lm", "maria.keller")

    for text in (reference(library, name), anchor(library, name, 4), anchor(library, name, 3)):
        assert not any(secret in text for secret in secrets)


@pytest.mark.parametrize("answer", ["reference", "level 4"])
def test_the_prime_counts_run_on_processes(library: Library, tmp_path: Path, answer: str) -> None:
    name = "sft-asyncio-primes"
    text = reference(library, name) if answer == "reference" else anchor(library, name, 4)
    users, _, _ = code_of(item(library, SftItem, name).prompt).partition("total =")
    script = tmp_path / "primes.py"
    script.write_text((users if answer == "level 4" else "") + code_of(text), encoding="utf-8")

    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120, check=True)

    assert done.stdout == "17984\n"


@needs_isolation
@pytest.mark.parametrize(
    ("name", "shares"),
    [
        # By the reference and the anchors at 4, 3, 2, 1, 0.
        ("sft-log-parser", (1.0, 1.0, 1.0, 1.0, 0.4, 0.0)),
        ("sft-merge-bookings", (1.0, 1.0, 1.0, 1.0, 2 / 5, 0.0)),
        ("sft-region-totals", (1.0, 1.0, 1.0, 5 / 6, 1 / 6, 0.0)),
    ],
)
async def test_answers_pass_as_many_tests_as_their_level_says(
    library: Library, name: str, shares: tuple[float, ...]
) -> None:
    task = item(library, SftItem, name)
    texts = [reference(library, name), *(anchor(library, name, level) for level in (4, 3, 2, 1, 0))]
    calls = [test.call for test in task.key.tests]

    outcomes = [await JailedCode("full").run(code_in(text), calls) for text in texts]

    found = [finding(task.key.tests, each).value for each in outcomes]
    assert found == pytest.approx(list(shares))


@needs_isolation
async def test_the_code_of_the_user_who_lost_hours_fails_where_they_were_lost(library: Library) -> None:
    task = item(library, SftItem, "sft-merge-bookings")
    tests = task.key.tests

    outcomes = await JailedCode("full").run(code_of(task.prompt), [test.call for test in tests])

    failed = [
        test.call.args for test, found in zip(tests, outcomes, strict=True) if not test.passed_by(found)
    ]
    assert failed == [([[8, 12], [9, 10]],), ([[8, 18], [9, 10], [11, 12], [17, 19]],)]


def test_the_best_merge_leaves_the_callers_list_alone_and_says_so(library: Library) -> None:
    for text in (reference(library, "sft-merge-bookings"), anchor(library, "sft-merge-bookings", 4)):
        given = [[9, 10], [8, 12]]

        run(code_of(text))["merge"](given)

        assert given == [[9, 10], [8, 12]]
        assert "caller" in text
