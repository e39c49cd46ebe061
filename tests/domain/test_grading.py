"""Several changes of the grading lie one over another."""

from assessor.domain.grading import INSTALLED, Grading
from tests.scoring.works import RUBRIC

OLD = Grading(rubrics=(RUBRIC,), prompts={"a": "one", "b": "one"}, models=("first",))
OTHER = RUBRIC.changed(id="another")
NEW = RUBRIC.changed(purpose="Another purpose.")


def test_what_is_above_holds_and_what_it_leaves_open_shines_through() -> None:
    above = Grading(rubrics=(NEW, OTHER), prompts={"b": "two", "c": "two"})

    assert above.over(OLD) == Grading(
        rubrics=(OTHER, NEW), prompts={"a": "one", "b": "two", "c": "two"}, models=("first",)
    )
    assert Grading(models=("second", "third")).over(OLD).models == ("second", "third")


def test_layers_are_laid_on_from_the_earliest() -> None:
    layers = [OLD, Grading(rubrics=(NEW,)), Grading(models=("second",))]

    assert Grading.of(layers) == OLD.changed(rubrics=(NEW,), models=("second",))
    assert Grading.of([]) == INSTALLED


def test_it_says_what_it_replaces_and_each_has_a_hash_of_its_own() -> None:
    assert OLD.kinds == ("rubrics", "prompts", "models")
    assert Grading(models=("second",)).kinds == ("models",)
    assert INSTALLED.kinds == ()
    assert len({OLD.hash, INSTALLED.hash, OLD.changed(rubrics=(NEW,)).hash}) == 3
