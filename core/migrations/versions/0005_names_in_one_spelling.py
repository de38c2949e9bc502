"""Names are found in every spelling: the folded name, and its pieces among those of the search box."""

import sqlalchemy as sa
from alembic import op

from core import spelling

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BATCH = 5_000


def upgrade() -> None:
    op.add_column("patients", sa.Column("spelt", sa.Text(), nullable=False, server_default=""))
    op.alter_column("patients", "spelt", server_default=None)
    op.drop_index("ix_patients_search_grams", "patients")  # made again below: quicker than keeping it up to date
    _fill(op.get_bind())
    op.create_index("ix_patients_search_grams", "patients", ["search_grams"], postgresql_using="gin")
    op.create_index("ix_patients_birth_date", "patients", ["birth_date"])


def _fill(connection: sa.Connection) -> None:
    after = 0
    some = sa.text("SELECT id, name, phone, mrn FROM patients WHERE id > :after ORDER BY id LIMIT :batch")
    write = sa.text("UPDATE patients SET spelt = :spelt, search_grams = :grams WHERE id = :id")
    while rows := connection.execute(some, {"after": after, "batch": BATCH}).all():
        connection.execute(
            write,
            [
                {"id": row.id, "spelt": spelling.fold(row.name), "grams": spelling.grams(row.name, row.phone, row.mrn)}
                for row in rows
            ],
        )
        after = rows[-1].id
