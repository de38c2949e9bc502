"""The name of a withdrawn service can be put on the price list again."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("uq_services_name", "services")
    op.create_index(
        "uq_services_name",
        "services",
        [sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
