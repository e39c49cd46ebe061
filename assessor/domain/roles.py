"""Roles of those who review, and what each may do: the one table for pages, refusals and docs/roles.md."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from assessor.domain.errors import Forbidden


class Role(StrEnum):
    """What somebody is for. A person may have several."""

    REVIEWER = "reviewer"
    SENIOR = "senior"
    FAIRNESS = "fairness"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What a page or an action asks for."""

    SEE_QUEUE = "see_queue"
    OPEN_CASES = "open_cases"
    SCORE = "score"
    GRANT_TIME = "grant_time"
    HANDLE_FAULTS = "handle_faults"
    REVOKE = "revoke"
    ADJUDICATE = "adjudicate"
    ASSIGN = "assign"
    SEE_QUALITY = "see_quality"
    CHANGE_GRADING = "change_grading"
    SEE_FAIRNESS = "see_fairness"
    SEE_AUDIT = "see_audit"
    EXPORT = "export"
    MANAGE_PEOPLE = "manage_people"


ROLE_WORDS: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.REVIEWER: "scores and decides",
        Role.SENIOR: "does what reviewers do, and answers for them",
        Role.FAIRNESS: "watches how groups fare, and scores nobody",
        Role.ADMIN: "says who may do what, and reads no transcript",
        Role.AUDITOR: "reads everything but how groups fare, and changes nothing",
    }
)

PERMISSION_WORDS: Final[Mapping[Permission, str]] = MappingProxyType(
    {
        Permission.SEE_QUEUE: "see what waits for a person",
        Permission.OPEN_CASES: "open a case and read its transcript",
        Permission.SCORE: "score, take second looks, answer appeals and decide",
        Permission.GRANT_TIME: "give time and breaks, and see to calls for help",
        Permission.HANDLE_FAULTS: "score again after a fault of ours, or give the attempt back",
        Permission.REVOKE: "revoke a verdict",
        Permission.ADJUDICATE: "override what a colleague scored, and decide between two readings",
        Permission.ASSIGN: "hand a case to a colleague",
        Permission.SEE_QUALITY: "see how well those who score agree",
        Permission.CHANGE_GRADING: (
            "approve, reject, switch on and roll back changes of the grading; switch on rules that notice"
        ),
        Permission.SEE_FAIRNESS: "see how groups fare",
        Permission.SEE_AUDIT: "see who opened what, and who changed what",
        Permission.EXPORT: "take data and audit packages out of the service",
        Permission.MANAGE_PEOPLE: "invite people, change their roles, disable and unlock them",
    }
)

_SCORING: Final = frozenset({Role.REVIEWER, Role.SENIOR})
HOLDERS: Final[Mapping[Permission, frozenset[Role]]] = MappingProxyType(
    {
        Permission.SEE_QUEUE: frozenset(Role),
        Permission.OPEN_CASES: _SCORING | {Role.AUDITOR},
        Permission.SCORE: _SCORING,
        Permission.GRANT_TIME: _SCORING,
        Permission.HANDLE_FAULTS: _SCORING,
        Permission.REVOKE: frozenset({Role.SENIOR}),
        Permission.ADJUDICATE: frozenset({Role.SENIOR}),
        Permission.ASSIGN: frozenset({Role.SENIOR}),
        Permission.SEE_QUALITY: frozenset({Role.SENIOR, Role.FAIRNESS, Role.ADMIN, Role.AUDITOR}),
        Permission.CHANGE_GRADING: frozenset({Role.SENIOR, Role.ADMIN}),
        # Whoever scores must not know how groups fare: it would steer the next score.
        Permission.SEE_FAIRNESS: frozenset({Role.FAIRNESS}),
        Permission.SEE_AUDIT: frozenset({Role.ADMIN, Role.AUDITOR}),
        Permission.EXPORT: frozenset({Role.SENIOR, Role.AUDITOR}),
        Permission.MANAGE_PEOPLE: frozenset({Role.ADMIN}),
    }
)
"""Which roles hold a permission; any one of them is enough."""


def may(roles: Collection[Role], permission: Permission | str) -> bool:
    """Whether somebody with these roles holds a permission, which templates call by its name."""
    return not HOLDERS[Permission(permission)].isdisjoint(roles)


def require(roles: Collection[Role], permission: Permission) -> None:
    """Raise Forbidden, which names the roles that would do, unless one of these holds the permission."""
    if not may(roles, permission):
        named = " or ".join(role.value for role in Role if role in HOLDERS[permission])
        raise Forbidden(f"the role {named}, to {PERMISSION_WORDS[permission]}")
