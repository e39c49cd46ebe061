"""The order of the conversation: pure functions from where it stands to what is said next."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from assessor.domain.item import Probe, ProbeKind
from assessor.domain.transcript import Turn
from assessor.interview import authored
from assessor.interview.blueprint import after_swaps, by_background, other_field
from assessor.interview.observe import Observation, can_be_quoted, observe
from assessor.interview.screen import screen
from assessor.interview.state import Brief, Heard, Plan, Progress, Question, TurnState

SHORT_ANSWER_WORDS = 25
MAX_ASIDES = 3
"""How often one question is held open for what is not an answer; after that the interview goes on."""
ENDS_A_QUESTION = frozenset({Heard.ANSWER, Heard.PASS, Heard.REFUSAL, Heard.NOT_MY_FIELD})
"""What a question is left after. Everything else puts it aside."""
MAX_WARNINGS = 1
"""How many insults are answered with a warning before the interview ends."""
HELP: Mapping[Heard, Literal["person", "break", "more_time", "distress"]] = MappingProxyType(
    {
        Heard.PERSON: "person",
        Heard.BREAK: "break",
        Heard.MORE_TIME: "more_time",
        Heard.DISTRESS: "distress",
    }
)
"""What a person has to be told of."""
CLOSING_SECONDS = 60
EXCHANGE_SECONDS = 90
"""What a question with its answer takes at least; a probe must leave so much for each core question."""


@dataclass(frozen=True)
class Want:
    """Something an answer may leave open, and the kinds of probe that ask for it."""

    because: str
    is_open: Callable[[Observation], bool]
    kinds: tuple[ProbeKind, ...]
    quotes: bool = False
    """Whether the probe quotes the candidate's own term back."""


_EXAMPLE, _CLARIFY, _DEPTH = ProbeKind.EXAMPLE, ProbeKind.CLARIFY, ProbeKind.DEPTH
_JUSTIFY, _EDGE, _CONTRAST = ProbeKind.JUSTIFY, ProbeKind.EDGE_CASE, ProbeKind.CONTRAST

WANTS = (
    Want("too_short", lambda seen: seen.words < SHORT_ANSWER_WORDS, (_EXAMPLE, _CLARIFY)),
    Want("claim_without_reason", lambda seen: not seen.has_reason, (_JUSTIFY, _DEPTH)),
    Want("named_term", lambda seen: bool(seen.terms), (_DEPTH, _CLARIFY, _EDGE), quotes=True),
    Want("no_example", lambda seen: not seen.has_example, (_EXAMPLE,)),
    Want("no_limits", lambda seen: not seen.has_limits, (_EDGE, _CONTRAST)),
)
"""In this order; kinds in order of preference. One that was asked for is not asked for again."""


def after_screen(state: TurnState) -> Literal["plan", "end"]:
    """Say whether there is anything to reply to; a turn that runs again finds its reply in the log."""
    progress = state["progress"]
    waits = not progress.has_begun or progress.transcript.unanswered is not None
    return "plan" if waits and not progress.is_over else "end"


def next_plan(
    progress: Progress, heard: Heard, time_left_seconds: float | None, *, has_model: bool = False
) -> Plan:
    """Decide what to say next, and whether a person has to be told."""
    plan = _next(progress, heard, time_left_seconds, has_model=has_model)
    return replace(plan, help=HELP.get(heard))


def _next(progress: Progress, heard: Heard, time_left_seconds: float | None, *, has_model: bool) -> Plan:
    if time_left_seconds is not None and time_left_seconds < CLOSING_SECONDS:
        return _closing(progress, heard)
    if not progress.has_begun:
        return Plan("opening", authored.welcome(progress.brief, has_model=has_model))
    if heard is Heard.ABUSE and _insults(progress) > MAX_WARNINGS:
        return Plan("closing", authored.conduct(progress.brief), finished="conduct")
    if heard is Heard.NOT_MY_FIELD and (swapped := _swapped(progress)):
        return swapped
    if heard not in ENDS_A_QUESTION and progress.asides < MAX_ASIDES:
        text = authored.aside(heard, progress.brief, _open_text(progress))
        return Plan("answer", text, item_id=progress.open_item)
    probe = _probe(progress, time_left_seconds) if heard is Heard.ANSWER else None
    return probe or _onwards(progress, heard)


def choose_probe(
    question: Question, asked: Sequence[Probe], seen: Observation, covered: AbstractSet[str] = frozenset()
) -> tuple[Want, Probe] | None:
    """Return the first open want that an unused approved probe asks for; none that is `covered` already."""
    kinds_asked = {probe.kind for probe in asked}
    for want in WANTS:
        if not want.is_open(seen) or kinds_asked & set(want.kinds):
            continue
        for kind in want.kinds:
            for probe in question.probes:
                if probe.kind is kind and probe not in asked and probe.id not in covered:
                    return want, probe
    return None


def left_to_ask(progress: Progress) -> tuple[Probe, ...]:
    """Return the probes of which one may follow the answer to the probe that was just asked.

    There are none unless a probe was just asked, and another one is allowed.
    """
    question = progress.open_question
    if question is None or progress.open_probe is None or progress.transcript.unanswered is not None:
        return ()
    if len(progress.probed) >= progress.brief.max_probes:
        return ()
    known = {*progress.covered, *(probe.id for probe in progress.probed)}
    return tuple(probe for probe in question.probes if probe.id not in known)


def answering(progress: Progress) -> tuple[Turn, ...]:
    """Return answers and probes about the open question, without requests and the replies to them."""
    return tuple(
        turn
        for turn in progress.exchange
        if turn.kind == "probe" or (turn.speaker == "candidate" and _heard(progress, turn) is Heard.ANSWER)
    )


def said_in_answer(progress: Progress) -> str:
    """Return the candidate's answer to the open question so far, as one text."""
    return "\n".join(turn.text for turn in answering(progress) if turn.speaker == "candidate")


def _insults(progress: Progress) -> int:
    said = (turn for turn in progress.transcript.turns if turn.speaker == "candidate")
    return sum(_heard(progress, turn) is Heard.ABUSE for turn in said)


def _heard(progress: Progress, turn: Turn) -> Heard:
    return screen(turn.text, progress.brief.language)


def _swapped(progress: Progress) -> Plan | None:
    """Ask another question instead. Not after an answer: what was said to a question counts."""
    question = progress.open_question
    if question is None or said_in_answer(progress):
        return None
    chosen = other_field(progress.brief, question)
    if chosen is None:
        return None
    spare, swap = chosen
    text = authored.acknowledged(progress.brief, Heard.NOT_MY_FIELD, spare.question.text)
    return Plan("core", text, item_id=spare.question.item_id, swaps=(swap,))


def _probe(progress: Progress, time_left_seconds: float | None) -> Plan | None:
    question = progress.open_question
    if question is None or len(progress.probed) >= progress.brief.max_probes:
        return None
    if time_left_seconds is not None and time_left_seconds < _needed_for_a_probe(progress):
        return None
    seen = _seen(progress)
    chosen = choose_probe(question, progress.probed, seen, progress.covered)
    if chosen is None:
        return None
    want, probe = chosen
    text = authored.quoting(progress.brief, seen.terms[0], probe.text) if want.quotes else probe.text
    return Plan("probe", text, item_id=question.item_id, probe=probe, because=want.because)


def _seen(progress: Progress) -> Observation:
    """Return what the rules see in the answer, with the terms that were observed before it was complete."""
    by_rule = observe(said_in_answer(progress), progress.brief.language)
    said = {turn.seq: turn.text for turn in answering(progress)}
    spans = [span for seen in progress.observations for span in seen.terms]
    terms = [said.get(span.event_seq, "")[span.start : span.end] for span in spans]
    observed = [term for term in terms if can_be_quoted(term)]
    return replace(by_rule, terms=tuple(dict.fromkeys((*observed, *by_rule.terms))))


def _needed_for_a_probe(progress: Progress) -> float:
    return CLOSING_SECONDS + EXCHANGE_SECONDS * (1 + len(progress.remaining))


def _onwards(progress: Progress, heard: Heard) -> Plan:
    if not progress.remaining:
        return _closing(progress, heard)
    swaps = by_background(progress.brief, said_in_answer(progress)) if progress.is_opening else ()
    question = after_swaps(progress.brief, swaps)[0] if swaps else progress.remaining[0]
    lead = Heard.PASS if heard is Heard.NOT_MY_FIELD else heard
    text = authored.acknowledged(progress.brief, lead, question.text)
    return Plan("core", text, item_id=question.item_id, swaps=swaps)


def _closing(progress: Progress, heard: Heard) -> Plan:
    brief: Brief = progress.brief
    if progress.remaining:
        text = authored.time_is_up(brief)
        if heard is Heard.DISTRESS:
            text = authored.acknowledged(brief, heard, text)
        return Plan("closing", text, finished="time")
    lead = Heard.PASS if heard is Heard.NOT_MY_FIELD else heard
    return Plan("closing", authored.acknowledged(brief, lead, brief.closing), finished="complete")


def _open_text(progress: Progress) -> str:
    if progress.open_probe is not None:
        return progress.open_probe.text
    return progress.open_question.text if progress.open_question else progress.brief.opening
