"""The tables, as SQLModel declares them. Queries go through Core, on the constants here: no ORM session,
no identity map, and rows come back as they are stored.

The migrations are what a database is built from; a test compares them with these.
"""

from assessor.adapters.store.tables.assessments import (
    ANSWER_BAND,
    ASSESSMENT,
    DRAFT,
    EVENT,
    FORM_ITEM,
    INVITE,
    RETIREMENT,
)
from assessor.adapters.store.tables.audit import AUDIT_END, AUDIT_RECORD
from assessor.adapters.store.tables.candidates import (
    CANDIDATE,
    DEMOGRAPHICS,
    ERASURE_REQUEST,
    FEEDBACK,
    LEGAL_HOLD,
    OUTCOME,
)
from assessor.adapters.store.tables.grading import (
    CALIBRATION,
    GOLD_ERROR,
    GOLD_RUN,
    GRADING_CHANGE,
    GRADING_STEP,
    QUALITY_LEVEL,
    SHADOW_CASE,
)
from assessor.adapters.store.tables.mail import (
    MAIL,
    MAIL_ADDRESS,
    REMINDER_REFUSAL,
)
from assessor.adapters.store.tables.people import (
    ACQUAINTANCE,
    KNOWN_CASE,
    REVIEWER,
    TRAINING_GRANT,
    TRAINING_SCORE,
    WRONG_TRY,
)
from assessor.adapters.store.tables.places import INTERVIEW_PLACE
from assessor.adapters.store.tables.platforms import (
    API_KEY,
    IDEMPOTENCY,
    INSTALLATION_KEY,
    PILOT_STAGE,
    TENANT,
    TENANT_LIBRARY,
)
from assessor.adapters.store.tables.providers import PROVIDER, PROVIDER_CALL
from assessor.adapters.store.tables.queue import LEASE, QUEUE_ENTRY
from assessor.adapters.store.tables.row import Instant, Row, in_utc
from assessor.adapters.store.tables.sessions import MOVE_CODE, SESSION
from assessor.adapters.store.tables.verdicts import SHARE, VERDICT
from assessor.adapters.store.tables.webhooks import (
    NOTICE,
    WEBHOOK_ATTEMPT,
    WEBHOOK_DELIVERY,
    WEBHOOK_ENDPOINT,
)
from assessor.adapters.store.tables.work import MODEL_CALL, WORKER

__all__ = [
    "ACQUAINTANCE",
    "ANSWER_BAND",
    "API_KEY",
    "ASSESSMENT",
    "AUDIT_END",
    "AUDIT_RECORD",
    "CALIBRATION",
    "CANDIDATE",
    "DEMOGRAPHICS",
    "DRAFT",
    "ERASURE_REQUEST",
    "EVENT",
    "FEEDBACK",
    "FORM_ITEM",
    "GOLD_ERROR",
    "GOLD_RUN",
    "GRADING_CHANGE",
    "GRADING_STEP",
    "IDEMPOTENCY",
    "INSTALLATION_KEY",
    "INTERVIEW_PLACE",
    "INVITE",
    "KNOWN_CASE",
    "LEASE",
    "LEGAL_HOLD",
    "MAIL",
    "MAIL_ADDRESS",
    "MODEL_CALL",
    "MOVE_CODE",
    "NOTICE",
    "OUTCOME",
    "PILOT_STAGE",
    "PROVIDER",
    "PROVIDER_CALL",
    "QUALITY_LEVEL",
    "QUEUE_ENTRY",
    "REMINDER_REFUSAL",
    "RETIREMENT",
    "REVIEWER",
    "SESSION",
    "SHADOW_CASE",
    "SHARE",
    "TENANT",
    "TENANT_LIBRARY",
    "TRAINING_GRANT",
    "TRAINING_SCORE",
    "VERDICT",
    "WEBHOOK_ATTEMPT",
    "WEBHOOK_DELIVERY",
    "WEBHOOK_ENDPOINT",
    "WORKER",
    "WRONG_TRY",
    "Instant",
    "Row",
    "in_utc",
]
