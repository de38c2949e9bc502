"""A token keeps its call when it is called again, and that it was skipped when it is called from there."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tokens", sa.Column("recalled_at", sa.DateTime(timezone=True)))
    op.add_column("tokens", sa.Column("skipped_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE tokens SET skipped_at = coalesce(called_at, issued_at) WHERE state = 'SKIPPED'")
