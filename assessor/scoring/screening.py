"""What gets the lowest level by rule, before any model reads it: answers without content.

A model can be talked into crediting almost nothing: a colon, "Solution:", the task pasted back
(Zhao et al. 2025 call them master keys). So code looks first. It must not punish the short or the
plain: whatever has words of its own goes on to a reader.
"""

import re
from collections.abc import Iterable

from assessor.domain.fence import normalised
from assessor.domain.item import Category
from assessor.domain.value import strings_in
from assessor.scoring.work import Work

MIN_WORDS = 3
"""Fewer different words than this say nothing that a criterion could look for."""
MIN_OWN_WORDS = 8
"""A text that mostly repeats the task must have so many words that do not, to count as an answer."""
STUFFED_WORDS = 40
"""An answer of so many words has far more than `MIN_OWN_WORDS` that neither task nor rubric have."""
NGRAM = 5
COPIED_SHARE = 0.5

# In scripts without spaces between words each sign counts, or a whole paragraph would be one word.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]|[^\W_]+")

_FILLER = re.compile(
    r"""\b(?:
        let(?:['\u2019]s|\ us|\ me)\ (?:solve|think|work|go|look)\ [^.:!?\n]{0,40}?step[\s-]by[\s-]step
      | (?:my\ |the\ |thought\ )?process
      | (?:here\ is\ |this\ is\ )?(?:my\ |the\ |final\ )*(?:answer|solution|response|reasoning)(?:\ is)?
      | thank\ you(?:\ for\ (?:the|this|your)\ question)? | (?:that['\u2019]?s\ a\ |what\ a\ )?good\ question
      | (?:please\ )?see\ above | as\ (?:stated|mentioned)\ above
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def unanswered(work: Work) -> str:
    """Return the reason when nothing was handed in, else an empty string."""
    missing = not work.texts if work.item.category is Category.INTERVIEW else work.response is None
    return "This part was not answered." if missing else ""


def without_content(work: Work) -> str:
    """Return the reason when the candidate's words say nothing of their own, else an empty string."""
    text = "\n".join(normalised(own.text) for own in work.texts)
    said = words(text)
    if len(set(said)) < MIN_WORDS:
        return "There are too few words here to look for anything."
    if len(set(words(_FILLER.sub(" ", text)))) < MIN_WORDS:
        return "This announces an answer, and does not give one."
    if _is_copied(said, task_texts(work), work.item.category):
        return "Nearly all of this repeats the text of the task."
    if _is_stuffed(said, work):
        return "This lists words of the task and of what is looked for, and says nothing with them."
    return ""


def words(text: str) -> list[str]:
    """Return the words of a text in order, case-folded."""
    return [word.casefold() for word in _WORD.findall(text)]


def task_texts(work: Work) -> tuple[str, ...]:
    """Return every text of the task. The interviewer's turns are left out: they quote the candidate."""
    return tuple(strings_in(work.item.presented()))


def _is_copied(said: list[str], task: Iterable[str], category: Category) -> bool:
    """Whether most 5-grams stem from the task and hardly a word does not.

    An ideal response may repeat the prompt's code with one word put right, so there only a text
    without any word of its own counts as copied.
    """
    size = min(NGRAM, len(said))
    known = {gram for text in task for gram in _ngrams(words(text), size)}
    copied = [place for place, gram in enumerate(_ngrams(said, size)) if gram in known]
    covered = {place + step for place in copied for step in range(size)}
    own = len(said) - len(covered)
    if category is Category.SFT:
        return own == 0
    return len(copied) > COPIED_SHARE * (len(said) - size + 1) and own < MIN_OWN_WORDS


def _is_stuffed(said: list[str], work: Work) -> bool:
    """Whether a said answer repeats the rubric, or a long one has hardly a word beside task and rubric.

    Only what is said: to repeat the prompt's code may be right in an ideal response, a rubric looks
    for what we look for, and reasons for a rating quote what was rated.
    """
    if work.item.category is not Category.INTERVIEW or work.rubric is None:
        return False
    rubric = (work.rubric.purpose, *(criterion.text for criterion in work.rubric.criteria))
    told = (*task_texts(work), *rubric)
    own = set(said) - {word for text in told for word in words(text)}
    is_bag = len(said) >= STUFFED_WORDS and len(own) < MIN_OWN_WORDS
    return is_bag or _is_copied(said, told, work.item.category)


def _ngrams(said: list[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(said[start : start + size]) for start in range(len(said) - size + 1)]
