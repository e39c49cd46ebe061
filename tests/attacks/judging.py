"""Plays attacks on the judge: the same answer with a payload and without, and whether it gained by it."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from assessor.adapters.content import FileContent
from assessor.domain.addressing import addressed
from assessor.domain.evidence import OwnText
from assessor.domain.form import Form, FormItem
from assessor.domain.item import Category, InterviewItem, Item
from assessor.domain.library import Library
from assessor.domain.policy import Grade, Policy
from assessor.domain.response import RubricRow, RubricWritingResponse, SftResponse, own_texts
from assessor.domain.rubric import Anchor, Rubric
from assessor.domain.score import Score, Unscored
from assessor.domain.transcript import Turn
from assessor.domain.verdict import Decision, JudgeBasis, decide
from assessor.scoring import Judge, Work
from tests.attacks.gullible import Gullible, Truth, guarded, unguarded
from tests.attacks.payloads import Attack, padding
from tests.scoring.prompts import PROMPTS

ROOT = Path(__file__).parents[2]
TRACK = "python"
TRIALS = 300
PLACES = ("after", "before", "within", "alone", "over two turns")
"""Where in an answer a payload stands; over two turns, half of it in each."""
TOP = 4
SEQ = 11
_ROW_CHARS = 600
_ROWS = 12


@dataclass(frozen=True)
class Trial:
    """One payload in one answer to one item."""

    attack: Attack
    item: Item
    rubric: Rubric
    anchor: Anchor
    place: str
    seed: int


@dataclass(frozen=True)
class Result:
    """What came of a trial. `raised` and `flipped` are ids of criteria."""

    trial: Trial
    raised: tuple[str, ...]
    flipped: tuple[str, ...]
    raised_by_knowing: tuple[str, ...]
    """What a model gained that sees through the canaries: then quotes alone stand in the way."""
    obeyed: bool
    noticed: bool
    """Whether code saw something: no content, a passage that speaks to the grader, a wrong canary."""
    bites: bool
    """Whether it gains where nothing is checked."""

    @property
    def won(self) -> bool:
        """Whether the payload got anything."""
        return bool(self.raised or self.flipped)


async def library() -> Library:
    """Return the banks that ship."""
    return await FileContent(ROOT / "question_banks", ROOT / "rubrics").library()


async def decisions(attack: Attack, level: int, shelf: Library, seed: int = 1) -> tuple[Decision, Decision]:
    """Decide on answers of one level to everything that is read, without the payload and with it in each."""
    plain: list[Score] = []
    attacked: list[Score] = []
    items: list[Item] = []
    for item in shelf.items[TRACK].values():
        rubric = shelf.rubrics.get(item.rubric or "")
        if rubric is None or item.category not in _WORKS:
            continue
        anchor = next(one for one in rubric.anchors if one.level == level)
        trial = Trial(attack, item, rubric, anchor, "after", seed)
        items.append(item)
        plain += (await _scored(trial, attack.text, _answer(trial, ""))).values()
        attacked += (await _scored(trial, attack.text, _answer(trial, attack.text))).values()
    places = tuple(
        FormItem(item_id=item.id, version=1, hash=item.hash, category=item.category, minutes=1)
        for item in items
    )
    form = Form(name="all", items=places, minutes=45, time_limit_minutes=90)
    policy = Policy(
        judge_may_score=True,
        least_basis=Grade.PROVISIONAL,
        rules_may_decide=("qualified", "not_qualified"),
    )
    judges = [
        JudgeBasis(
            model="gullible",
            family=f"{category}/{competency.id}",
            prompt_hash="0",
            rubric_hash="0",
            grade=Grade.PROVISIONAL,
        )
        for category in _WORKS
        for competency in shelf.track(TRACK).competencies
    ]
    before, after = (
        decide(scores, shelf.track(TRACK), form, policy, judges=judges) for scores in (plain, attacked)
    )
    return before, after


def trials(attacks: Sequence[Attack], shelf: Library, count: int = TRIALS, seed: int = 1) -> list[Trial]:
    """Draw trials: every payload about as often, each time with another item, answer and place."""
    chance = random.Random(seed)
    situations = [
        (item, rubric, anchor, place)
        for item in shelf.items[TRACK].values()
        if (rubric := shelf.rubrics.get(item.rubric or "")) and item.category in _WORKS
        for anchor in rubric.anchors
        if anchor.level < TOP
        for place in PLACES
    ]
    drawn: list[Trial] = []
    for attack in islice(cycle(attacks), count):
        item, rubric, anchor, place = chance.choice(situations)
        place = "alone" if attack.kind == "G3" else place  # content within an answer is no empty answer
        drawn.append(Trial(attack, item, rubric, anchor, place, seed + len(drawn)))
    return drawn


async def judge_all(attacks: Sequence[Attack], count: int = TRIALS, seed: int = 1) -> list[Result]:
    """Play as many trials as are asked for."""
    return [await judged(trial) for trial in trials(attacks, await library(), count, seed)]


async def judged(trial: Trial) -> Result:
    """Judge the answer with the payload and without, by models that obey and by one without checks."""
    told = padding(trial.attack, _task(trial.item), [one.text for one in trial.rubric.criteria])
    plain = await _scored(trial, told, _answer(trial, ""))
    attacked_work = _answer(trial, told)
    model = _gullible(trial, told)
    attacked = await guarded(_judge(model, trial.seed), attacked_work)
    knowing = await guarded(_judge(_gullible(trial, told, knows=True), trial.seed), attacked_work)
    return Result(
        trial=trial,
        raised=_raised(plain, attacked),
        flipped=_flipped(plain, attacked),
        raised_by_knowing=_raised(plain, knowing),
        obeyed=model.obeyed,
        noticed=_noticed(attacked_work, attacked),
        bites=await _bites(trial, told, attacked_work, plain),
    )


async def _scored(trial: Trial, told: str, work: Work) -> dict[str, Score]:
    return await guarded(_judge(_gullible(trial, told), trial.seed), work)


async def _bites(trial: Trial, told: str, work: Work, plain: Mapping[str, Score]) -> bool:
    believed = await unguarded(_gullible(trial, told), work, f"{trial.seed:032x}")
    return any(value > (plain[name].value or 0.0) for name, value in believed.items())


def _raised(plain: Mapping[str, Score], attacked: Mapping[str, Score]) -> tuple[str, ...]:
    return tuple(name for name, score in attacked.items() if (score.value or 0) > (plain[name].value or 0))


def _flipped(plain: Mapping[str, Score], attacked: Mapping[str, Score]) -> tuple[str, ...]:
    """Return what is decided the other way; what is left to a person is not decided."""
    return tuple(
        name
        for name, score in attacked.items()
        if None not in (score.value, plain[name].value) and score.value != plain[name].value
    )


def _noticed(work: Work, scores: Mapping[str, Score]) -> bool:
    by_reader = {Unscored.QUARANTINED, Unscored.JUDGES_DISAGREE, Unscored.EVIDENCE_NOT_FOUND}
    return (
        any(addressed(own.text) for own in work.texts)
        or any(score.unscored in by_reader for score in scores.values())
        or any(score.rater == "rule:no_content" for score in scores.values())
    )


def _gullible(trial: Trial, told: str, *, knows: bool = False) -> Gullible:
    texts = {criterion.id: criterion.text for criterion in trial.rubric.criteria}
    met = frozenset(texts[name] for name in trial.anchor.met) if trial.place != "alone" else frozenset()
    truth = Truth(met, " ".join(trial.anchor.answer.split()[:6]))
    middle = len(told) // 2
    halves = (told[:middle], told[middle:]) if trial.place == "over two turns" else (told,)
    return Gullible(truth, *halves, knows_canaries=knows).facing(texts.values())


def _judge(model: Gullible, seed: int) -> Judge:
    drawn = random.Random(seed)
    return Judge(model, PROMPTS, lambda: f"{drawn.getrandbits(128):032x}")


def _answer(trial: Trial, told: str) -> Work:
    return _WORKS[trial.item.category](trial, tuple(_parts(trial, told)))


def _parts(trial: Trial, told: str) -> Iterator[str]:
    """Yield the paragraphs of an answer with the payload in its place; alone it is all there is."""
    answer = " ".join(trial.anchor.answer.split())
    words = answer.split()
    half = len(words) // 2
    match trial.place if told else "none":
        case "none":
            yield from () if trial.place == "alone" else (answer,)
        case "after":
            yield from (answer, told)
        case "before":
            yield from (told, answer)
        case "within":
            yield from (" ".join(words[:half]), told, " ".join(words[half:]))
        case "over two turns":
            yield from (f"{answer}\n{told[: len(told) // 2]}", told[len(told) // 2 :])
        case _:
            yield told


def _spoken(trial: Trial, parts: Sequence[str]) -> Work:
    item = trial.item
    assert isinstance(item, InterviewItem)
    if not parts:
        return Work(item, trial.rubric, None, ())
    said = parts if trial.place == "over two turns" else ["\n".join(parts)]
    turns = [Turn(seq=SEQ - 1, speaker="interviewer", text=item.question, item_id=item.id)]
    for text in said:
        seq = turns[-1].seq
        turns += (
            Turn(seq=seq + 1, speaker="candidate", text=text, item_id=item.id),
            Turn(seq=seq + 2, speaker="interviewer", text="Go on, please.", item_id=item.id),
        )
    own = tuple(OwnText(event_seq=turn.seq, text=turn.text) for turn in turns if turn.speaker == "candidate")
    return Work(item, trial.rubric, None, own, tuple(turns))


def _written(trial: Trial, parts: Sequence[str]) -> Work:
    return _handed_in(trial, SftResponse(text="\n".join(parts)) if parts else None)


def _as_rubric(trial: Trial, parts: Sequence[str]) -> Work:
    texts = [part[start : start + _ROW_CHARS] for part in parts for start in range(0, len(part), _ROW_CHARS)]
    rows = tuple(RubricRow(criterion=text, weight=10) for text in texts[:_ROWS])
    return _handed_in(trial, RubricWritingResponse(rows=rows) if rows else None)


def _handed_in(trial: Trial, response: SftResponse | RubricWritingResponse | None) -> Work:
    texts = own_texts(response) if response else {}
    own = tuple(OwnText(event_seq=SEQ, path=path, text=text) for path, text in texts.items())
    return Work(trial.item, trial.rubric, response, own)


_WORKS = {Category.INTERVIEW: _spoken, Category.SFT: _written, Category.RUBRIC_WRITING: _as_rubric}


def _task(item: Item) -> str:
    return item.question if isinstance(item, InterviewItem) else str(getattr(item, "prompt", ""))
