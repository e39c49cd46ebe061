"""A model that says what it was told gives itself away, and then nothing of it counts."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from assessor.domain.rubric import Anchor
from assessor.domain.score import Notice, Unscored
from assessor.scoring import Work
from assessor.scoring.judge.brief import Briefs
from assessor.scoring.judge.canaries import Decoys, met
from tests.scoring.graders import Grader, Row, asked, bench, crediting, known, reply, row
from tests.scoring.prompts import PROMPTS
from tests.scoring.works import ANSWER, INTERVIEW, RUBRIC, SFT, talk

ALL = [criterion.text for criterion in RUBRIC.criteria]
WORDS = "every call shares it"

Obeys = Callable[[dict[str, str], list[Row]], str]


def everything_met(_: dict[str, str], rows: list[Row]) -> str:
    return reply([row(r["id"], quotes=[WORDS]) for r in rows])


def everything_unmet(_: dict[str, str], rows: list[Row]) -> str:
    return reply([row(r["id"], met=False) for r in rows])


def abstains_from_everything(_: dict[str, str], rows: list[Row]) -> str:
    return reply([row(r["id"], verdict="cannot_assess", probability=0.5) for r in rows])


def leaves_out_what_it_can_look_up(criteria: dict[str, str], rows: list[Row]) -> str:
    return reply([r for r in rows if known(criteria[r["id"]], ANSWER) is None])


def obeying(obeys: Obeys, *calls: int) -> Grader:
    model = Grader(crediting(*ALL))

    def answer(call: int, rows: list[Row]) -> str:
        return obeys(dict(asked(model.history[-1]).criteria), rows) if call in calls else reply(rows)

    model.spoil = answer
    return model


@pytest.mark.parametrize("obeys", [everything_met, everything_unmet, abstains_from_everything])
async def test_a_wrong_canary_voids_the_whole_reply_and_twice_leaves_all_unscored(obeys: Obeys) -> None:
    model = obeying(obeys, 1, 2)

    scores = await bench(model).rate(talk(ANSWER))

    assert {score.unscored for score in scores.values()} == {Unscored.QUARANTINED}
    assert {score.value for score in scores.values()} == {None}
    assert len(model.history) == 2


@pytest.mark.parametrize("obeys", [everything_met, everything_unmet, abstains_from_everything])
async def test_after_a_wrong_canary_one_fresh_call_decides(obeys: Obeys) -> None:
    model = obeying(obeys, 1)

    scores = await bench(model).rate(talk(ANSWER))

    assert {score.value for score in scores.values()} == {1.0}
    assert {score.noticed for score in scores.values()} == {(Notice.QUARANTINED,)}
    first, second = model.history
    assert first.user.split("<<<")[1][:32] != second.user.split("<<<")[1][:32]
    assert set(asked(first).criteria.values()) & set(asked(second).criteria.values()) >= set(ALL)
    assert decoy(first.user) != decoy(second.user)


def decoy(prompt: str) -> str:
    listed = [line[12:] for line in prompt.rpartition("Grade exactly")[2].splitlines() if line[:2] == "- "]
    (found,) = [text for text in listed if text not in ALL and known(text, ANSWER) is not True]
    return found


async def test_a_reply_without_its_canaries_does_not_count() -> None:
    model = obeying(leaves_out_what_it_can_look_up, 1, 2, 3, 4)

    scores = await bench(model).rate(talk(ANSWER))

    assert {score.unscored for score in scores.values()} == {Unscored.MODEL_OUTPUT_INVALID}
    assert [len(asked(request).criteria) for request in model.history] == [5, 5, 5, 5]


async def test_a_quarantine_and_a_lost_criterion_in_one_hearing_take_five_calls_and_no_more() -> None:
    model = Grader(crediting(*ALL))

    def answer(call: int, rows: list[Row]) -> str:
        if call == 1:
            return everything_met({}, rows)
        criteria = asked(model.history[-1]).criteria
        return reply([r for r in rows if criteria[r["id"]] != ALL[0]])

    model.spoil = answer

    scores = await bench(model).rate(talk(ANSWER))

    assert [scores[name].unscored for name in ("cause", "fix")] == [Unscored.MODEL_OUTPUT_INVALID, None]
    assert len(model.history) == 5


def test_a_part_of_a_name_in_code_is_not_taken_for_a_word() -> None:
    canary = met(PROMPTS, "seed", "read_upload(path) opens the archive", "Mend read_upload for the archive.")

    assert canary.text == "Uses the word “archive” at least once."


def test_a_text_that_speaks_of_everything_gets_words_that_nobody_ever_used() -> None:
    decoys = Decoys.load(PROMPTS)
    everything = " ".join(word for words, _ in decoys.statements for word in words).upper()

    first, second = (decoys.two(seed, everything) for seed in ("one", "two"))

    texts = [canary.text for canary in (*first, *second)]
    words = [re.fullmatch("Uses the word “([a-z]{8})” at least once.", text) for text in texts]
    assert len({word[1] for word in words if word}) == 4
    assert {canary.expected for canary in (*first, *second)} == {"unmet"}
    assert first == decoys.two("one", everything)


def test_a_made_up_word_that_the_text_has_gives_way_to_another() -> None:
    decoys = Decoys.load(PROMPTS)
    everything = " ".join(word for words, _ in decoys.statements for word in words)
    (first, _) = decoys.two("seed", everything)

    again = decoys.two("seed", everything, first.text)

    assert first not in again
    assert again[0].text.startswith("Uses the word “")


def test_of_what_a_text_speaks_no_decoy_is_made() -> None:
    decoys = Decoys.load(PROMPTS)
    (words, said), *others = decoys.statements
    one = Decoys(PROMPTS, ((words, said), others[0]))

    told = {canary.text for canary in one.two("seed", f"It tells of a {words[0].upper()}.")}

    assert said not in told
    assert others[0][1] in told


EVERYTHING = ", ".join(words[0] for words, _ in Decoys.load(PROMPTS).statements)
"""Speaks of every decoy."""
FIRST, *OTHERS = RUBRIC.criteria


@pytest.mark.parametrize(
    "done",
    [
        talk(EVERYTHING),
        talk(ANSWER, rubric=RUBRIC.changed(purpose=EVERYTHING)),
        talk(ANSWER, rubric=RUBRIC.changed(criteria=(FIRST.changed(text=EVERYTHING), *OTHERS))),
        talk(ANSWER, rubric=RUBRIC.changed(anchors=(Anchor(level=0, answer=EVERYTHING),))),
        replace(talk(ANSWER), item=INTERVIEW.changed(question=EVERYTHING)),
        replace(talk(ANSWER), item=SFT.changed(key=SFT.key.changed(reference=EVERYTHING))),
    ],
    ids=["answer", "purpose", "criterion", "example", "task", "reference"],
)
def test_a_decoy_is_about_nothing_that_a_prompt_speaks_of(done: Work) -> None:
    for decoy in Briefs(PROMPTS).of(done).decoys:
        assert decoy.text.startswith("Uses the word “")


def test_decoys_differ_from_item_to_item_and_are_the_same_for_everybodys_work_on_one() -> None:
    briefs = Briefs(PROMPTS)
    one, other = briefs.of(talk(ANSWER)), briefs.of(talk("It is made once."))
    items = [replace(talk(ANSWER), item=INTERVIEW.changed(id=f"int-{number}")) for number in range(8)]

    assert one.decoys == other.decoys
    assert one.decoys[0] != one.decoys[1]
    assert len({briefs.of(done).decoys[0] for done in items}) > 3


def test_every_word_of_the_answer_can_be_asked_for_that_the_task_has_too() -> None:
    own, task = "DEFAULT lists grow: every default value, once", "Is a Default value made every time or once?"

    made = {met(PROMPTS, str(number), own, task) for number in range(40)}

    assert {canary.text for canary in made} == {
        f"Uses the word “{word}” at least once." for word in ("default", "value", "every")
    }
    assert {canary.expected for canary in made} == {"met"}


@pytest.mark.parametrize(("own", "half"), [("one two three four", 2), ("a, b - c!", 2), ("Да", 0)])
def test_an_answer_with_no_word_of_the_task_is_longer_than_half_of_itself(own: str, half: int) -> None:
    canary = met(PROMPTS, "seed", own, "Something else.")

    assert (canary.text, canary.expected) == (f"Is longer than {half} words.", "met")


def test_a_made_up_word_can_be_spoken_and_any_letter_may_stand_in_it() -> None:
    decoys = Decoys.load(PROMPTS)
    made = [decoys.two(str(number), EVERYTHING)[0].text for number in range(60)]
    words = [text.split("“")[1].split("”")[0] for text in made]

    assert all(re.fullmatch("([bdfgklmnprstvzwx][aeiou]){4}", word) for word in words)
    assert len(set(words)) == len(words)
    for place in (0, 2, 4, 6):
        assert len({word[place] for word in words}) > 10
        assert {word[place + 1] for word in words} == set("aeiou")
