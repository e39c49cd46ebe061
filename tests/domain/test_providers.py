"""Which providers may read whose words."""

import pytest

from assessor.domain.providers import is_admitted, rules_of, scopes_of
from tests.adapters.store.samples import ordered_by

EU = rules_of({"region:eu": "mistral+azure/ours", "tenant:acme": "mistral+openai", "track:nursing": "none"})


@pytest.mark.parametrize(
    ("model", "scopes", "said"),
    [
        ("mistral/large", {"region:eu"}, "may"),
        ("openai/m", {"region:eu"}, "may not"),
        ("azure/ours", {"region:eu"}, "may"),
        ("azure/another", {"region:eu"}, "may not"),
        ("openai/m", {"tenant:acme"}, "may"),
        ("openai/m", {"tenant:acme", "region:eu"}, "may not"),
        ("mistral/large", {"tenant:acme", "region:eu"}, "may"),
        ("mistral/large", {"tenant:acme", "track:nursing"}, "may not"),
        ("gpt-4o", {"tenant:acme"}, "may not"),  # without its provider's name nobody knows whose it is
        ("openai/m", {"tenant:other", "region:us"}, "may"),
        ("local:model.gguf", {"region:eu"}, "may not"),
    ],
)
def test_every_rule_that_holds_has_to_name_the_provider(model: str, scopes: set[str], said: str) -> None:
    assert is_admitted(model, scopes, EU) is (said == "may")


def test_a_model_file_counts_as_local() -> None:
    assert is_admitted("local:model.gguf", {"region:eu"}, rules_of({"region:eu": "local"}))


@pytest.mark.parametrize(
    "given", [{"eu": "mistral"}, {"country:de": "mistral"}, {"region:": "x"}, {"region:eu": "+"}]
)
def test_a_rule_that_holds_nowhere_or_names_nobody_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"is none of|names no provider"):
        rules_of(given)


def test_an_assessment_lies_in_its_platform_track_region_and_jurisdiction() -> None:
    ordered = ordered_by("acme")

    assert scopes_of(ordered) == {"tenant:acme", "track:python"}
    assert scopes_of(ordered.changed(region="eu", jurisdiction="us")) == {
        "tenant:acme",
        "track:python",
        "region:eu",
        "jurisdiction:us",
    }
