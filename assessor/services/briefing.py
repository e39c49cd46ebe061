"""What the interviewer is told: its own questions, and nothing worth stealing."""

from assessor.domain.assessment import Assessment
from assessor.domain.form import placed, replacements
from assessor.domain.item import Category, InterviewItem
from assessor.domain.library import Library
from assessor.interview.guard import hashed_ngrams
from assessor.interview.state import Brief, Question, Spare
from assessor.ports import Content, Retirements
from assessor.services.states import KEPT

MAX_SWAPS = 2
"""How often a candidate may say that a question is not of their field, and get another."""


class Briefing:
    """Makes briefs, and keeps those of the interviews that run."""

    def __init__(self, content: Content, retirements: Retirements) -> None:
        self._content = content
        self._retirements = retirements
        self._secrets: dict[str, frozenset[int]] = {}
        self._briefs: dict[str, tuple[int, Brief]] = {}
        """By assessment, with how many questions had been swapped."""

    async def of(self, assessment: Assessment) -> Brief:
        """Return the brief for the next turn of an interview."""
        swapped, brief = self._briefs.get(assessment.id, (0, None))
        if brief is not None and swapped == len(assessment.swaps):
            return brief
        track = assessment.ordered.track
        library = await self._content.library(track)
        if track not in self._secrets:
            self._secrets[track] = secret_ngrams(library, track)
        retired = frozenset(one.item_id for one in await self._retirements.retired(track))
        brief = brief_for(assessment, library, self._secrets[track], retired)
        while len(self._briefs) >= KEPT:
            del self._briefs[next(iter(self._briefs))]
        self._briefs[assessment.id] = len(assessment.swaps), brief
        return brief

    def forget(self, assessment_id: str) -> None:
        """Let go of the brief of an interview that is over."""
        self._briefs.pop(assessment_id, None)


def brief_for(
    assessment: Assessment,
    library: Library,
    bank_ngrams: frozenset[int],
    retired: frozenset[str] = frozenset(),
) -> Brief:
    """Return all that the interviewer may know: no rubric, key, weight or cut. Nothing retired is a spare."""
    track = library.track(assessment.ordered.track)
    language = assessment.ordered.language
    words = track.words_in(language)
    drawn = [library.item(track.id, place.item_id) for place in assessment.form.of(Category.INTERVIEW)]
    items = [library.as_asked(track.id, item, language) for item in drawn]
    return Brief(
        track_title=track.title,
        language=language,
        opening=words.background_question,
        closing=words.closing,
        questions=tuple(Question.of(item) for item in items if isinstance(item, InterviewItem)),
        sentences=library.sentences[language],
        bank_ngrams=bank_ngrams,
        spares=_spares(assessment, library, retired),
        swaps_left=MAX_SWAPS - sum(swap.reason == "not_my_field" for swap in assessment.swaps),
    )


def _spares(
    assessment: Assessment, library: Library, retired: frozenset[str]
) -> dict[str, tuple[Spare, ...]]:
    """Return what can be asked instead of each question; nothing that was swapped out before."""
    if assessment.drawn is None:
        return {}
    track, form, seed = assessment.ordered.track, assessment.form, assessment.drawn.seed
    gone = retired | {swap.item_id for swap in assessment.swaps}
    avoid = frozenset(assessment.drawn.avoided)
    found = {
        place.item_id: replacements(library, track, form, place.item_id, seed, avoid=avoid, without=gone)
        for place in form.of(Category.INTERVIEW)
    }
    return {
        item_id: tuple(
            Spare(Question.of(asked), placed(item, library))
            for item in items
            if item.jurisdiction in (None, assessment.ordered.jurisdiction)
            if isinstance(asked := library.as_asked(track, item, assessment.ordered.language), InterviewItem)
        )
        for item_id, items in found.items()
    }


def secret_ngrams(library: Library, track_id: str) -> frozenset[int]:
    """Return the hashed n-grams of all that an interviewer must not say: questions, criteria, anchors.

    The guard takes out what belongs to the question that is open.
    """
    items = [item for item in library.items[track_id].values() if isinstance(item, InterviewItem)]
    rubrics = [library.rubric(item.rubric) for item in items]
    texts = [question for item in items for question in item.questions]
    texts += [criterion.text for rubric in rubrics for criterion in rubric.criteria]
    texts += [anchor.answer for rubric in rubrics for anchor in rubric.anchors]
    return frozenset().union(*map(hashed_ngrams, texts))
