"""The library: every track, item and rubric that the service has, checked as a whole."""

from collections.abc import Iterable

from pydantic import Field

from assessor.domain.errors import NotFound
from assessor.domain.item import InterviewItem, Item
from assessor.domain.rubric import Rubric
from assessor.domain.track import Track
from assessor.domain.value import Value


class Library(Value):
    """Tracks by id, items by track and id, rubrics by id, and what the interviewer says by language."""

    tracks: dict[str, Track]
    items: dict[str, dict[str, Item]]
    rubrics: dict[str, Rubric]
    sentences: dict[str, dict[str, str]] = Field(default_factory=dict)
    owners: dict[str, str] = Field(default_factory=dict)
    """Of tracks that are one platform's own: whose. Nobody else may know that they exist."""
    own_rubrics: dict[str, Rubric] = Field(default_factory=dict)
    """Of those tracks. Apart, so that what everybody uses does not change with what one uploads."""

    def track(self, track_id: str) -> Track:
        """Return the track. Raises NotFound."""
        try:
            return self.tracks[track_id]
        except KeyError:
            raise NotFound("track", track_id) from None

    def item(self, track_id: str, item_id: str) -> Item:
        """Return the item of a track. Raises NotFound."""
        try:
            return self.items[track_id][item_id]
        except KeyError:
            raise NotFound("item", item_id) from None

    def as_asked(self, track_id: str, item: Item, language: str) -> Item:
        """Return an item in the language of an interview. Raises KeyError when it has no words in that."""
        if not isinstance(item, InterviewItem) or language == self.track(track_id).language:
            return item
        return item.translated(language)

    def rubric(self, rubric_id: str) -> Rubric:
        """Return the rubric. Raises NotFound."""
        found = self.rubrics.get(rubric_id) or self.own_rubrics.get(rubric_id)
        if found is None:
            raise NotFound("rubric", rubric_id)
        return found

    def rubrics_for(self, track_id: str) -> dict[str, Rubric]:
        """Return the rubrics that belong with a track: everybody's, or those of a platform's own track."""
        if track_id not in self.owners:
            return self.rubrics
        used = {item.rubric for item in self.items[track_id].values()}
        return {name: rubric for name, rubric in self.own_rubrics.items() if name in used}

    def offered_to(self, tenant: str, track_id: str) -> Track | None:
        """Return a track that a platform may order: everybody's, or one of its own."""
        is_foreign = self.owners.get(track_id, tenant) != tenant
        return None if is_foreign else self.tracks.get(track_id)

    def housed(self, track_id: str, house_id: str) -> "Library":
        """Return a library of one track with ids that no other one has: `house_id`, and rubrics to match."""
        suffix = house_id.removeprefix(track_id)
        items = {
            name: item.changed(rubric=f"{item.rubric}{suffix}") if item.rubric else item
            for name, item in self.items[track_id].items()
        }
        rubrics = [rubric.changed(id=f"{rubric.id}{suffix}") for rubric in self.rubrics.values()]
        return Library(
            tracks={house_id: self.track(track_id).changed(id=house_id)},
            items={house_id: items},
            rubrics={rubric.id: rubric for rubric in rubrics},
        )

    def with_rubrics(self, rubrics: Iterable[Rubric]) -> "Library":
        """Return this library with rubrics in place of those of the same ids; one without any is left out."""
        given = {rubric.id: rubric for rubric in rubrics}
        return self.model_copy(
            update={
                "rubrics": self.rubrics | {name: given[name] for name in given if name in self.rubrics},
                "own_rubrics": self.own_rubrics
                | {name: given[name] for name in given if name in self.own_rubrics},
            }
        )

    def joined(self, own: "Library", owner: str) -> "Library":
        """Return this library with a platform's own tracks in it."""
        return self.model_copy(
            update={
                "tracks": self.tracks | own.tracks,
                "items": self.items | own.items,
                "own_rubrics": self.own_rubrics | own.rubrics,
                "owners": self.owners | dict.fromkeys(own.tracks, owner),
            }
        )
