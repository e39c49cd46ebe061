"""Which providers of models may read whose words."""

from collections.abc import Collection, Mapping
from typing import Final

from assessor.domain.events import AssessmentOrdered

SCOPES: Final = ("tenant", "track", "region", "jurisdiction")
NOBODY: Final = "none"
LOCAL: Final = "local"
"""Stands for every model file on this machine."""

Rules = Mapping[str, frozenset[str]]
"""By scope, as `region:eu`: the providers, or models by their whole names, that may read there."""


def scopes_of(ordered: AssessmentOrdered) -> frozenset[str]:
    """Return every scope that an assessment lies in."""
    return frozenset(f"{kind}:{value}" for kind in SCOPES if (value := getattr(ordered, kind)) is not None)


def rules_of(given: Mapping[str, str]) -> Rules:
    """Read rules as settings have them, `region:eu` to `mistral+azure`. Raises ValueError.

    >>> [sorted(one) for one in rules_of({"region:eu": "mistral + azure/ours", "track:x": "none"}).values()]
    [['azure/ours', 'mistral'], []]
    """
    rules = {}
    for scope, listed in given.items():
        kind, _, value = scope.partition(":")
        if kind not in SCOPES or not value:
            raise ValueError(f"{scope!r} is none of {', '.join(f'{one}:NAME' for one in SCOPES)}")
        providers = frozenset(one.strip() for one in listed.split("+") if one.strip())
        if not providers:
            raise ValueError(f"{scope} names no provider; say {NOBODY} where none may be used")
        rules[scope] = providers - {NOBODY}
    return rules


def is_admitted(model: str, scopes: Collection[str], rules: Rules) -> bool:
    """Whether a model may read: every rule for a scope that holds here has to name it."""
    provider = LOCAL if model.startswith(f"{LOCAL}:") else model.partition("/")[0]
    return all(not rules[scope].isdisjoint({provider, model}) for scope in scopes if scope in rules)
