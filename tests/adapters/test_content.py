"""The content adapter: everything wrong in banks and rubrics, at once, where authors find it."""

import asyncio
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.adapters.content import FileContent, check
from assessor.domain.errors import LibraryInvalid, LibraryProblem

Tree = dict[str, Any]

TRACK = "question_banks/logic/track.yaml"
INTERVIEW = "question_banks/logic/interview.yaml"
RANKING = "question_banks/logic/ranking.yaml"
SFT = "question_banks/logic/sft.yaml"
WRITING = "question_banks/logic/rubric_writing.yaml"
RUBRICS = "rubrics/logic/all.yaml"

REASON = "Because the author says so, at sufficient length."


def interview_item(name: str) -> Tree:
    return {
        "id": name,
        "title": f"Question {name}",
        "competency": "reasoning",
        "difficulty": 2,
        "minutes": 3,
        "rubric": "asks",
        "question": f"What do you make of the case {name}?",
        "probes": [
            {"id": f"p{place}", "kind": "depth", "text": f"And what of part {place} of {name}?"}
            for place in range(4)
        ],
    }


def ranking_item(name: str) -> Tree:
    return {
        "id": name,
        "title": f"Ranking {name}",
        "competency": "reasoning",
        "difficulty": 2,
        "minutes": 2,
        "prompt": "Say it briefly.",
        "responses": [{"id": f"r{size}", "text": "x" * size} for size in (1, 2, 3)],
        "key": {
            "order": [["r2"], ["r1"], ["r3"]],
            "rationale": REASON,
            "notes": dict.fromkeys(("r1", "r2", "r3"), REASON),
        },
    }


def sft_item(name: str) -> Tree:
    return {
        "id": name,
        "title": f"Answer {name}",
        "competency": "writing",
        "difficulty": 2,
        "minutes": 4,
        "rubric": "asks",
        "prompt": "Explain it.",
        "constraints": [{"kind": "max_words", "value": 4, "label": "At most 4 words"}],
        "key": {"rationale": REASON, "reference": "It is like this."},
    }


def rubric(name: str) -> Tree:
    levels = (1, 2, 3, 4)
    return {
        "id": name,
        "purpose": "To tell sound from unsound.",
        "criteria": [
            {"id": f"c{at}", "text": f"Says the thing of level {at}.", "competency": "reasoning", "level": at}
            for at in levels
        ],
        "anchors": [
            {"level": at, "answer": f"An answer of level {at}", "met": [f"c{n}" for n in levels if n <= at]}
            for at in (0, *levels)
        ],
    }


def track() -> Tree:
    return {
        "id": "logic",
        "title": "Logic",
        "summary": "A small track for these tests.",
        "background_question": "What is your professional background?",
        "closing": "Thank you very much.",
        "competencies": [
            {"id": name, "title": name.title(), "description": "Looks at what it is called after."}
            for name in ("reasoning", "writing")
        ],
        "forms": {
            "full": {
                "minutes": 12,
                "time_limit_minutes": 60,
                "sections": [
                    {"category": "interview", "count": 2},
                    {"category": "ranking", "count": 1},
                    {"category": "sft", "count": 1},
                ],
            }
        },
        "cut": {"ability": 0, "standard_error": 0.3, "rationale": "Set by the author of these tests."},
    }


def sound_library() -> Tree:
    return {
        TRACK: track(),
        INTERVIEW: {"items": [interview_item("one"), interview_item("two")]},
        RANKING: {"items": [ranking_item("three")]},
        SFT: {"items": [sft_item("four")]},
        RUBRICS: {"rubrics": [rubric("asks")]},
    }


def write(root: Path, tree: Tree) -> tuple[Path, Path]:
    for name, content in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return root / "question_banks", root / "rubrics"


def warnings_about(file: str, root: Path, tree: Tree) -> list[LibraryProblem]:
    """What is said of a file, but not that it holds little: a library for tests is small on purpose."""
    report = check(*write(root, tree))
    assert report.errors == ()
    return [one for one in report.warnings if one.file == file and "a bank needs" not in one.problem]


def errors_of(root: Path, tree: Tree) -> tuple[LibraryProblem, ...]:
    return check(*write(root, tree)).errors


def test_a_sound_library_is_loaded_and_counted(tmp_path: Path) -> None:
    banks, rubrics = write(tmp_path, sound_library())

    library = asyncio.run(FileContent(banks, rubrics).library())
    report = check(banks, rubrics)

    assert library.item("logic", "two").title == "Question two"
    assert library.rubric("asks").anchors[4].level == 4
    assert report.counts == {"logic": {"interview": 2, "ranking": 1, "sft": 1}}
    assert report.errors == ()


def test_files_are_read_once(tmp_path: Path) -> None:
    banks, rubrics = write(tmp_path, sound_library())
    content = FileContent(banks, rubrics)
    first = asyncio.run(content.library())
    (banks / "logic" / "track.yaml").unlink()

    assert asyncio.run(content.library()) is first


def test_a_library_that_was_repaired_loads_without_a_restart(tmp_path: Path) -> None:
    broken = sound_library() | {SFT: b""}
    content = FileContent(*write(tmp_path, broken))
    with pytest.raises(LibraryInvalid):
        asyncio.run(content.library())
    write(tmp_path, sound_library())

    assert asyncio.run(content.library()).item("logic", "four").id == "four"


def test_mistakes_in_several_files_are_reported_together_with_file_line_and_field(tmp_path: Path) -> None:
    tree = sound_library()
    tree[TRACK]["valid_days"] = 0
    tree[INTERVIEW]["items"][1]["minutes"] = "long"
    del tree[INTERVIEW]["items"][1]["question"]
    tree[RANKING] = b"items:\n  - id: three\n   title: bad indent\n"
    tree[SFT] = b"items:\n- id: four\n  title: \xff\n"

    with pytest.raises(LibraryInvalid) as refused:
        asyncio.run(FileContent(*write(tmp_path, tree)).library())

    found = {(problem.file, problem.field) for problem in refused.value.problems}
    assert found == {
        (TRACK, "valid_days"),
        (INTERVIEW, "items[1].minutes"),
        (INTERVIEW, "items[1].question"),
        (RANKING, "(the whole file)"),
        (SFT, "(the whole file)"),
    }
    lines = {problem.file: problem.line for problem in refused.value.problems}
    assert lines[RANKING] == 3
    assert lines[SFT] == 3
    assert str(refused.value).startswith("5 errors in the library:")


def test_a_problem_names_the_line_on_which_its_field_stands(tmp_path: Path) -> None:
    tree = sound_library()
    tree[RUBRICS]["rubrics"][0]["criteria"][2]["level"] = 7
    text = yaml.safe_dump(tree[RUBRICS], sort_keys=False)
    expected = text.splitlines().index("    level: 7") + 1

    (problem,) = [p for p in errors_of(tmp_path, tree) if p.file == RUBRICS]

    assert (problem.line, problem.field) == (expected, "rubrics[0].criteria[2].level")
    assert problem.problem == "may be at most 4"


BROKEN_FILES: list[tuple[str, bytes, int, str, str]] = [
    ("empty", b"", 1, "(the whole file)", "is empty"),
    ("only a comment", b"# nothing\n", 1, "(the whole file)", "is empty"),
    ("null", b"null\n", 1, "(the whole file)", "is empty"),
    ("a list", b"- 1\n", 1, "items", "is missing, or is not a list"),
    ("a word", b"hello\n", 1, "items", "is missing, or is not a list"),
    ("unclosed", b"items: [\n", 2, "(the whole file)", "is not valid YAML"),
    ("two documents", b"items: []\n---\nitems: []\n", 2, "(the whole file)", "holds more than one document"),
    ("a tab", b"items:\n\t- id: x\n", 2, "(the whole file)", "is not valid YAML"),
    ("a control character", b"items: \x00\n", 1, "(the whole file)", "character that YAML does not allow"),
    ("not UTF-8", b"items:\n\n- id: \xe4\n", 3, "(the whole file)", "is not UTF-8: byte 0xe4"),
    ("an entry that is a word", b"items:\n- hello\n", 2, "items[0]", "mapping"),
    ("a repeated key", b"items: []\nitems: []\n", 2, "items", "stands twice; the first is on line 1"),
    ("an alias", b"items: &a\n- *a\n", 2, "(the whole file)", "uses a YAML alias"),
    ("a foreign tag", b"items: []\nx: !!python/name:os.system y\n", 2, "x", "cannot be read as a value"),
    ("an impossible date", b"items: []\nx: 2024-99-99\n", 2, "x", "cannot be read as a value"),
    ("a key that is a list", b"items: []\n? [a]\n: 1\n", 2, "(the whole file)", "has a key that is a list"),
    ("another field", b"items: []\nitem: 1\n", 2, "item", "is not a field that is known here"),
    ("too large", b"items: []\n#" + b"x" * 2_000_000, 1, "(the whole file)", "has more than 2000000 bytes"),
    (
        "too deep",
        b"items: " + b"[" * 50_000 + b"]" * 50_000,
        1,
        "(the whole file)",
        "nested more than 30 deep",
    ),
]


@pytest.mark.parametrize(
    ("content", "line", "field", "problem"),
    [case[1:] for case in BROKEN_FILES],
    ids=[case[0] for case in BROKEN_FILES],
)
def test_a_file_that_cannot_be_used_is_a_problem_and_never_a_traceback(
    tmp_path: Path, content: bytes, line: int, field: str, problem: str
) -> None:
    errors = errors_of(tmp_path, sound_library() | {SFT: content})

    assert any((e.file, e.line, e.field) == (SFT, line, field) and problem in e.problem for e in errors), (
        errors
    )


@settings(max_examples=60, deadline=None)
@given(content=st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)))
def test_no_bytes_whatever_make_the_check_raise(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    root = tmp_path_factory.mktemp("library")

    errors = errors_of(root, sound_library() | {SFT: content})

    assert any(error.file in (SFT, TRACK) for error in errors)


def change(file: str, *path: str | int, to: Any) -> Callable[[Tree], None]:
    def apply(tree: Tree) -> None:
        place = tree[file]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return apply


def add(file: str, key: str, entry: Tree) -> Callable[[Tree], None]:
    return lambda tree: tree[file][key].append(deepcopy(entry))


def repeat(name: str, of: str, **changes: Any) -> Tree:
    return ranking_item(name) | {"repeat_of": of} | changes


MUST_HAVES = ("muster", "needed")


def rubric_writing_item() -> Tree:
    shown = [["muster", "needed"], ["muster", "needed"], ["muster"], ["muster"], ["needed"], []]
    return {
        "id": "six", "title": "A rubric for it", "competency": "reasoning", "difficulty": 2, "minutes": 3,
        "rubric": "asks", "prompt": "Explain it.", "instructions": "Write criteria for explanations.",
        "key": {
            "rationale": REASON,
            "must_haves": [{"id": name, "text": f"Looks for what is {name}."} for name in MUST_HAVES],
            "hidden_responses": [
                {"id": f"h{rank}", "rank": rank, "text": "It is so.", "shows": names}
                for rank, names in enumerate(shown, 1)
            ],
        },
    }  # fmt: skip


def with_writing(*path: str | int, to: Any) -> list[Callable[[Tree], None]]:
    """A library with a rubric-writing item, one place of its key changed."""
    return [
        lambda tree: tree.update({WRITING: {"items": [rubric_writing_item()]}}),
        change(WRITING, "items", 0, "key", *path, to=to),
    ]


RUNS = {"kind": "runs", "label": "It does what was asked"}
CODE_TEST = {"call": {"function": "f", "args": [1]}, "returns": 2}

CANARY = "the quiet ledger rule of Marlow"
SECOND_RANKING = ranking_item("five") | {"enemies": ["three"]}

RULES: list[tuple[str, list[Callable[[Tree], None]], str, str, str]] = [
    ("unknown field", [change(SFT, "items", 0, "colour", to="red")],
     SFT, "items[0].colour", "is not a field"),
    ("text that YAML reads as a truth value", [change(SFT, "items", 0, "title", to=True)],
     SFT, "items[0].title", "put it in quotes"),
    ("another category than the file's", [change(SFT, "items", 0, "category", to="ranking")],
     SFT, "items[0].category", "is 'ranking', but the file says 'sft'"),
    ("validator that names a field", [change(RANKING, "items", 0, "key", "order", to=[["r1"], ["r2"]])],
     RANKING, "items[0].key.order", "must name every response exactly once"),
    ("not a file of a bank", [lambda tree: tree.update({"question_banks/logic/quiz.yaml": b"items: []"})],
     "question_banks/logic/quiz.yaml", "(the whole file)", "is not a file of a bank"),
    ("no track file", [lambda tree: tree.pop(TRACK)],
     TRACK, "(the whole file)", "is missing"),
    ("rubrics of no track", [lambda tree: tree.update({"rubrics/cooking/all.yaml": b"rubrics: []"})],
     "rubrics/cooking", "(the whole file)", "track that does not exist"),
    ("track in another folder", [change(TRACK, "id", to="magic")],
     TRACK, "id", "the folder is called 'logic'"),
    ("item id in two categories", [change(SFT, "items", 0, "id", to="one")],
     SFT, "items[0].id", f"another item's id ({INTERVIEW}:2)"),
    ("rubric id twice", [add(RUBRICS, "rubrics", rubric("asks"))],
     RUBRICS, "rubrics[1].id", "another rubric's id"),
    ("unknown rubric", [change(SFT, "items", 0, "rubric", to="lost")],
     SFT, "items[0].rubric", "there is no rubric 'lost'"),
    ("unknown competency of an item", [change(INTERVIEW, "items", 0, "competency", to="magic")],
     INTERVIEW, "items[0].competency", "no competency 'magic'"),
    ("unknown competency of a criterion",
     [change(RUBRICS, "rubrics", 0, "criteria", 1, "competency", to="magic")],
     RUBRICS, "rubrics[0].criteria[1].competency", "no competency 'magic'"),
    ("competency without an item", [change(SFT, "items", 0, "competency", to="reasoning")],
     TRACK, "competencies[1].id", "no item measures 'writing'"),
    ("enemy that is not there", [change(INTERVIEW, "items", 0, "enemies", to=["nobody"])],
     INTERVIEW, "items[0].enemies[0]", "'nobody' is not another item"),
    ("canary of two items", [change(SFT, "items", 0, "canary", to=CANARY),
        change(INTERVIEW, "items", 0, "canary", to=CANARY.title())],
     SFT, "items[0].canary", "is the canary of 'one' too"),
    ("canary of a few words", [change(SFT, "items", 0, "canary", to="whatever it may resemble")],
     SFT, "items[0].canary", "anybody's turn of phrase"),
    ("its own enemy", [change(INTERVIEW, "items", 0, "enemies", to=["one"])],
     INTERVIEW, "items[0].enemies[0]", "'one' is not another item"),
    ("unknown specialty", [change(SFT, "items", 0, "specialty", to="set-theory")],
     SFT, "items[0].specialty", "no specialty 'set-theory'"),
    ("another jurisdiction", [change(SFT, "items", 0, "jurisdiction", to="de")],
     SFT, "items[0].jurisdiction", "no jurisdiction 'de'"),
    ("too few items", [change(TRACK, "forms", "full", "sections", 1, "count", to=3)],
     TRACK, "forms.full.sections[1]", "of at most 15 minutes, and ranking.yaml has 1: 2 missing"),
    ("items too long for a section", [change(TRACK, "forms", "full", "sections", 2, "max_minutes", to=3)],
     TRACK, "forms.full.sections[2]", "needs 1 sft items of at most 3 minutes"),
    ("too few items in one of two jurisdictions",
     [change(TRACK, "jurisdictions", to=["gb", "us"]), change(RANKING, "items", 0, "jurisdiction", to="gb")],
     TRACK, "forms.full.sections[1]", "ranking.yaml has 0: 1 missing (jurisdiction us)"),
    ("a longer draw than promised", [change(TRACK, "forms", "full", "minutes", to=11)],
     TRACK, "forms.full.minutes", "takes 12 minutes, and the form promises 11"),
    ("a competency without items enough", [change(TRACK, "forms", "full", "coverage", to={"writing": 3})],
     TRACK, "forms.full.coverage.writing", "needs 3 items, and the sections can draw 1: 2 missing"),
    ("enemies that empty a section",
     [add(RANKING, "items", SECOND_RANKING), change(TRACK, "forms", "full", "sections", 1, "count", to=2)],
     TRACK, "forms.full.sections", "enemies leave too few ranking items"),
    ("level 0 that meets something", [change(RUBRICS, "rubrics", 0, "anchors", 0, "met", to=["c1"])],
     RUBRICS, "rubrics[0].anchors[0].met", "meets no criterion"),
    ("level without its criterion", [change(RUBRICS, "rubrics", 0, "anchors", 2, "met", to=["c1"])],
     RUBRICS, "rubrics[0].anchors[2].met", "at least one criterion of level 2"),
    ("level with a higher criterion", [change(RUBRICS, "rubrics", 0, "anchors", 2, "met", to=["c2", "c4"])],
     RUBRICS, "rubrics[0].anchors[2].met", "meets a criterion of level 4"),
    ("missing anchors", [lambda tree: tree[RUBRICS]["rubrics"][0]["anchors"].pop(3)],
     RUBRICS, "rubrics[0].anchors", "missing: 3"),
    ("reference against its own rule",
     [change(SFT, "items", 0, "key", "reference", to="One word more than that.")],
     SFT, "items[0].constraints[0]", "does not meet this: At most 4 words"),
    ("criterion id twice", [change(RUBRICS, "rubrics", 0, "criteria", 1, "id", to="c1")],
     RUBRICS, "rubrics[0].criteria", "repeated id c1"),
    ("anchor of an unknown criterion", [change(RUBRICS, "rubrics", 0, "anchors", 1, "met", to=["c1", "c9"])],
     RUBRICS, "rubrics[0].anchors", "level 1 names unknown criteria c9"),
    ("criterion without an anchor", [change(RUBRICS, "rubrics", 0, "anchors", 4, "met", to=["c4"]),
      change(RUBRICS, "rubrics", 0, "anchors", 3, "met", to=["c3"]),
      change(RUBRICS, "rubrics", 0, "anchors", 2, "met", to=["c2"]),
      add(RUBRICS, "rubrics", rubric("other")), change(RUBRICS, "rubrics", 0, "anchors", 1, "met", to=[])],
     RUBRICS, "rubrics[0].criteria[0].id", "no anchor meets 'c1'"),
    ("more criteria than a rubric may have",
     [change(RUBRICS, "rubrics", 0, "criteria", to=[
        rubric("asks")["criteria"][0] | {"id": f"c{at}"} for at in range(1, 17)])],
     RUBRICS, "rubrics[0].criteria", "may have at most 12 entries and has 16"),
    ("a weight of nothing", [change(RUBRICS, "rubrics", 0, "criteria", 0, "weight", to=0)],
     RUBRICS, "rubrics[0].criteria[0].weight", "has to be more than 0"),
    ("a weight that is no number", [change(RUBRICS, "rubrics", 0, "criteria", 0, "weight", to=float("nan"))],
     RUBRICS, "rubrics[0].criteria[0].weight", "has to be a finite number"),
    ("a text beyond all bounds", [change(SFT, "items", 0, "prompt", to="x" * 12_001)],
     SFT, "items[0].prompt", "may have at most 12000 characters"),
    ("must-have that no item knows", with_writing("hidden_responses", 0, "shows", to=["muster", "wanted"]),
     WRITING, "items[0].key.hidden_responses", "'h1' shows unknown must-haves wanted"),
    ("must-have id twice", with_writing("must_haves", 1, "id", to="muster"),
     WRITING, "items[0].key.must_haves", "repeated id muster"),
    ("hidden response id twice", with_writing("hidden_responses", 1, "id", to="h1"),
     WRITING, "items[0].key.hidden_responses", "repeated id h1"),
    ("must-have that every hidden response shows", with_writing("hidden_responses", to=[
        shown | {"shows": ["muster"] + ["needed"] * (shown["rank"] < 3)}
        for shown in rubric_writing_item()["key"]["hidden_responses"]]),
     WRITING, "items[0].key.hidden_responses", "every response shows 'muster'"),
    ("hidden responses without an order", with_writing("hidden_responses", to=[
        shown | {"rank": 1 + shown["rank"] % 2}
        for shown in rubric_writing_item()["key"]["hidden_responses"]]),
     WRITING, "items[0].key.hidden_responses", "fewer than 3 different ranks"),
    ("too few hidden responses", with_writing("hidden_responses", to=[]),
     WRITING, "items[0].key.hidden_responses", "needs at least 6 entries and has 0"),
    ("repeat of nothing", [add(RANKING, "items", repeat("five", "nobody"))],
     RANKING, "items[1].repeat_of", "'nobody' is not another ranking"),
    ("repeat of itself", [add(RANKING, "items", repeat("five", "five"))],
     RANKING, "items[1].repeat_of", "'five' is not another ranking"),
    ("repeats in a circle",
     [add(RANKING, "items", repeat("five", "six")), add(RANKING, "items", repeat("six", "five"))],
     RANKING, "items[1].repeat_of", "'six' is a repeat itself"),
    ("repeat of an enemy", [add(RANKING, "items", repeat("five", "three", enemies=["three"]))],
     RANKING, "items[1].repeat_of", "'three' is an enemy"),
    ("repeat with other words",
     [add(RANKING, "items", repeat("five", "three")),
      change(RANKING, "items", 1, "responses", 0, "text", to="z")],
     RANKING, "items[1].responses", "responses that 'three' does not have, word for word"),
    ("repeats of what is no ranking", [change(TRACK, "forms", "full", "sections", 0, "repeats", to=1)],
     TRACK, "forms.full.sections[0].repeats", "only rankings have hidden repeats"),
    ("code without tests", [change(SFT, "items", 0, "constraints", 0, to=RUNS)],
     SFT, "items[0].key.tests", "are missing for the kind runs"),
    ("tests without code", [change(SFT, "items", 0, "key", "tests", to=[CODE_TEST])],
     SFT, "items[0].constraints", "have none for the tests"),
    ("reference without the function",
     [change(SFT, "items", 0, "key", "tests", to=[CODE_TEST]),
      change(SFT, "items", 0, "key", "reference", to="def g(): pass"),
      change(SFT, "items", 0, "constraints", 0, to=RUNS)],
     SFT, "items[0].key.tests[0].call.function", "does not define 'f'"),
    ("reference that is no code",
     [change(SFT, "items", 0, "key", "tests", to=[CODE_TEST]),
      change(SFT, "items", 0, "constraints", 0, to=RUNS)],
     SFT, "items[0].key.reference", "its code is not Python"),
    ("language that cannot be told",
     [change(SFT, "items", 0, "constraints", 0, to={"kind": "language", "value": "xx", "label": "In Xish"})],
     SFT, "items[0].constraints[0].value", "'xx' is not a language that can be told"),
    ("the same probe twice",
     [change(INTERVIEW, "items", 1, "probes", 0, "text", to="And what of  PART 3 of one?")],
     INTERVIEW, "items[1].probes[0].text", "the same words are in item 'one'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "file", "field", "problem"), [rule[1:] for rule in RULES], ids=[rule[0] for rule in RULES]
)
def test_each_rule_between_entries_is_reported_where_it_is_broken(
    tmp_path: Path, changes: list[Callable[[Tree], None]], file: str, field: str, problem: str
) -> None:
    tree = sound_library()
    for apply in changes:
        apply(tree)

    errors = errors_of(tmp_path, tree)

    assert any((error.file, error.field) == (file, field) and problem in error.problem for error in errors), (
        errors
    )


CUT = {"ability": 0, "standard_error": 0.3, "rationale": "Set by the author of these tests."}


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"cut": CUT | {"ability": 3.5}}, "cut.ability", "may be at most 3.0"),
        ({"cut": CUT | {"ability": -3.5}}, "cut.ability", "has to be at least -3.0"),
        ({"cut": CUT | {"ability": float("nan")}}, "cut.ability", "has to be a finite number"),
        ({"cut": CUT | {"standard_error": float("inf")}}, "cut.standard_error", "has to be a finite number"),
        ({"cut": CUT | {"ability": "high"}}, "cut.ability", "has to be a number"),
        (
            {"levels": {"specialist": CUT | {"ability": -0.5}}},
            "levels.specialist.ability",
            "is -0.5, which is not above the cut that qualifies (0)",
        ),
        (
            {"levels": {"specialist": CUT | {"ability": 1}, "expert": CUT | {"ability": 0.9}}},
            "levels.expert.ability",
            "is 0.9, which is not above specialist (1)",
        ),
        (
            {"levels": {"expert": CUT | {"ability": 2.8}}},
            "levels.expert.ability",
            "lies at 102 points; the score scale ends at 100",
        ),
        ({"levels": {"specialist": CUT | {"ability": 4}}}, "levels.specialist.ability", "may be at most 3.0"),
    ],
)
def test_a_cut_or_a_level_off_the_scale_or_out_of_order_is_named_at_its_field(
    tmp_path: Path, changes: Tree, field: str, said: str
) -> None:
    tree = sound_library()
    tree[TRACK] |= changes

    found = [(one.field, one.problem) for one in errors_of(tmp_path, tree) if one.file == TRACK]

    assert found == [(field, said)]


def test_levels_nearer_than_their_errors_are_a_warning(tmp_path: Path) -> None:
    tree = sound_library()
    tree[TRACK]["levels"] = {"specialist": CUT | {"ability": 0.5}, "expert": CUT | {"ability": 1.2}}

    (warning,) = warnings_about(TRACK, tmp_path, tree)

    assert warning.field == "levels.specialist.ability"
    assert (
        "lies 0.50 above the cut below it, less than their standard errors together (0.60)" in warning.problem
    )


def test_a_mistake_in_an_item_is_not_reported_again_as_a_missing_item(tmp_path: Path) -> None:
    tree = sound_library()
    tree[SFT]["items"][0]["minutes"] = -1

    errors = errors_of(tmp_path, tree)

    assert [(error.file, error.field) for error in errors] == [(SFT, "items[0].minutes")]


def test_rubrics_that_cannot_be_read_are_not_reported_again_as_missing_rubrics(tmp_path: Path) -> None:
    errors = errors_of(tmp_path, sound_library() | {RUBRICS: b"rubrics: ["})

    assert [(error.file, error.field) for error in errors] == [(RUBRICS, "(the whole file)")]


def test_a_form_without_room_for_enemies_can_be_drawn_around_them(tmp_path: Path) -> None:
    tree = sound_library()
    tree[RANKING]["items"] += [SECOND_RANKING, ranking_item("six")]
    tree[TRACK]["forms"]["full"]["sections"][1]["count"] = 2
    tree[TRACK]["forms"]["full"]["minutes"] = 14

    assert errors_of(tmp_path, tree) == ()


def test_folders_without_a_track_are_a_problem(tmp_path: Path) -> None:
    errors = check(tmp_path / "question_banks", tmp_path / "rubrics").errors

    assert [(error.file, error.problem) for error in errors] == [
        ("question_banks", "holds no track: expected <track>/track.yaml")
    ]


@pytest.mark.parametrize(("best", "cue"), [("r3", "the longest"), ("r1", "the first one shown")])
def test_a_cue_that_points_to_the_best_response_too_often_is_a_warning(
    tmp_path: Path, best: str, cue: str
) -> None:
    tree = sound_library()
    items = [ranking_item(f"item{place}") for place in range(3)]
    for item in items:
        others = [[name] for name in ("r1", "r2", "r3") if name != best]
        item["key"]["order"] = [[best], *others]
    tree[RANKING]["items"] = items

    (warning,) = warnings_about(RANKING, tmp_path, tree)

    assert warning.field == "items[2].key"
    assert f"in 3 of 3 ranking items the best response is {cue} (chance: 1.0, p = 0.037)" in warning.problem


def test_a_rubric_that_no_item_uses_is_a_warning(tmp_path: Path) -> None:
    tree = sound_library()
    tree[RUBRICS]["rubrics"].append(rubric("unused"))

    (warning,) = warnings_about(RUBRICS, tmp_path, tree)

    assert (warning.file, warning.field, warning.problem) == (
        RUBRICS,
        "rubrics[1].id",
        "no item uses this rubric",
    )
