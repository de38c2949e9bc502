"""Second factors, where a session is, why a file was opened outside one's work, documents that MongoDB refused."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_LEDGERS = (
    *("audit_events", "stock_movements", "payments", "refunds", "credit_notes", "advances", "day_closes"),
    *("medicine_returns", "visit_notes", "visit_reopenings", "prescription_items", "overridden_warnings"),
    *("documents", "outside_openings"),
)


def upgrade() -> None:
    _users()
    _sessions()
    _outside_openings()
    _set_aside()
    _ledgers()
    _trail()


def _users() -> None:
    op.add_column("users", sa.Column("password_changed_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE users SET password_changed_at = created_at")
    op.alter_column("users", "password_changed_at", nullable=False)
    op.add_column("users", sa.Column("must_change_password", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("users", "must_change_password", server_default=None)
    op.add_column("users", sa.Column("totp_secret", sa.Text()))
    op.add_column("users", sa.Column("totp_since", sa.DateTime(timezone=True)))
    op.add_column("users", sa.Column("totp_last_step", sa.BigInteger()))
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"])


def _sessions() -> None:
    for column in ("address", "device"):
        op.add_column("sign_ins", sa.Column(column, sa.Text(), nullable=False, server_default=""))
        op.alter_column("sign_ins", column, server_default=None)


def _outside_openings() -> None:
    op.create_table(
        "outside_openings",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_outside_openings_reason_filled")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_outside_openings_patient_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_outside_openings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_openings")),
    )
    op.create_index(op.f("ix_outside_openings_opened_at"), "outside_openings", ["opened_at"])
    op.create_index("ix_outside_openings_by_whom", "outside_openings", ["patient_id", "user_id", "opened_at"])
    op.execute(
        "CREATE TRIGGER outside_openings_append_only BEFORE UPDATE OR DELETE ON outside_openings "
        "FOR EACH ROW EXECUTE FUNCTION refuse_edit('patient_id')"
    )


def _set_aside() -> None:
    op.create_table(
        "set_aside",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside")),
    )
    op.create_index("uq_set_aside_open", "set_aside", ["collection", "document_id"], unique=True)


def _ledgers() -> None:
    """No ledger is emptied; an event in the chain stays as it is there, and the chain only grows."""
    for table in (*_LEDGERS, "audit_chains"):
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit()"
        )
    op.create_check_constraint(
        op.f("ck_audit_events_relayed_as_linked"),
        "audit_events",
        "(relayed_at IS NULL) = (chain_position IS NULL) AND (relayed_at IS NULL) = (chain_hash IS NULL)",
    )
    op.execute(
        "CREATE TRIGGER audit_events_stay_linked BEFORE UPDATE ON audit_events "
        "FOR EACH ROW WHEN (OLD.relayed_at IS NOT NULL) EXECUTE FUNCTION refuse_edit()"
    )
    op.execute(
        "CREATE TRIGGER audit_chains_only_grow BEFORE UPDATE ON audit_chains "
        "FOR EACH ROW WHEN (NEW.length <= OLD.length) EXECUTE FUNCTION refuse_edit()"
    )
    op.execute(
        "CREATE TRIGGER audit_chains_stay BEFORE DELETE ON audit_chains "
        "FOR EACH ROW EXECUTE FUNCTION refuse_edit()"
    )


def _trail() -> None:
    """What the trail is searched by, newest first."""
    op.create_index("ix_audit_events_actor", "audit_events", ["actor_id", "id"])
    op.create_index("ix_audit_events_event", "audit_events", ["event", "id"])
