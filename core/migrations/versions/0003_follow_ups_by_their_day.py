"""Follow-ups are found by the day they are due."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_visits_follow_up_on",
        "visits",
        ["follow_up_on"],
        postgresql_where=sa.text("follow_up_on IS NOT NULL"),
    )
