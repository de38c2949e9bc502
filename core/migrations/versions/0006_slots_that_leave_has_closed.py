"""A slot knows the leave that closed it, so that taking the leave back frees those slots and no others."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("slots", sa.Column("absence_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_slots_absence_id"), "slots", "absences", ["absence_id"], ["id"])
    op.create_check_constraint(op.f("ck_slots_away_is_closed"), "slots", "absence_id IS NULL OR state = 'CLOSED'")
    op.create_index(
        "ix_slots_absence_id", "slots", ["absence_id"], postgresql_where=sa.text("absence_id IS NOT NULL")
    )
