"""The doctor's room in depth: amendments, reopened visits, templates, sets, answered warnings, papers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Columns that may still be written; everything else stays as it was, as 0001 has it for the older ledgers.
_LEDGERS = {
    "visit_reopenings": (),
    "overridden_warnings": (),
    "prescription_items": (),
    "documents": ("patient_id", "cancelled_at", "cancel_reason"),
}


def upgrade() -> None:
    _new_tables()
    _new_columns()
    _new_rules()


def _text(table: str, column: str) -> None:
    """A text that is empty in the rows there are."""
    op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=""))
    op.alter_column(table, column, server_default=None)


def _new_tables() -> None:
    op.create_table(
        "medicine_sets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("btrim(name) <> ''", name=op.f("ck_medicine_sets_name_filled")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_medicine_sets_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medicine_sets")),
    )
    op.create_index(
        "uq_medicine_sets_name",
        "medicine_sets",
        ["owner_id", sa.literal_column("lower(name)")],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "note_templates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("btrim(body) <> ''", name=op.f("ck_note_templates_body_filled")),
        sa.CheckConstraint("btrim(name) <> ''", name=op.f("ck_note_templates_name_filled")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_note_templates_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_templates")),
    )
    op.create_index(
        "uq_note_templates_name",
        "note_templates",
        ["owner_id", sa.literal_column("lower(name)")],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "favourite_diagnoses",
        sa.Column("doctor_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.user_id"], name=op.f("fk_favourite_diagnoses_doctor_id")),
        sa.PrimaryKeyConstraint("doctor_id", "code", name=op.f("pk_favourite_diagnoses")),
    )
    op.create_table(
        "medicine_set_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("set_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
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
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.CheckConstraint("dose > 0", name=op.f("ck_medicine_set_items_dose_positive")),
        sa.CheckConstraint("duration_days BETWEEN 1 AND 365", name=op.f("ck_medicine_set_items_duration_days")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_medicine_set_items_quantity_positive")),
        sa.ForeignKeyConstraint(["medicine_id"], ["medicines.id"], name=op.f("fk_medicine_set_items_medicine_id")),
        sa.ForeignKeyConstraint(["set_id"], ["medicine_sets.id"], name=op.f("fk_medicine_set_items_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medicine_set_items")),
    )
    op.create_index(op.f("ix_medicine_set_items_medicine_id"), "medicine_set_items", ["medicine_id"], unique=False)
    op.create_index("uq_medicine_set_items_medicine_once", "medicine_set_items", ["set_id", "medicine_id"], unique=True)
    op.create_table(
        "visit_reopenings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_by_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_visit_reopenings_reason_filled")),
        sa.ForeignKeyConstraint(["reopened_by_id"], ["users.id"], name=op.f("fk_visit_reopenings_reopened_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_reopenings_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_reopenings")),
    )
    op.create_index(op.f("ix_visit_reopenings_visit_id"), "visit_reopenings", ["visit_id"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "PRESCRIPTION",
                "VISIT_SUMMARY",
                "SICK_NOTE",
                name="documentkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("prescription_id", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (btrim(cancel_reason) = '')", name=op.f("ck_documents_cancelled_says_why")
        ),
        sa.CheckConstraint(
            "(kind = 'PRESCRIPTION') = (prescription_id IS NOT NULL)", name=op.f("ck_documents_prescription_named")
        ),
        sa.ForeignKeyConstraint(["issued_by_id"], ["users.id"], name=op.f("fk_documents_issued_by_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_documents_patient_id")),
        sa.ForeignKeyConstraint(["prescription_id"], ["prescriptions.id"], name=op.f("fk_documents_prescription_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_documents_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("code", name=op.f("uq_documents_code")),
    )
    op.create_index(op.f("ix_documents_patient_id"), "documents", ["patient_id"], unique=False)
    op.create_index(op.f("ix_documents_visit_id"), "documents", ["visit_id"], unique=False)
    op.create_index("uq_documents_one_per_prescription", "documents", ["prescription_id"], unique=True)
    op.create_table(
        "overridden_warnings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("prescription_item_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ALLERGY",
                "DUPLICATE",
                "INTERACTION",
                "DOSE",
                "AGE",
                name="warningkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("btrim(sentence) <> ''", name=op.f("ck_overridden_warnings_sentence_filled")),
        sa.CheckConstraint("btrim(source) <> ''", name=op.f("ck_overridden_warnings_source_filled")),
        sa.ForeignKeyConstraint(
            ["prescription_item_id"],
            ["prescription_items.id"],
            name=op.f("fk_overridden_warnings_prescription_item_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overridden_warnings")),
    )
    op.create_index(
        op.f("ix_overridden_warnings_prescription_item_id"),
        "overridden_warnings",
        ["prescription_item_id"],
        unique=False,
    )


def _new_columns() -> None:
    op.add_column(
        "clinics",
        sa.Column(
            "paper_size",
            sa.Enum("A4", "A5", name="papersize", native_enum=False, create_constraint=True, length=20),
            nullable=False,
            server_default="A4",
        ),
    )
    op.alter_column("clinics", "paper_size", server_default=None)
    _text("diagnoses", "reason")
    op.add_column("diagnoses", sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("diagnoses", sa.Column("struck_by_id", sa.BigInteger(), nullable=True))
    _text("diagnoses", "strike_reason")
    op.create_index(op.f("ix_diagnoses_visit_id"), "diagnoses", ["visit_id"], unique=False)
    op.create_foreign_key(op.f("fk_diagnoses_struck_by_id"), "diagnoses", "users", ["struck_by_id"], ["id"])
    _text("doctors", "qualification")
    op.add_column("prescriptions", sa.Column("replaces_id", sa.BigInteger(), nullable=True))
    op.add_column("prescriptions", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("prescriptions", sa.Column("cancelled_by_id", sa.BigInteger(), nullable=True))
    _text("prescriptions", "cancel_reason")
    op.create_index(op.f("ix_prescriptions_issued_at"), "prescriptions", ["issued_at"], unique=False)
    op.create_unique_constraint(op.f("uq_prescriptions_replaces_id"), "prescriptions", ["replaces_id"])
    op.create_foreign_key(
        op.f("fk_prescriptions_replaces_id"), "prescriptions", "prescriptions", ["replaces_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_prescriptions_cancelled_by_id"), "prescriptions", "users", ["cancelled_by_id"], ["id"]
    )
    _text("vitals", "reason")
    op.add_column("vitals", sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("vitals", sa.Column("struck_by_id", sa.BigInteger(), nullable=True))
    _text("vitals", "strike_reason")
    op.create_foreign_key(op.f("fk_vitals_struck_by_id"), "vitals", "users", ["struck_by_id"], ["id"])


def _new_rules() -> None:
    actions = ", ".join(f"'{action}'" for action in ("CREATE", "READ", "UPDATE", "DELETE"))
    op.drop_constraint(op.f("ck_audit_events_auditaction"), "audit_events")
    op.create_check_constraint(op.f("ck_audit_events_auditaction"), "audit_events", f"action IN ({actions})")
    for table in ("diagnoses", "vitals"):
        op.create_check_constraint(
            op.f(f"ck_{table}_struck_says_who_and_why"),
            table,
            "(struck_at IS NULL) = (struck_by_id IS NULL) AND (struck_at IS NULL) = (btrim(strike_reason) = '')",
        )
    op.drop_index("uq_diagnoses_code_once", "diagnoses")
    op.create_index(
        "uq_diagnoses_code_once",
        "diagnoses",
        ["visit_id", "code"],
        unique=True,
        postgresql_where=sa.text("struck_at IS NULL"),
    )
    for table, free in _LEDGERS.items():
        columns = ", ".join(f"'{column}'" for column in free)
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_edit({columns})"
        )
