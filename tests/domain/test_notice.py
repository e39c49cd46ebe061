"""The notice: a legal text that never changes under its version."""

import pytest

from assessor.domain.notice import CURRENT, Condition, Reader, Use
from assessor.domain.policy import Policy

HASHES = {
    "2026-11": "sha256:1a31119800bec5f98588de9efab916b9b360091190114236a3e9dd10da4d991f",
    "2026-11-2": "sha256:060fecf3b353aac0ddd68df4b6ab19f406548ffa0ca6e50ae57b40bece14c736",
}
"""Whoever changes a word makes a new version, so that what was read can be shown for ever."""


def test_a_text_never_changes_under_its_version() -> None:
    assert HASHES[CURRENT.version] == CURRENT.hash


@pytest.mark.parametrize("has_model", [True, False])
@pytest.mark.parametrize("may_score", [True, False])
@pytest.mark.parametrize("decides", [("qualified",), ("qualified", "not_qualified")])
def test_every_reader_gets_each_passage_once_and_complete(
    *, has_model: bool, may_score: bool, decides: tuple[str, ...]
) -> None:
    policy = Policy(judge_may_score=may_score, rules_may_decide=decides, review_days=9)  # type: ignore[arg-type]

    passages = CURRENT.read_by(Reader("Acme {days}", policy, has_model))

    titles = [passage.title for passage in passages]
    assert len(titles) == len(set(titles)) == 9
    assert "within 9 days" in " ".join(passage.text for passage in passages)
    assert not any("{platform}" in passage.text for passage in passages)


def test_a_platforms_own_name_is_never_filled_in_itself() -> None:
    (first, *_) = CURRENT.read_by(Reader("{days} {platform}", Policy(), has_model=False))

    assert first.text.startswith("{days} {platform} has ordered")


@pytest.mark.parametrize(
    ("has_model", "conditions"),
    [(True, {"model", "no_judge", "person"}), (False, {"no_model", "no_judge", "person"})],
)
def test_what_applies_follows_from_the_policy_and_the_model(
    *, has_model: bool, conditions: set[Condition]
) -> None:
    assert Reader("Acme", Policy(), has_model).conditions == conditions


def test_the_uses_that_are_asked_about_name_the_platform() -> None:
    edition = CURRENT.changed(uses=(Use(id="better", title="Better tasks", text="{platform} may keep it."),))

    (use,) = edition.uses_for(Reader("Acme", Policy(), has_model=False))

    assert (use.id, use.title, use.text) == ("better", "Better tasks", "Acme may keep it.")
