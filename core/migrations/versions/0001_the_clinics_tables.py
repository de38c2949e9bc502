"""The clinic's tables, with the rules that the database itself holds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_chains",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_chains_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chains")),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column(
            "actor_role",
            sa.Enum(
                "ADMIN",
                "DOCTOR",
                "PHARMACIST",
                "RECEPTION",
                "MANAGER",
                "ANALYST",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column(
            "action",
            sa.Enum(
                "CREATE",
                "UPDATE",
                "DELETE",
                name="auditaction",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("resource_type", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=True),
        sa.Column("days", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("relayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chain_position", sa.BigInteger(), nullable=True),
        sa.Column("chain_hash", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("chain_position", name=op.f("uq_audit_events_chain_position")),
    )
    op.create_index(op.f("ix_audit_events_occurred_at"), "audit_events", ["occurred_at"], unique=False)
    op.create_index(
        "ix_audit_events_resource", "audit_events", ["resource_type", "resource_id"], unique=False
    )
    op.create_index(
        "ix_audit_events_unrelayed",
        "audit_events",
        ["id"],
        unique=False,
        postgresql_where=sa.text("relayed_at IS NULL"),
    )
    op.create_table(
        "clinics",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("financial_year_month", sa.BigInteger(), nullable=False),
        sa.Column("follow_up_days", sa.BigInteger(), nullable=False),
        sa.Column(
            "stock_order",
            sa.Enum("FIFO", "FEFO", name="stockorder", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("dispense_unpaid", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(name) <> ''", name=op.f("ck_clinics_name_filled")),
        sa.CheckConstraint(
            "financial_year_month BETWEEN 1 AND 12", name=op.f("ck_clinics_financial_year_month")
        ),
        sa.CheckConstraint("follow_up_days >= 0", name=op.f("ck_clinics_follow_up_days")),
        sa.CheckConstraint("id = 1", name=op.f("ck_clinics_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinics")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("arguments_hash", sa.Text(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "invoice_counters",
        sa.Column("financial_year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("financial_year", name=op.f("pk_invoice_counters")),
    )
    op.create_table(
        "medicines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("generic", sa.Text(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "TABLET",
                "CAPSULE",
                "SYRUP",
                "DROPS",
                "CREAM",
                "INJECTION",
                "INHALER",
                "SACHET",
                "SUPPOSITORY",
                "OTHER",
                name="medicineform",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("strength", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("pack_size", sa.BigInteger(), nullable=False),
        sa.Column("reorder_level", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("tax_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("is_controlled", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("import_key", sa.Text(), nullable=True),
        sa.CheckConstraint("btrim(name) <> ''", name=op.f("ck_medicines_name_filled")),
        sa.CheckConstraint("btrim(unit) <> ''", name=op.f("ck_medicines_unit_filled")),
        sa.CheckConstraint("pack_size > 0", name=op.f("ck_medicines_pack_size_positive")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_medicines_price_not_negative")),
        sa.CheckConstraint("reorder_level >= 0", name=op.f("ck_medicines_reorder_level_not_negative")),
        sa.CheckConstraint("tax_percent BETWEEN 0 AND 100", name=op.f("ck_medicines_tax_percent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medicines")),
        sa.UniqueConstraint("import_key", name=op.f("uq_medicines_import_key")),
    )
    op.create_index(op.f("ix_medicines_generic"), "medicines", ["generic"], unique=False)
    op.create_index("uq_medicines_name", "medicines", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "patients",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("mrn", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "sex",
            sa.Enum(
                "FEMALE",
                "MALE",
                "OTHER",
                "UNKNOWN",
                name="sex",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_date_is_estimated", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("blood_group", sa.Text(), nullable=False),
        sa.Column("allergies", sa.Text(), nullable=False),
        sa.Column("chronic_conditions", sa.Text(), nullable=False),
        sa.Column("next_of_kin", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.Column("last_visit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("import_key", sa.Text(), nullable=True),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("btrim(name) <> ''", name=op.f("ck_patients_name_filled")),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_patients_not_merged_into_itself")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["patients.id"], name=op.f("fk_patients_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patients")),
        sa.UniqueConstraint("import_key", name=op.f("uq_patients_import_key")),
        sa.UniqueConstraint("mrn", name=op.f("uq_patients_mrn")),
    )
    op.create_index(op.f("ix_patients_phone"), "patients", ["phone"], unique=False)
    op.create_index(
        "ix_patients_recent",
        "patients",
        [sa.literal_column("last_visit_at DESC NULLS LAST"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_patients_search_grams", "patients", ["search_grams"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "services",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("tax_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("btrim(name) <> ''", name=op.f("ck_services_name_filled")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_services_price_not_negative")),
        sa.CheckConstraint("tax_percent BETWEEN 0 AND 100", name=op.f("ck_services_tax_percent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
    )
    op.create_index("uq_services_name", "services", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "sign_in_failures",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_sign_in_failures")),
    )
    op.create_table(
        "suppliers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("lead_days", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("btrim(name) <> ''", name=op.f("ck_suppliers_name_filled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
    )
    op.create_index("uq_suppliers_name", "suppliers", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "token_counters",
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("issued_on", name=op.f("pk_token_counters")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "ADMIN",
                "DOCTOR",
                "PHARMACIST",
                "RECEPTION",
                "MANAGER",
                "ANALYST",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(name) <> ''", name=op.f("ck_users_name_filled")),
        sa.CheckConstraint("btrim(username) <> ''", name=op.f("ck_users_username_filled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index("uq_users_username", "users", [sa.literal_column("lower(username)")], unique=True)
    op.create_table(
        "batches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("medicine_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("unit_cost", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("btrim(number) <> ''", name=op.f("ck_batches_number_filled")),
        sa.CheckConstraint("expires_on >= received_on", name=op.f("ck_batches_not_received_expired")),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_batches_on_hand_not_negative")),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_batches_unit_cost_not_negative")),
        sa.ForeignKeyConstraint(["medicine_id"], ["medicines.id"], name=op.f("fk_batches_medicine_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_batches_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint(
            "medicine_id",
            "supplier_id",
            "number",
            name=op.f("uq_batches_medicine_id_supplier_id_number"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "ix_batches_expires_on",
        "batches",
        ["expires_on"],
        unique=False,
        postgresql_where=sa.text("on_hand > 0"),
    )
    op.create_index(
        "ix_batches_usable",
        "batches",
        ["medicine_id", "received_on", "id"],
        unique=False,
        postgresql_where=sa.text("on_hand > 0"),
    )
    op.create_table(
        "day_closes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("cashier_id", sa.BigInteger(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("counted", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("denominations", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("audit_head", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "counted = expected OR btrim(explanation) <> ''", name=op.f("ck_day_closes_difference_explained")
        ),
        sa.ForeignKeyConstraint(["cashier_id"], ["users.id"], name=op.f("fk_day_closes_cashier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_closes")),
        sa.UniqueConstraint("cashier_id", "closed_on", name=op.f("uq_day_closes_cashier_id_closed_on")),
    )
    op.create_table(
        "doctors",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("speciality", sa.Text(), nullable=False),
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("consultation_fee", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("follow_up_fee", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.CheckConstraint(
            "consultation_fee >= 0 AND follow_up_fee >= 0", name=op.f("ck_doctors_fees_not_negative")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_doctors_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_doctors")),
    )
    op.create_table(
        "patient_merges",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("survivor_id", sa.BigInteger(), nullable=False),
        sa.Column("absorbed_id", sa.BigInteger(), nullable=False),
        sa.Column("merged_by_id", sa.BigInteger(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("survivor_id <> absorbed_id", name=op.f("ck_patient_merges_two_records")),
        sa.ForeignKeyConstraint(["absorbed_id"], ["patients.id"], name=op.f("fk_patient_merges_absorbed_id")),
        sa.ForeignKeyConstraint(["merged_by_id"], ["users.id"], name=op.f("fk_patient_merges_merged_by_id")),
        sa.ForeignKeyConstraint(["survivor_id"], ["patients.id"], name=op.f("fk_patient_merges_survivor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_merges")),
    )
    op.create_index(op.f("ix_patient_merges_absorbed_id"), "patient_merges", ["absorbed_id"], unique=False)
    op.create_index(op.f("ix_patient_merges_survivor_id"), "patient_merges", ["survivor_id"], unique=False)
    op.create_table(
        "purchase_orders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ORDERED",
                "RECEIVED",
                "CANCELLED",
                name="purchaseorderstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("ordered_by_id", sa.BigInteger(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"], ["users.id"], name=op.f("fk_purchase_orders_ordered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["suppliers.id"], name=op.f("fk_purchase_orders_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_orders_number")),
    )
    op.create_index(op.f("ix_purchase_orders_supplier_id"), "purchase_orders", ["supplier_id"], unique=False)
    op.create_table(
        "sign_ins",
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ticket_hash", sa.Text(), nullable=True),
        sa.Column("ticket_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id")),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_sign_ins_ticket_hash")),
    )
    op.create_index(op.f("ix_sign_ins_user_id"), "sign_ins", ["user_id"], unique=False)
    op.create_table(
        "absences",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("doctor_id", sa.BigInteger(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_absences_last_not_before_first")),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.user_id"], name=op.f("fk_absences_doctor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_doctor_id"), "absences", ["doctor_id"], unique=False)
    op.create_table(
        "availabilities",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("doctor_id", sa.BigInteger(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("slot_minutes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("ends > starts", name=op.f("ck_availabilities_ends_after_start")),
        sa.CheckConstraint("slot_minutes BETWEEN 5 AND 240", name=op.f("ck_availabilities_slot_minutes")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_availabilities_weekday")),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.user_id"], name=op.f("fk_availabilities_doctor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availabilities")),
    )
    op.create_index(op.f("ix_availabilities_doctor_id"), "availabilities", ["doctor_id"], unique=False)
    op.create_table(
        "purchase_order_lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("purchase_order_id", sa.BigInteger(), nullable=False),
        sa.Column("medicine_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_order_lines_quantity_positive")),
        sa.CheckConstraint(
            "received BETWEEN 0 AND quantity", name=op.f("ck_purchase_order_lines_received_within_ordered")
        ),
        sa.ForeignKeyConstraint(
            ["medicine_id"], ["medicines.id"], name=op.f("fk_purchase_order_lines_medicine_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_orders.id"],
            name=op.f("fk_purchase_order_lines_purchase_order_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order_lines")),
        sa.UniqueConstraint(
            "purchase_order_id",
            "medicine_id",
            name=op.f("uq_purchase_order_lines_purchase_order_id_medicine_id"),
        ),
    )
    op.create_table(
        "slots",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("doctor_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "FREE",
                "BOOKED",
                "CLOSED",
                name="slotstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(doctor_id, doctor_id, '[]')"), "&&"),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            using="gist",
            name="ex_slots_no_overlap",
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_slots_ends_after_start")),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.user_id"], name=op.f("fk_slots_doctor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slots")),
    )
    op.create_index("ix_slots_starts_at", "slots", ["starts_at", "doctor_id"], unique=False)
    op.create_table(
        "stock_movements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("on_hand_after", sa.BigInteger(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "RECEIVED",
                "DISPENSED",
                "RETURNED",
                "ADJUSTED",
                "EXPIRED",
                name="movementreason",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by_id", sa.BigInteger(), nullable=False),
        sa.Column("relayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "CASE reason WHEN 'RECEIVED' THEN change > 0 WHEN 'RETURNED' THEN change > 0 WHEN 'ADJUSTED' THEN btrim(note) <> '' ELSE change < 0 END",
            name=op.f("ck_stock_movements_sign_fits_reason"),
        ),
        sa.CheckConstraint("change <> 0", name=op.f("ck_stock_movements_change_not_zero")),
        sa.CheckConstraint("on_hand_after >= 0", name=op.f("ck_stock_movements_on_hand_after_not_negative")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_stock_movements_batch_id")),
        sa.ForeignKeyConstraint(["moved_by_id"], ["users.id"], name=op.f("fk_stock_movements_moved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movements")),
    )
    op.create_index("ix_stock_movements_batch", "stock_movements", ["batch_id", "moved_at"], unique=False)
    op.create_index(op.f("ix_stock_movements_moved_at"), "stock_movements", ["moved_at"], unique=False)
    op.create_index(
        "ix_stock_movements_unrelayed",
        "stock_movements",
        ["id"],
        unique=False,
        postgresql_where=sa.text("relayed_at IS NULL"),
    )
    op.create_table(
        "waiting_list",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        sa.Column("doctor_id", sa.BigInteger(), nullable=True),
        sa.Column("wanted_on", sa.Date(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.user_id"], name=op.f("fk_waiting_list_doctor_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_waiting_list_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_list")),
    )
    op.create_index(op.f("ix_waiting_list_patient_id"), "waiting_list", ["patient_id"], unique=False)
    op.create_index(op.f("ix_waiting_list_wanted_on"), "waiting_list", ["wanted_on"], unique=False)
    op.create_table(
        "appointments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slot_id", sa.BigInteger(), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "BOOKED",
                "ARRIVED",
                "COMPLETED",
                "CANCELLED",
                "NO_SHOW",
                name="appointmentstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("booked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'CANCELLED' OR btrim(reason) <> ''", name=op.f("ck_appointments_cancelled_with_reason")
        ),
        sa.ForeignKeyConstraint(["booked_by_id"], ["users.id"], name=op.f("fk_appointments_booked_by_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_appointments_patient_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name=op.f("fk_appointments_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
    )
    op.create_index(op.f("ix_appointments_patient_id"), "appointments", ["patient_id"], unique=False)
    op.create_index(op.f("ix_appointments_slot_id"), "appointments", ["slot_id"], unique=False)
    op.create_index(
        "uq_appointments_active_slot",
        "appointments",
        ["slot_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('BOOKED', 'ARRIVED', 'COMPLETED')"),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        sa.Column("doctor_id", sa.BigInteger(), nullable=True),
        sa.Column("appointment_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "priority",
            sa.Enum(
                "NORMAL",
                "ELDERLY",
                "PREGNANT",
                "CHILD",
                "EMERGENCY",
                name="priority",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "WAITING",
                "CALLED",
                "SKIPPED",
                "FINISHED",
                "NO_SHOW",
                name="tokenstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_tokens_number_positive")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_tokens_appointment_id")
        ),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.user_id"], name=op.f("fk_tokens_doctor_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_tokens_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_tokens_appointment_id")),
    )
    op.create_index(op.f("ix_tokens_patient_id"), "tokens", ["patient_id"], unique=False)
    op.create_index(
        "ix_tokens_waiting",
        "tokens",
        ["issued_on", "place"],
        unique=False,
        postgresql_where=sa.text("state = 'WAITING'"),
    )
    op.create_index("uq_tokens_number", "tokens", ["issued_on", "number"], unique=True)
    op.create_index(
        "uq_tokens_one_called_per_doctor",
        "tokens",
        ["issued_on", "doctor_id"],
        unique=True,
        postgresql_where=sa.text("state = 'CALLED'"),
    )
    op.create_index(
        "uq_tokens_patient_once",
        "tokens",
        ["issued_on", "patient_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('WAITING', 'CALLED', 'SKIPPED')"),
    )
    op.create_table(
        "visits",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        sa.Column("doctor_id", sa.BigInteger(), nullable=False),
        sa.Column("token_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "OPEN",
                "COMPLETED",
                "CANCELLED",
                name="visitstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state = 'COMPLETED') = (completed_at IS NOT NULL)", name=op.f("ck_visits_completed_with_time")
        ),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.user_id"], name=op.f("fk_visits_doctor_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_visits_patient_id")),
        sa.ForeignKeyConstraint(["token_id"], ["tokens.id"], name=op.f("fk_visits_token_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("token_id", name=op.f("uq_visits_token_id")),
    )
    op.create_index(
        "ix_visits_open", "visits", ["doctor_id"], unique=False, postgresql_where=sa.text("state = 'OPEN'")
    )
    op.create_index("ix_visits_patient", "visits", ["patient_id", "started_at"], unique=False)
    op.create_index(op.f("ix_visits_started_at"), "visits", ["started_at"], unique=False)
    op.create_table(
        "diagnoses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("btrim(code) <> ''", name=op.f("ck_diagnoses_code_filled")),
        sa.CheckConstraint("btrim(text) <> ''", name=op.f("ck_diagnoses_text_filled")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_diagnoses_recorded_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_diagnoses_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diagnoses")),
    )
    op.create_index(op.f("ix_diagnoses_code"), "diagnoses", ["code"], unique=False)
    op.create_index("uq_diagnoses_code_once", "diagnoses", ["visit_id", "code"], unique=True)
    op.create_table(
        "invoices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("financial_year", sa.SmallInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "ISSUED",
                "PAID",
                "CANCELLED",
                name="invoicestate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger(), nullable=False),
        sa.Column("subtotal", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("discount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("paid", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("refunded", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'PAID') = (paid = total AND state <> 'CANCELLED')",
            name=op.f("ck_invoices_paid_when_paid"),
        ),
        sa.CheckConstraint(
            "state <> 'CANCELLED' OR paid = 0", name=op.f("ck_invoices_cancelled_only_unpaid")
        ),
        sa.CheckConstraint(
            "discount BETWEEN 0 AND subtotal", name=op.f("ck_invoices_discount_within_subtotal")
        ),
        sa.CheckConstraint("paid BETWEEN 0 AND total", name=op.f("ck_invoices_paid_within_total")),
        sa.CheckConstraint("refunded BETWEEN 0 AND paid", name=op.f("ck_invoices_refunded_within_paid")),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_invoices_sequence_positive")),
        sa.CheckConstraint("tax >= 0", name=op.f("ck_invoices_tax_not_negative")),
        sa.CheckConstraint("total = subtotal - discount + tax", name=op.f("ck_invoices_total_adds_up")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["users.id"], name=op.f("fk_invoices_issued_by_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_invoices_patient_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_invoices_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("financial_year", "sequence", name=op.f("uq_invoices_financial_year_sequence")),
        sa.UniqueConstraint("number", name=op.f("uq_invoices_number")),
    )
    op.create_index("ix_invoices_issued_on", "invoices", ["issued_on"], unique=False)
    op.create_index(op.f("ix_invoices_patient_id"), "invoices", ["patient_id"], unique=False)
    op.create_index(
        "ix_invoices_unpaid", "invoices", ["id"], unique=False, postgresql_where=sa.text("state = 'ISSUED'")
    )
    op.create_index(
        "uq_invoices_one_per_visit",
        "invoices",
        ["visit_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'CANCELLED'"),
    )
    op.create_table(
        "prescriptions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ISSUED",
                "CANCELLED",
                name="prescriptionstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["issued_by_id"], ["users.id"], name=op.f("fk_prescriptions_issued_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_prescriptions_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prescriptions")),
        sa.UniqueConstraint("number", name=op.f("uq_prescriptions_number")),
    )
    op.create_index(op.f("ix_prescriptions_visit_id"), "prescriptions", ["visit_id"], unique=False)
    op.create_index(
        "uq_prescriptions_one_per_visit",
        "prescriptions",
        ["visit_id"],
        unique=True,
        postgresql_where=sa.text("state = 'ISSUED'"),
    )
    op.create_table(
        "visit_drafts",
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_drafts_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_drafts")),
    )
    op.create_table(
        "visit_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("amends_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("btrim(body) <> ''", name=op.f("ck_visit_notes_body_filled")),
        sa.ForeignKeyConstraint(["amends_id"], ["visit_notes.id"], name=op.f("fk_visit_notes_amends_id")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_visit_notes_author_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_notes_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_notes")),
    )
    op.create_index(op.f("ix_visit_notes_visit_id"), "visit_notes", ["visit_id"], unique=False)
    op.create_table(
        "vitals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=False),
        sa.Column("temperature_c", sa.Numeric(precision=4, scale=1), nullable=True),
        sa.Column("pulse_bpm", sa.BigInteger(), nullable=True),
        sa.Column("systolic_mmhg", sa.BigInteger(), nullable=True),
        sa.Column("diastolic_mmhg", sa.BigInteger(), nullable=True),
        sa.Column("respiration_bpm", sa.BigInteger(), nullable=True),
        sa.Column("oxygen_saturation_pct", sa.BigInteger(), nullable=True),
        sa.Column("weight_kg", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("height_cm", sa.Numeric(precision=4, scale=1), nullable=True),
        sa.CheckConstraint("diastolic_mmhg BETWEEN 20 AND 200", name=op.f("ck_vitals_diastolic_plausible")),
        sa.CheckConstraint("height_cm BETWEEN 20 AND 260", name=op.f("ck_vitals_height_plausible")),
        sa.CheckConstraint(
            "oxygen_saturation_pct BETWEEN 40 AND 100", name=op.f("ck_vitals_oxygen_plausible")
        ),
        sa.CheckConstraint("pulse_bpm BETWEEN 20 AND 300", name=op.f("ck_vitals_pulse_plausible")),
        sa.CheckConstraint("respiration_bpm BETWEEN 4 AND 100", name=op.f("ck_vitals_respiration_plausible")),
        sa.CheckConstraint("systolic_mmhg > diastolic_mmhg", name=op.f("ck_vitals_systolic_above_diastolic")),
        sa.CheckConstraint("systolic_mmhg BETWEEN 40 AND 300", name=op.f("ck_vitals_systolic_plausible")),
        sa.CheckConstraint("temperature_c BETWEEN 25 AND 45", name=op.f("ck_vitals_temperature_plausible")),
        sa.CheckConstraint("weight_kg BETWEEN 0.3 AND 500", name=op.f("ck_vitals_weight_plausible")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_vitals_recorded_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_vitals_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vitals")),
    )
    op.create_index(op.f("ix_vitals_visit_id"), "vitals", ["visit_id"], unique=False)
    op.create_table(
        "dispensings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("dispensed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("dispensed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dispensed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispensed_by_id"], ["users.id"], name=op.f("fk_dispensings_dispensed_by_id")
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_dispensings_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispensings")),
    )
    op.create_index(op.f("ix_dispensings_dispensed_at"), "dispensings", ["dispensed_at"], unique=False)
    op.create_index(op.f("ix_dispensings_dispensed_on"), "dispensings", ["dispensed_on"], unique=False)
    op.create_index(op.f("ix_dispensings_invoice_id"), "dispensings", ["invoice_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "CASH",
                "CARD",
                "UPI",
                "TRANSFER",
                "INSURANCE",
                name="paymentmethod",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount_positive")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_payments_invoice_id")),
        sa.ForeignKeyConstraint(["received_by_id"], ["users.id"], name=op.f("fk_payments_received_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    op.create_index(op.f("ix_payments_invoice_id"), "payments", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_payments_received_on"), "payments", ["received_on"], unique=False)
    op.create_table(
        "prescription_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("prescription_id", sa.BigInteger(), nullable=False),
        sa.Column("medicine_id", sa.BigInteger(), nullable=False),
        sa.Column("dose", sa.Numeric(precision=8, scale=3), nullable=False),
        sa.Column(
            "route",
            sa.Enum(
                "ORAL",
                "TOPICAL",
                "INHALED",
                "NASAL",
                "EYE",
                "EAR",
                "RECTAL",
                "VAGINAL",
                "SUBLINGUAL",
                "INTRAMUSCULAR",
                "INTRAVENOUS",
                "SUBCUTANEOUS",
                name="route",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("duration_days", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("override_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("dose > 0", name=op.f("ck_prescription_items_dose_positive")),
        sa.CheckConstraint(
            "duration_days BETWEEN 1 AND 365", name=op.f("ck_prescription_items_duration_days")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_prescription_items_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["medicine_id"], ["medicines.id"], name=op.f("fk_prescription_items_medicine_id")
        ),
        sa.ForeignKeyConstraint(
            ["prescription_id"], ["prescriptions.id"], name=op.f("fk_prescription_items_prescription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prescription_items")),
    )
    op.create_index(
        op.f("ix_prescription_items_medicine_id"), "prescription_items", ["medicine_id"], unique=False
    )
    op.create_index(
        "uq_prescription_items_medicine_once",
        "prescription_items",
        ["prescription_id", "medicine_id"],
        unique=True,
    )
    op.create_table(
        "invoice_lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "CONSULTATION",
                "SERVICE",
                "MEDICINE",
                "OTHER",
                name="linekind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("medicine_id", sa.BigInteger(), nullable=True),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("prescription_item_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("discount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("discount_reason", sa.Text(), nullable=False),
        sa.Column("tax_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("dispensed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'MEDICINE') = (medicine_id IS NOT NULL)", name=op.f("ck_invoice_lines_medicine_named")
        ),
        sa.CheckConstraint("btrim(description) <> ''", name=op.f("ck_invoice_lines_description_filled")),
        sa.CheckConstraint(
            "discount = 0 OR btrim(discount_reason) <> ''", name=op.f("ck_invoice_lines_discount_with_reason")
        ),
        sa.CheckConstraint(
            "amount = quantity * unit_price - discount + tax", name=op.f("ck_invoice_lines_amount_adds_up")
        ),
        sa.CheckConstraint(
            "discount BETWEEN 0 AND quantity * unit_price", name=op.f("ck_invoice_lines_discount_within_line")
        ),
        sa.CheckConstraint(
            "dispensed BETWEEN 0 AND quantity", name=op.f("ck_invoice_lines_dispensed_within_quantity")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_invoice_lines_quantity_positive")),
        sa.CheckConstraint(
            "tax = round((quantity * unit_price - discount) * tax_percent / 100, 2)",
            name=op.f("ck_invoice_lines_tax_computed"),
        ),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_invoice_lines_unit_price_not_negative")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_lines_invoice_id")),
        sa.ForeignKeyConstraint(["medicine_id"], ["medicines.id"], name=op.f("fk_invoice_lines_medicine_id")),
        sa.ForeignKeyConstraint(
            ["prescription_item_id"],
            ["prescription_items.id"],
            name=op.f("fk_invoice_lines_prescription_item_id"),
        ),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_invoice_lines_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_lines")),
        sa.UniqueConstraint(
            "invoice_id", "medicine_id", name=op.f("uq_invoice_lines_invoice_id_medicine_id")
        ),
    )
    op.create_index(
        "ix_invoice_lines_owed",
        "invoice_lines",
        ["invoice_id"],
        unique=False,
        postgresql_where=sa.text("medicine_id IS NOT NULL AND dispensed < quantity"),
    )
    op.create_table(
        "dispensing_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dispensing_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_line_id", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_dispensing_items_quantity_positive")),
        sa.CheckConstraint(
            "returned BETWEEN 0 AND quantity", name=op.f("ck_dispensing_items_returned_within_quantity")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_dispensing_items_batch_id")),
        sa.ForeignKeyConstraint(
            ["dispensing_id"], ["dispensings.id"], name=op.f("fk_dispensing_items_dispensing_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"], ["invoice_lines.id"], name=op.f("fk_dispensing_items_invoice_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispensing_items")),
        sa.UniqueConstraint(
            "dispensing_id",
            "invoice_line_id",
            "batch_id",
            name=op.f("uq_dispensing_items_dispensing_id_invoice_line_id_batch_id"),
        ),
    )
    op.create_index(op.f("ix_dispensing_items_batch_id"), "dispensing_items", ["batch_id"], unique=False)
    op.create_index(
        op.f("ix_dispensing_items_invoice_line_id"), "dispensing_items", ["invoice_line_id"], unique=False
    )
    op.create_table(
        "refunds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("invoice_line_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "CASH",
                "CARD",
                "UPI",
                "TRANSFER",
                "INSURANCE",
                name="paymentmethod",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("refunded_on", sa.Date(), nullable=False),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refunded_by_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_refunds_reason_filled")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount_positive")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_refunds_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"], ["invoice_lines.id"], name=op.f("fk_refunds_invoice_line_id")
        ),
        sa.ForeignKeyConstraint(["refunded_by_id"], ["users.id"], name=op.f("fk_refunds_refunded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
    )
    op.create_index(op.f("ix_refunds_invoice_line_id"), "refunds", ["invoice_line_id"], unique=False)
    op.create_index(op.f("ix_refunds_refunded_on"), "refunds", ["refunded_on"], unique=False)
    _create_triggers()


# What a table constraint cannot hold: ledgers that only grow, and sums over several rows.

_LEDGERS = {
    # table: columns that may still be filled in (by the relay); everything else is as it was written
    "audit_events": ("relayed_at", "chain_position", "chain_hash"),
    "stock_movements": ("relayed_at",),
    "payments": (),
    "refunds": (),
    "visit_notes": (),
}

_APPEND_ONLY = """
CREATE FUNCTION refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - TG_ARGV = to_jsonb(NEW) - TG_ARGV THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$
"""

_INVOICE_SUMS = """
CREATE FUNCTION check_invoice_sums() RETURNS trigger LANGUAGE plpgsql AS $$
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
    RETURN NULL;
END $$
"""


def _create_triggers() -> None:
    op.execute(_APPEND_ONLY)
    for table, free in _LEDGERS.items():
        columns = ", ".join(f"'{column}'" for column in free)
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_edit({columns})"
        )
    op.execute(_INVOICE_SUMS)
    for table in ("invoices", "invoice_lines", "payments"):
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_sums AFTER INSERT OR UPDATE ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_invoice_sums()"
        )
