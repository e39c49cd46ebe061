"""Files of labels and of replies."""

from pathlib import Path

import pytest

from assessor.adapters.labels import read_labels
from assessor.adapters.replies import FileReplies
from assessor.domain.errors import InvalidInput
from assessor.domain.events import ModelReplied

REPLY = ModelReplied(purpose="judge", model="m1", request_hash="sha256:1", reply="{}")


def test_csv_and_jsonl_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "\ufeffitem,criterion,response,language,label,label_2\n"
        'it,cause,"One, two\nthree.",de,1,\n'
        "it,fix,Four.\u2028,,0;1,0\n"
    )
    (tmp_path / "a.jsonl").write_text(
        '{"item": "it", "criterion": "cause", "response": "One, two\\nthree.", "language": "de",'
        ' "label": true}\n'
        "\n"
        '{"item": "it", "criterion": "fix", "response": "Four.\u2028", "labels": [0, 1.0, false]}\n'
    )

    table, lines = read_labels(tmp_path / "a.csv"), read_labels(tmp_path / "a.jsonl")

    assert [(one.item, one.criterion, one.response, one.language) for one in table] == [
        ("it", "cause", "One, two\nthree.", "de"),
        ("it", "fix", "Four.\u2028", ""),
    ]
    assert [one.labels for one in table] == [("1", ""), ("0", "1", "0")]
    assert [one.labels for one in lines] == [("1",), ("0", "1", "0")]
    assert [(one.item, one.response) for one in lines] == [(one.item, one.response) for one in table]
    assert [one.line for one in lines] == [1, 3]


def test_a_response_may_be_the_json_that_a_form_sends(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"item": "it", "criterion": "c", "response": {"text": "Yes."}}\n')

    (row,) = read_labels(tmp_path / "a.jsonl")

    assert row.response == '{"text": "Yes."}'
    assert row.labels == ()


def test_a_label_that_is_not_a_number_is_handed_on_to_be_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"item": "it", "criterion": "c", "response": "x", "label": NaN}\n')

    assert read_labels(tmp_path / "a.jsonl")[0].labels == ("nan",)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"criterion,response,lable\nc,x,1\n", "line 2: has a field 'lable'"),
        ("a.csv", b"criterion,response\nc,x,1,2\n", "line 2: has more fields than the header"),
        ("a.csv", b'criterion,response\nc,"x"y\n', "is not CSV"),
        ("a.csv", b"criterion,response\nc,\xff\n", "is not UTF-8"),
        ("a.csv", b"", "has no column 'criterion'"),
        ("a.jsonl", b'{"criterion": 3, "response": "x"}', "line 1: has a criterion that is not text"),
        ("a.jsonl", b"{", "line 1: has more fields than the header, or is not a JSON object"),
        ("a.xlsx", b"", "is of no kind known here"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(InvalidInput) as refused:
        read_labels(tmp_path / name)

    assert said in str(refused.value)


async def test_replies_come_back_by_response_and_a_line_that_was_cut_off_is_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "replies.jsonl"
    await FileReplies(file).keep("r1", REPLY)
    with file.open("a") as torn:
        torn.write('{"response": "r2", "rep')

    again = FileReplies(file)
    await again.keep("r2", REPLY)

    assert again.of("r1") == {"sha256:1": REPLY}
    assert FileReplies(file).of("r2") == {"sha256:1": REPLY}
    assert FileReplies(file).of("r3") == {}


def test_a_file_of_something_else_is_not_taken_for_replies(tmp_path: Path) -> None:
    (tmp_path / "replies.jsonl").write_text('{"response": "r1"}\n')

    with pytest.raises(InvalidInput, match="line 1, is no recorded reply"):
        FileReplies(tmp_path / "replies.jsonl")
