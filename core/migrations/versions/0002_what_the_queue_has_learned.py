"""The wait that was said with a token, and what the clinic's own waits have taught."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wait_models",
        sa.Column("learned_on", sa.Date(), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits", sa.BigInteger(), nullable=False),
        sa.Column("model", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("said", sa.BigInteger(), nullable=False),
        sa.Column("within_p50", sa.BigInteger(), nullable=False),
        sa.Column("within_p90", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "within_p50 BETWEEN 0 AND within_p90 AND within_p90 <= said", name=op.f("ck_wait_models_within_said")
        ),
        sa.PrimaryKeyConstraint("learned_on", name=op.f("pk_wait_models")),
    )
    op.add_column("tokens", sa.Column("for_anyone", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("tokens", "for_anyone", server_default=None)
    op.add_column("tokens", sa.Column("said_p50", sa.BigInteger(), nullable=True))
    op.add_column("tokens", sa.Column("said_p90", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_tokens_said_both_or_neither"), "tokens", "(said_p50 IS NULL) = (said_p90 IS NULL)"
    )
    op.create_check_constraint(op.f("ck_tokens_said_in_order"), "tokens", "said_p50 BETWEEN 0 AND said_p90")
    # Of those who were called nobody knows it any more.
    op.execute("UPDATE tokens SET for_anyone = true WHERE doctor_id IS NULL")
