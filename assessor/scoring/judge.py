"""The judge: a language model that reads one response and says, criterion by criterion, what it shows.

One call for a whole rubric. The model has no tools and no memory, sees one submission, and writes
no total. Code checks everything it says: a `met` without words that code finds in the candidate's
own text is not believed.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from assessor.domain.errors import ModelFault
from assessor.domain.events import ModelReplied
from assessor.domain.evidence import Evidence, OwnText, locate
from assessor.domain.fence import fence, normalised
from assessor.domain.item import Key
from assessor.domain.rubric import Criterion
from assessor.domain.score import Score, Unscored
from assessor.domain.value import content_hash
from assessor.ports import Model, ModelReply, ModelRequest, Prompts
from assessor.scoring.judge_reply import (
    MAX_REPLY_CHARS,
    Judgement,
    UnusableReplyError,
    read_reply,
    reply_schema,
)
from assessor.scoring.rater import criteria_of, needs_reader, passages_of
from assessor.scoring.screening import task_texts
from assessor.scoring.work import Work, rubric_score

TOKENS_PER_CRITERION = 250
TOKENS_BESIDE = 100
BUDGET_SECONDS = 120.0
"""For one call with its retries, and its waiting behind the turns of interviews: nobody sits and waits."""
ANALYSIS_WORDS = 25

_WHY_UNSCORED = {
    "refused": Unscored.MODEL_OUTPUT_INVALID,
    "invalid_reply": Unscored.MODEL_OUTPUT_INVALID,
}
"""By kind of fault: a model that was reached and gave nothing usable. All others were not reached."""

_REFERENCE = {"rationale", "reference", "must_haves", "fix"}
"""What of a key helps to read an answer. Ratings and labels are for rules."""


@dataclass(frozen=True)
class _Passage:
    label: str
    words: str
    """Fenced."""


class Judge:
    """Rates with a model. `token` draws 32 hexadecimal digits, anew for each fence."""

    def __init__(self, model: Model, prompts: Prompts, token: Callable[[], str]) -> None:
        self._model = model
        self._prompts = prompts
        self._token = token

    async def rate(
        self, work: Work, replies: Mapping[str, str]
    ) -> tuple[tuple[Score, ...], ModelReplied | None]:
        """Return a score for each criterion, and the reply to be recorded when one was bought.

        A reply that is recorded in `replies` is read instead of calling, so a replay scores alike.
        A model that fails leaves everything unscored: never a zero, never an error.
        """
        if not needs_reader(work):
            return (), None
        request = self._request(work)
        recorded = replies.get(request.idempotency_key)
        if recorded is not None:
            return self._scores(work, recorded), None
        try:
            reply = await self._ask(work, request)
        except ModelFault as fault:
            why = _WHY_UNSCORED.get(fault.kind, Unscored.MODEL_UNAVAILABLE)
            return self._unscored(work, why, rater="none"), None
        return self._scores(work, reply.text), _recorded(work, request, self._model.name, reply)

    async def _ask(self, work: Work, request: ModelRequest) -> ModelReply:
        """Return the reply; one that cannot be used is asked for once more. Raises ModelFault."""
        first = await self._model.complete(request)
        try:
            read_reply(first.text, _ids(work))
        except UnusableReplyError as error:
            again = self._prompts.render("judge/again.j2", problem=str(error))
            second = replace(
                request,
                user=f"{request.user}\n\n{again}",
                idempotency_key=f"{request.idempotency_key}:again",
            )
        else:
            return first
        try:
            reply = await self._model.complete(second)
        except ModelFault:
            return first
        return replace(
            reply,
            prompt_tokens=first.prompt_tokens + reply.prompt_tokens,
            completion_tokens=first.completion_tokens + reply.completion_tokens,
        )

    def _request(self, work: Work) -> ModelRequest:
        """Put the call together. Its key is the hash of every word but the fence's token."""
        token = self._token()
        system = self._prompts.render("judge/system.j2")
        user = self._prompts.render("judge/user.j2", **_content(work, token))
        key = content_hash({"model": self._model.name, "system": system, "user": user.replace(token, "")})
        ids = _ids(work)
        return ModelRequest(
            system=system,
            user=user,
            max_tokens=TOKENS_BESIDE + TOKENS_PER_CRITERION * len(ids),
            schema=reply_schema(ids),
            idempotency_key=key,
            purpose="judge",
            within_seconds=BUDGET_SECONDS,
        )

    def _scores(self, work: Work, reply: str) -> tuple[Score, ...]:
        try:
            judgements = read_reply(reply, _ids(work))
        except UnusableReplyError:
            return self._unscored(work, Unscored.MODEL_OUTPUT_INVALID, rater=self._rater)
        return tuple(
            self._score(work, criterion, judgements[criterion.id]) for criterion in criteria_of(work)
        )

    def _score(self, work: Work, criterion: Criterion, judgement: Judgement) -> Score:
        score = partial(rubric_score, work.item, criterion, rater=self._rater)
        evidence = _located(judgement, work)
        reason = _shortened(judgement.analysis)
        if judgement.verdict == "cannot_assess" or judgement.contradicts_itself:
            return score(unscored=Unscored.CANNOT_ASSESS, reason=reason)
        if judgement.verdict == "met" and not evidence:
            return score(
                unscored=Unscored.EVIDENCE_NOT_FOUND,
                reason="The words given for this were not found in the answer.",
            )
        return score(value=1.0 if judgement.verdict == "met" else 0.0, evidence=evidence, reason=reason)

    def _unscored(self, work: Work, why: Unscored, rater: str) -> tuple[Score, ...]:
        reason = "A fault of ours left this unscored. It does not count against you; a person scores it."
        return tuple(
            rubric_score(work.item, criterion, rater=rater, unscored=why, reason=reason)
            for criterion in criteria_of(work)
        )

    @property
    def _rater(self) -> str:
        return f"judge:{self._model.name}"


def _content(work: Work, token: str) -> dict[str, object]:
    """Return what the prompt shows. Stable text first, so that a provider's prefix cache works."""
    rubric = work.rubric
    key = getattr(work.item, "key", None)
    reference = key.model_dump(mode="json", include=_REFERENCE) if isinstance(key, Key) else {}
    return {
        "purpose": rubric.purpose if rubric else "",
        "criteria": criteria_of(work),
        "anchors": rubric.anchors if rubric else (),
        "task": json.dumps(work.item.presented(), ensure_ascii=False, sort_keys=True),
        "reference": json.dumps(reference, ensure_ascii=False, sort_keys=True) if reference else "",
        "passages": [
            _Passage(passage.label, fence(passage.text, token))
            for passage in passages_of(work)
            if passage.text
        ],
        "ids": _ids(work),
    }


def _ids(work: Work) -> list[str]:
    return [criterion.id for criterion in criteria_of(work)]


def _located(judgement: Judgement, work: Work) -> tuple[Evidence, ...]:
    """Return where the quotes stand in the candidate's words; what is copied from the task is not theirs."""
    task = [OwnText(event_seq=1, text=text) for text in task_texts(work)]
    found = [locate(quote, work.texts) for quote in judgement.quotes if locate(quote, task) is None]
    return tuple(dict.fromkeys(evidence for evidence in found if evidence is not None))


def _shortened(analysis: str) -> str:
    """Keep to the number of words that was asked for, and to characters that can be stored and shown."""
    said = normalised(analysis).split()
    return " ".join(said[:ANALYSIS_WORDS])[:400] + (" …" if len(said) > ANALYSIS_WORDS else "")


def _recorded(work: Work, request: ModelRequest, model: str, reply: ModelReply) -> ModelReplied:
    """Return the fact. One character over the bound is kept, so that a replay refuses it as well."""
    return ModelReplied(
        purpose="judge",
        item_id=work.item.id,
        model=model,
        request_hash=request.idempotency_key,
        reply=reply.text[: MAX_REPLY_CHARS + 1],
        prompt_tokens=reply.prompt_tokens,
        completion_tokens=reply.completion_tokens,
    )
