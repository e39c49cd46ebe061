"""Small banks of rankings, and tracks that draw from them."""

from assessor.domain.item import Category, Item, RankingItem
from assessor.domain.library import Library
from assessor.domain.track import FormPlan, Section, Track
from tests.domain.samples import track
from tests.scoring.works import RANKING, RUBRIC


def ranking(number: int, *, minutes: float = 3.0, enemies: tuple[str, ...] = ()) -> RankingItem:
    return RANKING.changed(id=f"rank-{number}", minutes=minutes, enemies=enemies)


def library(*items: Item) -> Library:
    return Library(
        tracks={"python": track()},
        items={"python": {item.id: item for item in items}},
        rubrics={RUBRIC.id: RUBRIC},
    )


def plan(*sections: Section, minutes: int = 45, coverage: dict[str, int] | None = None) -> Track:
    form_plan = FormPlan(sections=sections, minutes=minutes, time_limit_minutes=60, coverage=coverage or {})
    return track(forms={"full": form_plan})


TWO = plan(Section(category=Category.RANKING, count=2, max_minutes=5))
