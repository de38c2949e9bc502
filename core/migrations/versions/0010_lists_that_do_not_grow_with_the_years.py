"""A visit knows whether a bill of it stands: who is still to be billed is read from a short index, not from all visits.

PostgreSQL keeps it with the bill, whoever writes that, so it is never behind.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Of a supplement nothing is said: the bill that it supplements stands as long as it does. Bills that came together
# (COPY) are one statement here, too.
_BILLED = """
CREATE FUNCTION note_new_bills() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE visits SET is_billed = true FROM made
    WHERE visits.id = made.visit_id AND made.supplements_id IS NULL AND made.state <> 'CANCELLED'
    AND NOT visits.is_billed;
    RETURN NULL;
END $$;
CREATE FUNCTION note_cancelled_bill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE visits SET is_billed = NEW.state <> 'CANCELLED' WHERE id = NEW.visit_id;
    RETURN NULL;
END $$;
CREATE TRIGGER invoices_bill_visits AFTER INSERT ON invoices REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION note_new_bills();
CREATE TRIGGER invoices_leave_visits AFTER UPDATE OF state ON invoices FOR EACH ROW
    WHEN (NEW.supplements_id IS NULL AND (OLD.state = 'CANCELLED') <> (NEW.state = 'CANCELLED'))
    EXECUTE FUNCTION note_cancelled_bill();
"""
_INDEXES = (
    ("ix_visits_unbilled", "visits", ["completed_at", "id"], "state = 'COMPLETED' AND NOT is_billed"),
    ("ix_appointments_booked", "appointments", ["slot_id"], "state = 'BOOKED'"),
    ("ix_invoices_not_paid", "invoices", ["state", "id"], "state <> 'PAID'"),
    ("ix_invoices_supplements", "invoices", ["visit_id"], "supplements_id IS NOT NULL"),
    ("ix_prescriptions_cancelled", "prescriptions", ["id"], "state = 'CANCELLED'"),
)


def upgrade() -> None:
    # Nearly all have one: so hardly a row of the largest table is written anew.
    op.add_column("visits", sa.Column("is_billed", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.alter_column("visits", "is_billed", server_default=None)
    op.execute(
        "UPDATE visits SET is_billed = false WHERE NOT EXISTS (SELECT FROM invoices WHERE visit_id = visits.id"
        " AND state <> 'CANCELLED' AND supplements_id IS NULL)"
    )
    op.execute(_BILLED)
    op.drop_index("ix_invoices_unpaid", "invoices")
    for name, table, columns, which in _INDEXES:
        op.create_index(name, table, columns, postgresql_where=sa.text(which))
    op.execute("ANALYZE visits")  # else nobody knows yet that nearly all are billed
