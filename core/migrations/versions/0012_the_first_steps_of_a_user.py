"""A user sees the first steps of their role until they have put them away; who works here already has no need of them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("tour_ended_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE users SET tour_ended_at = now()")
