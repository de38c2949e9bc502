"""Leave for a part of a day, a waiting list that says how it ended, reminders that were given."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("absences", sa.Column("starts", sa.Time(), nullable=True))
    op.add_column("absences", sa.Column("ends", sa.Time(), nullable=True))
    op.create_check_constraint(
        op.f("ck_absences_part_of_a_day_has_both_ends"), "absences", "(starts IS NULL) = (ends IS NULL)"
    )
    op.create_check_constraint(op.f("ck_absences_ends_after_start"), "absences", "ends > starts")
    op.add_column("appointments", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("waiting_list", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    op.alter_column("waiting_list", "note", server_default=None)
    op.add_column("waiting_list", sa.Column("appointment_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_waiting_list_appointment_id"), "waiting_list", "appointments", ["appointment_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_waiting_list_booked_is_settled"), "waiting_list", "appointment_id IS NULL OR settled_at IS NOT NULL"
    )
    op.create_index(
        "uq_waiting_list_once",
        "waiting_list",
        ["patient_id", "wanted_on", "doctor_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
