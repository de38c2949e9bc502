"""Money and medicines in depth: credit notes, advances, closed drawers, orders, stock-takes, returns, recalls."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

METHODS = ("CASH", "CARD", "UPI", "TRANSFER", "INSURANCE", "ADVANCE")
REASONS = ("RECEIVED", "DISPENSED", "RETURNED", "ADJUSTED", "EXPIRED", "WRITTEN_OFF", "TRANSFERRED", "SENT_BACK")

# Columns that may still be written; everything else stays as it was, as 0001 has it for the older ledgers.
_LEDGERS = {"credit_notes": (), "advances": ("patient_id",), "medicine_returns": (), "day_closes": ()}

_INVOICE_SUMS = """
CREATE OR REPLACE FUNCTION check_invoice_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint := CASE TG_TABLE_NAME WHEN 'invoices' THEN (to_jsonb(NEW)->>'id')::bigint
                                        ELSE (to_jsonb(NEW)->>'invoice_id')::bigint END;
    invoice invoices%ROWTYPE;
BEGIN
    SELECT * INTO invoice FROM invoices WHERE id = wanted;
    IF (invoice.subtotal, invoice.discount, invoice.tax) IS DISTINCT FROM (
        SELECT (coalesce(sum(quantity * unit_price), 0), coalesce(sum(discount), 0), coalesce(sum(tax), 0))
        FROM invoice_lines WHERE invoice_id = wanted
    ) THEN
        RAISE EXCEPTION 'invoice % is not the sum of its lines', invoice.number USING ERRCODE = 'check_violation';
    END IF;
    IF invoice.paid <> (SELECT coalesce(sum(amount), 0) FROM payments WHERE invoice_id = wanted) THEN
        RAISE EXCEPTION 'invoice % is not paid as its payments say', invoice.number USING ERRCODE = 'check_violation';
    END IF;
    IF invoice.refunded <> (SELECT coalesce(sum(amount), 0) FROM credit_notes WHERE invoice_id = wanted) THEN
        RAISE EXCEPTION 'invoice % is not refunded as its credit notes say', invoice.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""

_CREDIT_NOTE_SUMS = """
CREATE FUNCTION check_credit_note_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint := CASE TG_TABLE_NAME WHEN 'credit_notes' THEN (to_jsonb(NEW)->>'id')::bigint
                                        ELSE (to_jsonb(NEW)->>'credit_note_id')::bigint END;
    note credit_notes%ROWTYPE;
BEGIN
    SELECT * INTO note FROM credit_notes WHERE id = wanted;
    IF note.amount IS DISTINCT FROM (SELECT sum(amount) FROM refunds WHERE credit_note_id = wanted) THEN
        RAISE EXCEPTION 'credit note % is not the sum of its lines', note.number USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM refunds r JOIN invoice_lines l ON l.id = r.invoice_line_id
               WHERE r.credit_note_id = wanted AND (l.invoice_id <> note.invoice_id OR l.refunded <> (
                   SELECT sum(quantity) FROM refunds WHERE invoice_line_id = l.id))) THEN
        RAISE EXCEPTION 'credit note % does not fit its invoice', note.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""

_ADVANCE_SUMS = """
CREATE FUNCTION check_advance_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint := CASE TG_TABLE_NAME WHEN 'patients' THEN (to_jsonb(NEW)->>'id')::bigint
                                        ELSE (to_jsonb(NEW)->>'patient_id')::bigint END;
BEGIN
    IF (SELECT advance FROM patients WHERE id = wanted)
       <> (SELECT coalesce(sum(change), 0) FROM advances WHERE patient_id = wanted) THEN
        RAISE EXCEPTION 'the advance of patient % is not the sum of its ledger', wanted
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""

# Arguments: the columns that say who took or gave the money, on which day, and when.
_CLOSED_DRAWER = """
CREATE FUNCTION refuse_closed_drawer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    money jsonb := to_jsonb(NEW);
BEGIN
    IF EXISTS (SELECT FROM day_closes WHERE cashier_id = (money->>TG_ARGV[0])::bigint
               AND closed_on = (money->>TG_ARGV[1])::date AND closed_at <= (money->>TG_ARGV[2])::timestamptz) THEN
        RAISE EXCEPTION 'the drawer is closed for that day' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""

_MONEY = {
    "payments": ("received_by_id", "received_on", "received_at"),
    "credit_notes": ("refunded_by_id", "refunded_on", "refunded_at"),
    "advances": ("moved_by_id", "moved_on", "moved_at"),
}


def upgrade() -> None:
    _new_tables()
    _new_columns()
    _movements_name_their_bill()
    _refunds_become_credit_notes()
    _orders_know_their_batches()
    _new_rules()
    _new_triggers()


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def _filled(table: str, column: sa.Column, value: str) -> None:  # type: ignore[type-arg]
    """A column that the rows there are need a value for."""
    column.nullable, column.server_default = False, sa.DefaultClause(sa.text(value))
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)


def _linked(table: str, column: str, target: str) -> None:
    op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, target, [column], ["id"])


def _new_tables() -> None:
    op.create_table('credit_note_counters',
    sa.Column('financial_year', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('last_number', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('financial_year', name=op.f('pk_credit_note_counters'))
    )
    op.create_table('stock_takes',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('state', _choice("stocktakestate", "OPEN", "POSTED", "CANCELLED"), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_by_id', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("(state = 'OPEN') = (ended_at IS NULL)", name=op.f('ck_stock_takes_ended_when_over')),
    sa.ForeignKeyConstraint(['ended_by_id'], ['users.id'], name=op.f('fk_stock_takes_ended_by_id')),
    sa.ForeignKeyConstraint(['started_by_id'], ['users.id'], name=op.f('fk_stock_takes_started_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_takes'))
    )
    op.create_index('uq_stock_takes_one_open', 'stock_takes', ['state'], unique=True, postgresql_where=sa.text("state = 'OPEN'"))
    op.create_table('stock_take_lines',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('stock_take_id', sa.BigInteger(), nullable=False),
    sa.Column('batch_id', sa.BigInteger(), nullable=False),
    sa.Column('booked', sa.BigInteger(), nullable=False),
    sa.Column('counted', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('counted_by_id', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('booked >= 0', name=op.f('ck_stock_take_lines_booked_not_negative')),
    sa.CheckConstraint('counted >= 0', name=op.f('ck_stock_take_lines_counted_not_negative')),
    sa.ForeignKeyConstraint(['batch_id'], ['batches.id'], name=op.f('fk_stock_take_lines_batch_id')),
    sa.ForeignKeyConstraint(['counted_by_id'], ['users.id'], name=op.f('fk_stock_take_lines_counted_by_id')),
    sa.ForeignKeyConstraint(['stock_take_id'], ['stock_takes.id'], name=op.f('fk_stock_take_lines_stock_take_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_take_lines')),
    sa.UniqueConstraint('stock_take_id', 'batch_id', name=op.f('uq_stock_take_lines_stock_take_id_batch_id'))
    )
    op.create_table('credit_notes',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('financial_year', sa.SmallInteger(), nullable=False),
    sa.Column('sequence', sa.BigInteger(), nullable=False),
    sa.Column('invoice_id', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=12, scale=2), nullable=False),
    sa.Column('method', _choice("paymentmethod", *METHODS), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('refunded_on', sa.Date(), nullable=False),
    sa.Column('refunded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('refunded_by_id', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("btrim(reason) <> ''", name=op.f('ck_credit_notes_reason_filled')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_credit_notes_amount_positive')),
    sa.CheckConstraint('sequence > 0', name=op.f('ck_credit_notes_sequence_positive')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_credit_notes_invoice_id')),
    sa.ForeignKeyConstraint(['refunded_by_id'], ['users.id'], name=op.f('fk_credit_notes_refunded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_notes')),
    sa.UniqueConstraint('financial_year', 'sequence', name=op.f('uq_credit_notes_financial_year_sequence')),
    sa.UniqueConstraint('number', name=op.f('uq_credit_notes_number'))
    )
    op.create_index(op.f('ix_credit_notes_invoice_id'), 'credit_notes', ['invoice_id'], unique=False)
    op.create_index(op.f('ix_credit_notes_refunded_on'), 'credit_notes', ['refunded_on'], unique=False)
    op.create_table('advances',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('patient_id', sa.BigInteger(), nullable=False),
    sa.Column('change', sa.Numeric(precision=12, scale=2), nullable=False),
    sa.Column('reason', _choice("advancereason", "RECEIVED", "APPLIED", "CREDITED", "PAID_OUT"), nullable=False),
    sa.Column('method', _choice("paymentmethod", *METHODS), nullable=True),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('payment_id', sa.BigInteger(), nullable=True),
    sa.Column('credit_note_id', sa.BigInteger(), nullable=True),
    sa.Column('moved_on', sa.Date(), nullable=False),
    sa.Column('moved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('moved_by_id', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("(credit_note_id IS NOT NULL) = (reason = 'CREDITED')", name=op.f('ck_advances_credited_by_note')),
    sa.CheckConstraint("(method IS NOT NULL) = (reason IN ('RECEIVED', 'PAID_OUT'))", name=op.f('ck_advances_method_of_money')),
    sa.CheckConstraint("(payment_id IS NOT NULL) = (reason = 'APPLIED')", name=op.f('ck_advances_applied_by_payment')),
    sa.CheckConstraint("(reason IN ('RECEIVED', 'CREDITED')) = (change > 0) AND change <> 0", name=op.f('ck_advances_sign_fits_reason')),
    sa.CheckConstraint("method <> 'ADVANCE'", name=op.f('ck_advances_method_is_money')),
    sa.ForeignKeyConstraint(['credit_note_id'], ['credit_notes.id'], name=op.f('fk_advances_credit_note_id')),
    sa.ForeignKeyConstraint(['moved_by_id'], ['users.id'], name=op.f('fk_advances_moved_by_id')),
    sa.ForeignKeyConstraint(['patient_id'], ['patients.id'], name=op.f('fk_advances_patient_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name=op.f('fk_advances_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_advances')),
    sa.UniqueConstraint('credit_note_id', name=op.f('uq_advances_credit_note_id')),
    sa.UniqueConstraint('payment_id', name=op.f('uq_advances_payment_id'))
    )
    op.create_index(op.f('ix_advances_moved_on'), 'advances', ['moved_on'], unique=False)
    op.create_index(op.f('ix_advances_patient_id'), 'advances', ['patient_id'], unique=False)
    op.create_table('medicine_returns',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('dispensing_item_id', sa.BigInteger(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('usable', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('returned_on', sa.Date(), nullable=False),
    sa.Column('returned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('returned_by_id', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("btrim(reason) <> ''", name=op.f('ck_medicine_returns_reason_filled')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_medicine_returns_quantity_positive')),
    sa.ForeignKeyConstraint(['dispensing_item_id'], ['dispensing_items.id'], name=op.f('fk_medicine_returns_dispensing_item_id')),
    sa.ForeignKeyConstraint(['returned_by_id'], ['users.id'], name=op.f('fk_medicine_returns_returned_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_medicine_returns'))
    )
    op.create_index(op.f('ix_medicine_returns_dispensing_item_id'), 'medicine_returns', ['dispensing_item_id'], unique=False)
    op.create_index(op.f('ix_medicine_returns_returned_on'), 'medicine_returns', ['returned_on'], unique=False)


def _new_columns() -> None:
    texts = {
        "batches": ("delivery_note", "block_reason"),
        "clinics": ("tax_number",),
        "invoice_lines": ("basis", "call_off_reason"),
        "purchase_orders": ("note", "end_reason"),
        "stock_movements": ("reference",),
        "suppliers": ("email", "tax_number"),
    }
    for table, names in texts.items():
        for name in names:
            _filled(table, sa.Column(name, sa.Text()), "''")
    for name in ("returned", "called_off", "refunded"):
        _filled("invoice_lines", sa.Column(name, sa.BigInteger()), "0")
    _filled("patients", sa.Column("advance", sa.Numeric(12, 2)), "0")
    _filled("clinics", sa.Column("consultation_tax_percent", sa.Numeric(5, 2)), "0")
    _filled("clinics", sa.Column("discount_limits", postgresql.JSONB()), """'{"RECEPTION": 10}'""")
    _filled("clinics", sa.Column("cover_days", sa.BigInteger()), "30")
    _linked("batches", "purchase_order_line_id", "purchase_order_lines")
    op.create_index(op.f("ix_batches_purchase_order_line_id"), "batches", ["purchase_order_line_id"], unique=False)
    _linked("batches", "blocked_by_id", "users")
    op.execute("UPDATE batches SET block_reason = 'Recalled' WHERE blocked_at IS NOT NULL")
    _linked("invoices", "supplements_id", "invoices")
    _linked("invoice_lines", "discount_by_id", "users")
    _linked("medicines", "supplier_id", "suppliers")
    op.add_column("medicines", sa.Column("barcode", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_medicines_barcode"), "medicines", ["barcode"])
    op.add_column("suppliers", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("purchase_orders", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    _filled("purchase_orders", sa.Column("expected_on", sa.Date()), "CURRENT_DATE")
    _linked("day_closes", "closed_by_id", "users")
    op.alter_column("day_closes", "closed_by_id", nullable=False)
    for name in ("opened_with", "taken", "left_in_drawer"):
        _filled("day_closes", sa.Column(name, sa.Numeric(12, 2)), "0")
    _filled("day_closes", sa.Column("other_methods", postgresql.JSONB()), "'{}'")
    _filled("day_closes", sa.Column("audit_length", sa.BigInteger()), "0")
    op.create_index(op.f("ix_day_closes_closed_on"), "day_closes", ["closed_on"], unique=False)


def _movements_name_their_bill() -> None:
    """What was handed over before is told from the moment at which it was: the register needs the patient."""
    op.execute("ALTER TABLE stock_movements DISABLE TRIGGER stock_movements_append_only")
    op.execute("""
        UPDATE stock_movements m SET reference = i.number
        FROM dispensing_items di JOIN dispensings d ON d.id = di.dispensing_id JOIN invoices i ON i.id = d.invoice_id
        WHERE m.reason = 'DISPENSED' AND m.batch_id = di.batch_id AND m.change = -di.quantity
              AND m.moved_by_id = d.dispensed_by_id
              AND m.moved_at BETWEEN d.dispensed_at - interval '5 s' AND d.dispensed_at + interval '5 s'
    """)
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what was written is checked before the table is altered
    op.execute("SET CONSTRAINTS ALL DEFERRED")
    op.execute("ALTER TABLE stock_movements ENABLE TRIGGER stock_movements_append_only")


def _refunds_become_credit_notes() -> None:
    """Each refund there is gets a credit note of its own, numbered in the order in which they were made."""
    op.execute("ALTER TABLE refunds DISABLE TRIGGER refunds_append_only")
    op.add_column("refunds", sa.Column("credit_note_id", sa.BigInteger(), nullable=True))
    op.execute("""
        WITH numbered AS (
            SELECT r.*, l.invoice_id, y.year, c.financial_year_month AS month,
                   row_number() OVER (PARTITION BY y.year ORDER BY r.id) AS sequence
            FROM refunds r JOIN invoice_lines l ON l.id = r.invoice_line_id CROSS JOIN clinics c
            CROSS JOIN LATERAL (SELECT extract(year FROM refunded_on)::int
                - (extract(month FROM refunded_on) < c.financial_year_month)::int AS year) AS y)
        INSERT INTO credit_notes (id, number, financial_year, sequence, invoice_id, amount, method, reference, reason,
                                  refunded_on, refunded_at, refunded_by_id)
        SELECT id, 'CN-' || year || CASE month WHEN 1 THEN '' ELSE '-' || lpad(((year + 1) % 100)::text, 2, '0') END
                   || '/' || lpad(sequence::text, 6, '0'),
               year, sequence, invoice_id, amount, method, '', reason, refunded_on, refunded_at, refunded_by_id
        FROM numbered
    """)
    op.execute("UPDATE refunds SET credit_note_id = id")
    op.execute("SELECT setval(pg_get_serial_sequence('credit_notes', 'id'), (SELECT max(id) FROM credit_notes))")
    op.execute("""
        INSERT INTO credit_note_counters (financial_year, last_number)
        SELECT financial_year, max(sequence) FROM credit_notes GROUP BY financial_year
    """)
    op.execute("""
        UPDATE invoice_lines l SET refunded = r.units, returned = r.back,
               called_off = CASE WHEN medicine_id IS NULL THEN 0 ELSE greatest(r.units - r.back, 0) END,
               call_off_reason = CASE WHEN medicine_id IS NULL OR r.units <= r.back THEN '' ELSE 'Refunded' END
        FROM (SELECT b.id, coalesce((SELECT sum(quantity) FROM refunds WHERE invoice_line_id = b.id), 0) AS units,
                     coalesce((SELECT sum(returned) FROM dispensing_items WHERE invoice_line_id = b.id), 0) AS back
              FROM invoice_lines b) AS r
        WHERE r.id = l.id AND (r.units > 0 OR r.back > 0)
    """)
    op.execute("""
        INSERT INTO medicine_returns (dispensing_item_id, quantity, usable, reason, returned_on, returned_at,
                                      returned_by_id)
        SELECT i.id, i.returned, true, 'Returned', (back.at AT TIME ZONE c.time_zone)::date, back.at, back.by
        FROM dispensing_items i JOIN dispensings d ON d.id = i.dispensing_id CROSS JOIN clinics c
        CROSS JOIN LATERAL (
            SELECT coalesce(min(m.moved_at), d.dispensed_at) AS at, coalesce(min(m.moved_by_id), d.dispensed_by_id) AS by
            FROM (SELECT moved_at, moved_by_id FROM stock_movements WHERE batch_id = i.batch_id AND reason = 'RETURNED'
                  AND moved_at >= d.dispensed_at ORDER BY moved_at LIMIT 1) AS m) AS back
        WHERE i.returned > 0
    """)
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what was written is checked before its tables are altered
    op.execute("SET CONSTRAINTS ALL DEFERRED")
    op.alter_column("refunds", "credit_note_id", nullable=False)
    op.create_foreign_key(op.f("fk_refunds_credit_note_id"), "refunds", "credit_notes", ["credit_note_id"], ["id"])
    op.create_unique_constraint(
        op.f("uq_refunds_credit_note_id_invoice_line_id"), "refunds", ["credit_note_id", "invoice_line_id"]
    )
    for column in ("refunded_by_id", "refunded_on", "refunded_at", "method", "reason"):
        op.drop_column("refunds", column)
    op.execute("ALTER TABLE refunds ENABLE TRIGGER refunds_append_only")


def _orders_know_their_batches() -> None:
    """By medicine, supplier and quantity, in the order of time; an order that is over ended when the last came."""
    op.execute("""
        WITH came AS (
            SELECT b.id, b.medicine_id, b.supplier_id, m.change,
                   row_number() OVER (PARTITION BY b.medicine_id, b.supplier_id, m.change ORDER BY b.id) AS place
            FROM batches b JOIN stock_movements m ON m.batch_id = b.id AND m.reason = 'RECEIVED'),
        ordered AS (
            SELECT l.id, l.medicine_id, o.supplier_id, l.received,
                   row_number() OVER (PARTITION BY l.medicine_id, o.supplier_id, l.received ORDER BY l.id) AS place
            FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.purchase_order_id WHERE l.received > 0)
        UPDATE batches b SET purchase_order_line_id = ordered.id
        FROM came JOIN ordered ON ordered.medicine_id = came.medicine_id AND ordered.supplier_id = came.supplier_id
             AND ordered.received = came.change AND ordered.place = came.place
        WHERE b.id = came.id
    """)
    op.execute("""
        UPDATE purchase_orders o SET expected_on = o.ordered_at::date, ended_at = CASE state WHEN 'ORDERED' THEN NULL
            ELSE coalesce((SELECT max(m.moved_at) FROM stock_movements m JOIN batches b ON b.id = m.batch_id
                JOIN purchase_order_lines l ON l.id = b.purchase_order_line_id
                WHERE l.purchase_order_id = o.id AND m.reason = 'RECEIVED'), o.ordered_at) END
    """)


def _replaced(table: str, name: str, rule: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def _new_rules() -> None:
    methods, reasons = (", ".join(f"'{value}'" for value in values) for values in (METHODS, REASONS))
    _replaced("payments", "paymentmethod", f"method IN ({methods})")
    _replaced("stock_movements", "movementreason", f"reason IN ({reasons})")
    _replaced(
        "stock_movements",
        "sign_fits_reason",
        "CASE reason WHEN 'RECEIVED' THEN change > 0 WHEN 'RETURNED' THEN change > 0"
        " WHEN 'ADJUSTED' THEN true ELSE change < 0 END",
    )
    _replaced("invoice_lines", "dispensed_within_quantity", "dispensed + called_off <= quantity")
    op.drop_constraint(op.f("ck_refunds_amount_positive"), "refunds")
    op.drop_constraint(op.f("ck_purchase_order_lines_received_within_ordered"), "purchase_order_lines")
    for table, rules in _RULES.items():
        for name, rule in rules.items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
    op.drop_index("ix_invoice_lines_owed", "invoice_lines")
    op.create_index(
        "ix_invoice_lines_owed",
        "invoice_lines",
        ["invoice_id"],
        postgresql_where=sa.text("medicine_id IS NOT NULL AND dispensed + called_off < quantity"),
    )
    op.create_index(
        op.f("ix_invoice_lines_prescription_item_id"),
        "invoice_lines",
        ["prescription_item_id"],
        postgresql_where=sa.text("prescription_item_id IS NOT NULL"),
    )
    op.drop_index("uq_invoices_one_per_visit", "invoices")
    for name, column, where in (
        ("per_visit", "visit_id", "state <> 'CANCELLED' AND supplements_id IS NULL"),
        ("supplement", "supplements_id", "state <> 'CANCELLED'"),
    ):
        op.create_index(f"uq_invoices_one_{name}", "invoices", [column], unique=True, postgresql_where=sa.text(where))
    op.create_index("ix_purchase_orders_open", "purchase_orders", ["id"], postgresql_where=sa.text("state = 'ORDERED'"))


_RULES = {
    "batches": {"blocked_with_reason": "(blocked_at IS NULL) = (btrim(block_reason) = '')"},
    "clinics": {
        "consultation_tax_percent": "consultation_tax_percent BETWEEN 0 AND 100",
        "cover_days": "cover_days BETWEEN 1 AND 365",
    },
    "day_closes": {
        "expected_adds_up": "expected = opened_with + taken",
        "opened_with_not_negative": "opened_with >= 0",
        "counted_not_negative": "counted >= 0",
        "left_within_counted": "left_in_drawer BETWEEN 0 AND counted",
    },
    "invoice_lines": {
        "units_not_negative": "dispensed >= 0 AND called_off >= 0",
        "returned_within_dispensed": "returned BETWEEN 0 AND dispensed",
        "refunded_within_quantity": "refunded BETWEEN 0 AND quantity",
        "refunded_not_kept": "medicine_id IS NULL OR refunded <= returned + called_off",
        "called_off_with_reason": "called_off = 0 OR btrim(call_off_reason) <> ''",
    },
    "invoices": {"not_its_own_supplement": "supplements_id <> id"},
    "medicines": {"barcode_of_digits": "barcode ~ '^[0-9]{8,14}$'"},
    "patients": {"advance_not_negative": "advance >= 0"},
    "purchase_order_lines": {
        "received_not_negative": "received >= 0",
        "unit_cost_not_negative": "unit_cost >= 0",
    },
    "purchase_orders": {"ended_when_over": "(state = 'ORDERED') = (ended_at IS NULL)"},
    "refunds": {"amount_not_negative": "amount >= 0"},
    "stock_movements": {
        "says_why": "reason NOT IN ('ADJUSTED', 'WRITTEN_OFF', 'TRANSFERRED', 'SENT_BACK') OR btrim(note) <> ''",
    },
    "suppliers": {"lead_days": "lead_days BETWEEN 0 AND 365"},
}


def _new_triggers() -> None:
    for function in (_INVOICE_SUMS, _CREDIT_NOTE_SUMS, _ADVANCE_SUMS, _CLOSED_DRAWER):
        op.execute(function)
    _checked_at_commit("credit_notes", "invoice", name="credit_notes_sums")
    for table in ("credit_notes", "refunds"):
        _checked_at_commit(table, "credit_note", name=f"{table}_add_up")
    _checked_at_commit("advances", "advance", name="advances_sums")
    _checked_at_commit("patients", "advance", name="patients_advance", of="OF advance")
    for table, columns in _MONEY.items():
        arguments = ", ".join(f"'{column}'" for column in columns)
        op.execute(
            f"CREATE TRIGGER {table}_closed_drawer BEFORE INSERT ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_closed_drawer({arguments})"
        )
    for table, free in _LEDGERS.items():
        columns_left = ", ".join(f"'{column}'" for column in free)
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_edit({columns_left})"
        )


def _checked_at_commit(table: str, sums: str, *, name: str, of: str = "") -> None:
    op.execute(
        f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT OR UPDATE {of} ON {table} "
        f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_{sums}_sums()"
    )
