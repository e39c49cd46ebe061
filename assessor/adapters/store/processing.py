"""What each table holds of people. A test holds it complete: who adds a table has to say it here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from assessor.domain import processing as p
from assessor.domain.processing import FACTS, Kind

_LOG: Final = tuple(dict.fromkeys(FACTS.values()))

PERSONAL: Final[Mapping[str, tuple[Kind, ...]]] = MappingProxyType(
    {
        "acquaintance": (p.TIES,),
        "answer_band": (p.NOTED,),
        "assessment": (p.REFERENCE, p.STANDING),
        "audit_record": (p.ACTS,),
        "candidate": (p.REFERENCE, p.RIGHTS),
        "demographics": (p.DECLARED,),
        "draft": (p.ANSWERS,),
        "erasure_request": (p.RIGHTS,),
        "event": _LOG,
        "feedback": (p.OPINION,),
        "form_item": (p.NUMBERS,),
        "grading_change": (p.ACTS,),
        "grading_step": (p.ACTS,),
        "idempotency": (p.ENTRANCE,),
        "interview_place": (p.STANDING,),
        "invite": (p.ENTRANCE,),
        "known_case": (p.PRACTICE,),
        "lease": (p.STANDING,),
        "legal_hold": (p.RIGHTS,),
        "mail": (p.LETTERS,),
        "mail_address": (p.LETTERS,),
        "model_call": (p.NUMBERS,),
        "move_code": (p.ENTRANCE,),
        "notice": (p.STANDING,),
        "outcome": (p.LATER_WORK,),
        "pilot_stage": (p.ACTS,),
        "quality_level": (p.NUMBERS,),
        "queue_entry": (p.STANDING,),
        "reminder_refusal": (p.LETTERS,),
        "retirement": (p.ACTS,),
        "reviewer": (p.ACCOUNTS,),
        "session": (p.ENTRANCE,),
        "shadow_case": (p.READING, p.SCORES),
        "share": (p.ENTRANCE,),
        "training_grant": (p.PRACTICE,),
        "training_score": (p.PRACTICE,),
        "verdict": (p.REFERENCE, p.DECISION),
        "webhook_delivery": (p.STANDING,),
        "wrong_try": (p.ACCOUNTS,),
    }
)
NOT_PERSONAL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "api_key": "keys of a platform's programs: hashes, and what they may do",
        "audit_end": "where a log ends",
        "calibration": "numbers about a model",
        "gold_error": "numbers about a model",
        "gold_run": "when a model was checked",
        "installation_key": "a wrapped key that belongs to nobody",
        "provider": "how much of a provider of models was used lately",
        "provider_call": "calls to models that wait or run, without whose they are",
        "tenant": "a platform, its policy and its terms",
        "tenant_library": "a platform's own tasks",
        "webhook_attempt": "whether a server answered",
        "webhook_endpoint": "addresses of a platform's servers, and their sealed secrets",
        "worker": "processes",
    }
)
