"""What a form measures, of all that its track looks at."""

from assessor.domain.form.form import Form
from assessor.domain.library import Library
from assessor.domain.track import Competency, Track


def measured(form: Form, track: Track, library: Library) -> tuple[Competency, ...]:
    """Return the competencies that an item of the form or its rubric is scored for, in the track's order."""
    names: set[str] = set()
    for item in (library.item(track.id, place.item_id) for place in form.items if place.is_scored):
        names.add(item.competency)
        if item.rubric:
            names |= {criterion.competency for criterion in library.rubric(item.rubric).criteria}
    return tuple(one for one in track.competencies if one.id in names)
