"""The library: every track, item and rubric that the service has, checked as a whole."""

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
        try:
            return self.rubrics[rubric_id]
        except KeyError:
            raise NotFound("rubric", rubric_id) from None
