"""Whether the forms that a track promises can be drawn, wherever it is offered."""

from collections.abc import Iterator, Sequence

from assessor.adapters.content.shelves import Shelf
from assessor.domain.errors import LibraryProblem
from assessor.domain.form import may_draw
from assessor.domain.item import Category, Item, RankingItem
from assessor.domain.track import MAX_FORM_MINUTES, FormPlan, Section, Track

Fault = tuple[tuple[str | int, ...], str]
"""Where in the plan of a form, and what."""


def every_form_can_be_drawn(shelf: Shelf) -> Iterator[LibraryProblem]:
    """Each section finds its items, and even the longest draw keeps to the minutes promised."""
    if (track := shelf.track.value) is None:
        return
    for name, plan in track.forms.items():
        if any(section.category in shelf.incomplete for section in plan.sections):
            continue
        for place, jurisdiction in enumerate(track.jurisdictions or (None,)):
            bank = [item for _, item in shelf.usable() if item.jurisdiction in (None, jurisdiction)]
            where = _where(track, place)
            for field, problem in _faults(bank, plan):
                yield shelf.track.problem(f"{problem}{where}", "forms", name, *field)


def _where(track: Track, place: int) -> str:
    return f" (jurisdiction {track.jurisdictions[place]})" if len(track.jurisdictions) > 1 else ""


def _faults(bank: Sequence[Item], plan: FormPlan) -> Iterator[Fault]:
    short = [
        fault for place, section in enumerate(plan.sections) for fault in _shortage(bank, section, place)
    ]
    if short:
        yield from short
        return
    yield from _uncovered(bank, plan)
    if (blocked := _blocked_by_enemies(bank, plan)) is not None:
        yield ("sections",), f"enemies leave too few {blocked} items to fill this form"
    longest = sum(_longest_draw(bank, section) for section in plan.sections)
    if longest > (limit := min(plan.minutes, MAX_FORM_MINUTES)):
        yield ("minutes",), f"the longest draw takes {longest:g} minutes, and the form promises {limit}"


def _eligible(bank: Sequence[Item], section: Section) -> list[Item]:
    return [item for item in bank if may_draw(item, section)]


def _shortage(bank: Sequence[Item], section: Section, place: int) -> Iterator[Fault]:
    found = len(_eligible(bank, section))
    if found < section.count:
        wanted = f"{section.count} {section.category} items of at most {section.max_minutes:g} minutes"
        missing = section.count - found
        problem = f"needs {wanted}, and {section.category}.yaml has {found}: {missing} missing"
        yield ("sections", place), problem


def _uncovered(bank: Sequence[Item], plan: FormPlan) -> Iterator[Fault]:
    for competency, least in plan.coverage.items():
        found = sum(
            min(section.count, sum(item.competency == competency for item in _eligible(bank, section)))
            for section in plan.sections
        )
        if found < least:
            problem = f"needs {least} items, and the sections can draw {found}: {least - found} missing"
            yield ("coverage", competency), problem


def _longest_draw(bank: Sequence[Item], section: Section) -> float:
    drawable = {item.id: item for item in _eligible(bank, section)}
    minutes = sorted((item.minutes for item in drawable.values()), reverse=True)
    rankings = (item for item in bank if isinstance(item, RankingItem))
    repeats = sorted((item.minutes for item in rankings if item.repeat_of in drawable), reverse=True)
    return sum(minutes[: section.count]) + sum(repeats[: section.repeats])


def _blocked_by_enemies(bank: Sequence[Item], plan: FormPlan) -> Category | None:
    """Return the first category that a greedy draw, least quarrelsome items first, cannot fill."""
    quarrels: dict[str, set[str]] = {}
    for item in bank:
        for enemy in item.enemies:
            quarrels.setdefault(item.id, set()).add(enemy)
            quarrels.setdefault(enemy, set()).add(item.id)
    drawn: set[str] = set()
    for section in plan.sections:
        wanted = sorted(_eligible(bank, section), key=lambda item: (len(quarrels.get(item.id, ())), item.id))
        taken = 0
        for item in wanted:
            if taken < section.count and not quarrels.get(item.id, set()) & drawn:
                drawn.add(item.id)
                taken += 1
        if taken < section.count:
            return section.category
    return None
