"""Everything that is kept, encrypted from the start."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make all tables."""
    _people()
    _logs()
    _derived_from_logs()
    _kept_beside_logs()
    _costs()
    _workers()
    _webhooks()
    _agreement()
    _pilots()
    _changes()
    _later_outcomes()
    _demographics()
    _feedback()
    _answer_bands()
    _audit_logs()
    _libraries()
    _items()
    _erasure()
    _mail()
    _sign_in()
    _queue()
    _training()


def _people() -> None:
    op.create_table(
        "tenant",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("notices", sa.BigInteger(), nullable=False),
        sa.Column("retention", sa.JSON(), nullable=True),
        sa.Column("bias_audits", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tenant"),
    )
    op.create_table(
        "installation_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_installation_key"),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=True),
        sa.Column("last_used_at", _MOMENT, nullable=True),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_api_key_tenant_id"),
    )
    op.create_index("ix_api_key_tenant_id", "api_key", ["tenant_id"])
    op.create_table(
        "reviewer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("tracks", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("disabled_at", _MOMENT, nullable=True),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reviewer"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_reviewer_tenant_id"),
        sa.UniqueConstraint("email", name="uq_reviewer_email"),
        sa.UniqueConstraint("issuer", "subject", name="uq_reviewer_issuer_subject"),
    )
    op.create_index("ix_reviewer_tenant_id", "reviewer", ["tenant_id"])
    op.create_table(
        "session",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_session"),
    )
    op.create_index("ix_session_kind_subject", "session", ["kind", "subject"])


def _logs() -> None:
    op.create_table(
        "candidate",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("candidate_ref", sa.String(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("erased_at", _MOMENT, nullable=True),
        sa.Column("erased_by", sa.String(), nullable=True),
        sa.Column("forgotten_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_candidate"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_candidate_tenant_id"),
        sa.UniqueConstraint("tenant_id", "candidate_ref", name="uq_candidate_tenant_id_candidate_ref"),
    )
    op.create_table(
        "assessment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("candidate_id", sa.String(), nullable=False),
        sa.Column("candidate_ref", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("ordered_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("deadline", _MOMENT, nullable=True),
        sa.Column("submitted_at", _MOMENT, nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("open_criteria", sa.Integer(), nullable=False),
        sa.Column("needs_person", sa.Boolean(), nullable=False),
        sa.Column("paused_until", _MOMENT, nullable=True),
        sa.Column("needs_help", sa.String(), nullable=True),
        sa.Column("quality", sa.String(), nullable=True),
        sa.Column("appeal_due", _MOMENT, nullable=True),
        sa.Column("callback_endpoint", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("noted", sa.JSON(), nullable=True),
        sa.Column("overrides", sa.JSON(), nullable=True),
        sa.Column("alike_reply_until", _MOMENT, nullable=True),
        sa.Column("queued", sa.String(), nullable=True),
        sa.Column("compared_at", _MOMENT, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("erased_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_assessment_tenant_id"),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name="fk_assessment_candidate_id"),
    )
    op.create_index("ix_assessment_candidate_id", "assessment", ["candidate_id"])
    op.create_index("ix_assessment_status", "assessment", ["status"])
    op.create_index("ix_assessment_alike_reply_until", "assessment", ["alike_reply_until"])
    listed = {
        "listed": (),
        "listed_by_track": ("track",),
        "listed_by_status": ("status",),
        "listed_by_track_and_status": ("track", "status"),
        "of_candidate": ("candidate_ref",),
    }
    for name, by in listed.items():
        op.create_index(
            f"ix_assessment_{name}", "assessment", ["tenant_id", "livemode", *by, "ordered_at", "id"]
        )
    op.create_index("ix_assessment_tenant_id_needs_person", "assessment", ["tenant_id", "needs_person"])
    op.create_index("ix_assessment_compared_at_submitted_at", "assessment", ["compared_at", "submitted_at"])
    op.create_table(
        "event",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("redacted_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("assessment_id", "seq", name="pk_event"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_event_assessment_id"),
    )


def _derived_from_logs() -> None:
    op.create_table(
        "invite",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_invite"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_invite_assessment_id"),
    )
    op.create_index("ix_invite_assessment_id", "invite", ["assessment_id"])
    op.create_table(
        "move_code",
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name="pk_move_code"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_move_code_assessment_id"),
        sa.UniqueConstraint("assessment_id", name="uq_move_code_assessment_id"),
    )
    op.create_table(
        "interview_place",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", name="pk_interview_place"),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name="fk_interview_place_assessment_id"
        ),
    )
    op.create_index(
        "ix_interview_place_state_asked_at_assessment_id",
        "interview_place",
        ["state", "asked_at", "assessment_id"],
    )
    op.create_index("ix_interview_place_state_seen_at", "interview_place", ["state", "seen_at"])
    op.create_table(
        "verdict",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("candidate_ref", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("valid_until", _MOMENT, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("superseded_by", sa.String(), nullable=True),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.Column("revoked_because", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_verdict"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_verdict_assessment_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_verdict_tenant_id"),
        sa.UniqueConstraint("assessment_id", "seq", name="uq_verdict_assessment_id_seq"),
    )
    current = sa.text("superseded_by IS NULL")
    op.create_index(
        "uq_verdict_current",
        "verdict",
        ["assessment_id"],
        unique=True,
        sqlite_where=current,
        postgresql_where=current,
    )
    listed = {
        "listed": (),
        "listed_by_track": ("track",),
        "listed_by_decision": ("decision",),
        "listed_by_track_and_decision": ("track", "decision"),
        "of_candidate": ("candidate_ref",),
    }
    for name, by in listed.items():
        op.create_index(f"ix_verdict_{name}", "verdict", ["tenant_id", "livemode", *by, "issued_at", "id"])

    op.create_table(
        "share",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_share"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_share_assessment_id"),
        sa.UniqueConstraint("id", name="uq_share_id"),
    )
    op.create_index("ix_share_assessment_id", "share", ["assessment_id"])


def _kept_beside_logs() -> None:
    op.create_table(
        "draft",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", _MOMENT, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", "item_id", name="pk_draft"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_draft_assessment_id"),
    )
    op.create_table(
        "idempotency",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "livemode", "key", name="pk_idempotency"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_idempotency_tenant_id"),
    )
    op.create_index("ix_idempotency_at", "idempotency", ["at"])


def _workers() -> None:
    op.create_table(
        "worker",
        sa.Column("executor_id", sa.String(), nullable=False),
        sa.Column("incarnation", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("beats", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("executor_id", name="pk_worker"),
    )
    op.create_table(
        "provider",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("requests", sa.Float(), nullable=False),
        sa.Column("counted_at", _MOMENT, nullable=False),
        sa.Column("paused_until", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_provider"),
    )
    op.create_table(
        "provider_call",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("is_running", sa.Boolean(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_provider_call"),
        sa.ForeignKeyConstraint(["provider"], ["provider.name"], name="fk_provider_call_provider"),
    )
    op.create_index(
        "ix_provider_call_provider_is_running_rank_asked_at",
        "provider_call",
        ["provider", "is_running", "rank", "asked_at"],
    )


def _webhooks() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("event_types", sa.JSON(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.String(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("former_secret", sa.LargeBinary(), nullable=True),
        sa.Column("former_until", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("accepted_at", _MOMENT, nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoint"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_webhook_endpoint_tenant_id"),
    )
    op.create_index("ix_webhook_endpoint_tenant_id", "webhook_endpoint", ["tenant_id"])
    op.create_table(
        "notice",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "position", name="pk_notice"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_notice_tenant_id"),
    )
    op.create_index("ix_notice_at", "notice", ["at"])
    op.create_index("ix_notice_tenant_id_type_position", "notice", ["tenant_id", "type", "position"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("endpoint_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name="fk_webhook_delivery_endpoint_id"
        ),
    )
    op.create_index("ix_webhook_delivery_status_next_at", "webhook_delivery", ["status", "next_at"])
    op.create_index(
        "ix_webhook_delivery_endpoint_id_created_at", "webhook_delivery", ["endpoint_id", "created_at"]
    )
    op.create_index(
        "ix_webhook_delivery_endpoint_id_status_created_at",
        "webhook_delivery",
        ["endpoint_id", "status", "created_at"],
    )
    op.create_table(
        "webhook_attempt",
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="pk_webhook_attempt"),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_delivery.id"], name="fk_webhook_attempt_delivery_id"
        ),
    )


def _costs() -> None:
    op.create_table(
        "model_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=True),
        sa.Column("tenant_id", sa.String(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=True),
        sa.Column("cached_tokens", sa.Integer(), nullable=True),
        sa.Column("completion_tokens", sa.Integer(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_model_call"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_model_call_assessment_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_model_call_tenant_id"),
    )
    op.create_index("ix_model_call_assessment_id", "model_call", ["assessment_id"])
    op.create_index("ix_model_call_tenant_id", "model_call", ["tenant_id"])


def _agreement() -> None:
    op.create_table(
        "calibration",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("measured_at", _MOMENT, nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("standing", sa.JSON(), nullable=False),
        sa.Column("stopped_at", _MOMENT, nullable=True),
        sa.Column("stopped_as", sa.String(), nullable=True),
        sa.Column("stopped_after", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_calibration"),
    )
    op.create_index("ix_calibration_measured_at", "calibration", ["measured_at"])
    op.create_table(
        "gold_error",
        sa.Column("calibration_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("error", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("calibration_id", "number", name="pk_gold_error"),
        sa.ForeignKeyConstraint(["calibration_id"], ["calibration.id"], name="fk_gold_error_calibration_id"),
    )


def _pilots() -> None:
    op.create_table(
        "pilot_stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pilot_stage"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_pilot_stage_tenant_id"),
    )
    op.create_index("ix_pilot_stage_tenant_id_track", "pilot_stage", ["tenant_id", "track"])
    op.create_table(
        "quality_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("competency", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("calibration_id", sa.String(), nullable=True),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("judge", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("rubric", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quality_level"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_quality_level_assessment_id"),
        sa.ForeignKeyConstraint(
            ["calibration_id"], ["calibration.id"], name="fk_quality_level_calibration_id"
        ),
        sa.UniqueConstraint(
            "assessment_id", "item_id", "competency", name="uq_quality_level_assessment_id_item_id_competency"
        ),
    )
    op.create_index("ix_quality_level_calibration_id", "quality_level", ["calibration_id"])
    op.create_table(
        "gold_run",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("day", name="pk_gold_run"),
    )


def _changes() -> None:
    op.create_table(
        "grading_change",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=True),
        sa.Column("proposed", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.Column("population", sa.String(), nullable=False),
        sa.Column("models", sa.JSON(), nullable=False),
        sa.Column("prompts_hash", sa.String(), nullable=False),
        sa.Column("base", sa.JSON(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("held_until", _MOMENT, nullable=True),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("reported_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_grading_change"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_grading_change_tenant_id"),
    )
    op.create_index("ix_grading_change_tenant_id_at", "grading_change", ["tenant_id", "at"])
    op.create_table(
        "grading_step",
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("report", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("change_id", "number", name="pk_grading_step"),
        sa.ForeignKeyConstraint(["change_id"], ["grading_change.id"], name="fk_grading_step_change_id"),
    )
    op.create_table(
        "shadow_case",
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("replies", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("change_id", "assessment_id", name="pk_shadow_case"),
        sa.ForeignKeyConstraint(["change_id"], ["grading_change.id"], name="fk_shadow_case_change_id"),
    )
    op.create_index("ix_shadow_case_assessment_id", "shadow_case", ["assessment_id"])


def _later_outcomes() -> None:
    op.create_table(
        "outcome",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("work", sa.String(), nullable=False),
        sa.Column("observed_at", _MOMENT, nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outcome"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_outcome_tenant_id"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_outcome_assessment_id"),
        sa.UniqueConstraint(
            "assessment_id",
            "metric",
            "work",
            "observed_at",
            name="uq_outcome_assessment_id_metric_work_observed_at",
        ),
    )
    op.create_index("ix_outcome_tenant_id_recorded_at_id", "outcome", ["tenant_id", "recorded_at", "id"])


def _demographics() -> None:
    op.create_table(
        "demographics",
        sa.Column("candidate_id", sa.String(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("candidate_id", "livemode", name="pk_demographics"),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name="fk_demographics_candidate_id"),
    )


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("clear", sa.Integer(), nullable=True),
        sa.Column("shown", sa.Integer(), nullable=True),
        sa.Column("time", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("assessment_id", name="pk_feedback"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_feedback_assessment_id"),
    )


def _answer_bands() -> None:
    op.create_table(
        "answer_band",
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("band", "assessment_id", name="pk_answer_band"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_answer_band_assessment_id"),
    )
    op.create_index("ix_answer_band_assessment_id", "answer_band", ["assessment_id"])


def _audit_logs() -> None:
    op.create_table(
        "audit_record",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("words_digest", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "seq", name="pk_audit_record"),
    )
    op.create_index("ix_audit_record_tenant_id_actor_seq", "audit_record", ["tenant_id", "actor", "seq"])
    op.create_index("ix_audit_record_tenant_id_action_seq", "audit_record", ["tenant_id", "action", "seq"])
    op.create_index("ix_audit_record_tenant_id_at_seq", "audit_record", ["tenant_id", "at", "seq"])
    op.create_index("ix_audit_record_subject_seq", "audit_record", ["subject", "seq"])
    op.create_table(
        "audit_end",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_audit_end"),
    )


def _libraries() -> None:
    op.create_table(
        "tenant_library",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("track_id", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("activated_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tenant_library"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_tenant_library_tenant_id"),
        sa.UniqueConstraint("track_id", name="uq_tenant_library_track_id"),
    )
    op.create_index("ix_tenant_library_tenant_id", "tenant_library", ["tenant_id"])


def _items() -> None:
    op.create_table(
        "form_item",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", "item_id", name="pk_form_item"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_form_item_assessment_id"),
    )
    op.create_index("ix_form_item_item_id", "form_item", ["item_id"])
    op.create_table(
        "retirement",
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("track", "item_id", name="pk_retirement"),
    )


def _erasure() -> None:
    op.create_table(
        "erasure_request",
        sa.Column("candidate_id", sa.String(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("candidate_id", name="pk_erasure_request"),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name="fk_erasure_request_candidate_id"),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("candidate_id", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("placed_at", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        sa.Column("lifted_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_legal_hold"),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name="fk_legal_hold_candidate_id"),
    )
    op.create_index("ix_legal_hold_candidate_id", "legal_hold", ["candidate_id"])


def _mail() -> None:
    op.create_table(
        "mail_address",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", name="pk_mail_address"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_mail_address_assessment_id"),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("given_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("next_at", _MOMENT, nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mail"),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["mail_address.assessment_id"], name="fk_mail_assessment_id"
        ),
    )
    op.create_index("ix_mail_assessment_id", "mail", ["assessment_id"])
    op.create_index("ix_mail_settled_at", "mail", ["settled_at"])
    op.create_index("ix_mail_status_next_at", "mail", ["status", "next_at"])
    op.create_table(
        "reminder_refusal",
        sa.Column("candidate_id", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("candidate_id", name="pk_reminder_refusal"),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name="fk_reminder_refusal_candidate_id"),
    )


def _sign_in() -> None:
    op.create_table(
        "wrong_try",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("locked_until", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("account", name="pk_wrong_try"),
    )
    op.create_index("ix_wrong_try_last_at", "wrong_try", ["last_at"])


def _queue() -> None:
    op.create_table(
        "queue_entry",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", "line", name="pk_queue_entry"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_queue_entry_assessment_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_queue_entry_tenant_id"),
    )
    in_order = ["tenant_id", "line", "rank", "since", "assessment_id"]
    op.create_index("ix_queue_entry_listed", "queue_entry", in_order)
    op.create_table(
        "lease",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("reviewer_id", sa.String(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", name="pk_lease"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_lease_assessment_id"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewer.id"], name="fk_lease_reviewer_id"),
    )
    op.create_index("ix_lease_reviewer_id", "lease", ["reviewer_id"])
    op.create_table(
        "acquaintance",
        sa.Column("reviewer_id", sa.String(), nullable=False),
        sa.Column("candidate_id", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("reviewer_id", "candidate_id", name="pk_acquaintance"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewer.id"], name="fk_acquaintance_reviewer_id"),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name="fk_acquaintance_candidate_id"),
    )
    op.create_index("ix_acquaintance_candidate_id", "acquaintance", ["candidate_id"])


def _training() -> None:
    op.create_table(
        "training_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("grounds", sa.String(), nullable=False),
        sa.Column("rubrics", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_training_grant"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewer.id"], name="fk_training_grant_reviewer_id"),
    )
    op.create_index("ix_training_grant_reviewer_id", "training_grant", ["reviewer_id"])
    op.create_table(
        "training_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("criteria", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_training_score"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewer.id"], name="fk_training_score_reviewer_id"),
        sa.UniqueConstraint(
            "reviewer_id",
            "track",
            "series",
            "answer",
            name="uq_training_score_reviewer_id_track_series_answer",
        ),
    )
    op.create_table(
        "known_case",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("reviewer_id", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("drawn_at", _MOMENT, nullable=False),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_known_case"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewer.id"], name="fk_known_case_reviewer_id"),
    )
    op.create_index("ix_known_case_reviewer_id_settled_at", "known_case", ["reviewer_id", "settled_at"])
