"""Eligibility: which items a section may give to one candidate, and what a bank is short of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assessor.domain.errors import FieldProblem
from assessor.domain.form.form import is_repeat
from assessor.domain.item import InterviewItem, Item
from assessor.domain.track import FormPlan, Section, Track

REMEDY = "Add items, or ask for fewer."


@dataclass(frozen=True)
class Wanted:
    """For whom a form is drawn. A specialty that is not known excludes nothing; a jurisdiction does."""

    track: Track
    language: str
    specialty: str | None = None
    jurisdiction: str | None = None

    def obstacle(self, item: Item) -> str | None:
        """Return what keeps an item from this candidate, in words that follow "is" or "are"."""
        if item.jurisdiction not in (None, self.jurisdiction):
            return "for another jurisdiction"
        if self.specialty is not None and item.specialty not in (None, self.specialty):
            return "for another specialty"
        if isinstance(item, InterviewItem) and self.language not in (
            self.track.language,
            *item.translations,
        ):
            return f"not written in {self.language!r}"
        return None


def may_draw(item: Item, section: Section) -> bool:
    """Whether a section may draw an item by itself; a hidden repeat comes only with its first."""
    fits = item.category is section.category and item.minutes <= section.max_minutes
    return fits and not is_repeat(item)


def eligible(bank: Sequence[Item], section: Section, wanted: Wanted) -> list[Item]:
    """Return the items that a section may draw for this candidate."""
    return [item for item in bank if may_draw(item, section) and wanted.obstacle(item) is None]


def shortages(bank: Sequence[Item], plan: FormPlan, wanted: Wanted) -> tuple[FieldProblem, ...]:
    """Return everything that the bank has too few items for, whatever is drawn."""
    return (*_sections(bank, plan, wanted), *_coverage(bank, plan, wanted))


def _sections(bank: Sequence[Item], plan: FormPlan, wanted: Wanted) -> Iterator[FieldProblem]:
    for section in plan.sections:
        found = len(eligible(bank, section, wanted))
        if found < section.count:
            problem = (
                f"the bank has {found} of the {section.count} {section.category} items that it needs"
                f"{_others(bank, section, wanted)}: {section.count - found} missing"
            )
            yield FieldProblem("form", problem, REMEDY)


def _others(bank: Sequence[Item], section: Section, wanted: Wanted) -> str:
    """Say what keeps the section's other items out, for instance "2 more are for another specialty"."""
    why: dict[str, int] = {}
    for item in bank:
        if item.category is section.category and not is_repeat(item):
            too_long = f"longer than {section.max_minutes:g} minutes"
            if obstacle := too_long if item.minutes > section.max_minutes else wanted.obstacle(item):
                why[obstacle] = why.get(obstacle, 0) + 1
    said = ", ".join(f"{count} more {'is' if count == 1 else 'are'} {why_}" for why_, count in why.items())
    return f" ({said})" if said else ""


def _coverage(bank: Sequence[Item], plan: FormPlan, wanted: Wanted) -> Iterator[FieldProblem]:
    for competency, least in plan.coverage.items():
        found = sum(
            min(section.count, sum(item.competency == competency for item in eligible(bank, section, wanted)))
            for section in plan.sections
        )
        if found < least:
            problem = (
                f"the competency {competency} needs {least} items, and the sections can draw {found}: "
                f"{least - found} missing"
            )
            yield FieldProblem("form", problem, REMEDY)
