from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core import buying, db, inventory
from core.buying import SupplierDetails
from core.errors import Invalid, NotPermitted
from core.imports import batches as importing
from core.imports import medicines
from core.models import Batch, StockMovement
from tests import factories
from tests.imports.files import csv_of, needs_real_files, real, told

HEADER = "medicine,batch_number,made_on,expires_on,movement,quantity,moved_on"


@pytest.fixture
def aspirin(session):
    return factories.a_medicine(session, "Aspirin 300mg Tab")


def rows(*lines):
    return csv_of(HEADER, *lines)


def count(session):
    return session.scalar(select(func.count()).select_from(Batch))


def test_what_came_in_and_went_out_makes_what_is_left(session, admin, aspirin):
    outcome = importing.save(
        session,
        admin,
        rows(
            "Aspirin 300mg Tab,-77,2023-07-01,2028-07-01,discharge,1600,2024-11-03",
            "Aspirin 300mg Tab,-77,2023-07-01,2028-07-01,charge,4344,2024-10-16",
            "aspirin 300mg tab,-77,2023-07-01,2028-07-01,inventory+,10,2024-12-01",
            "Aspirin 300mg Tab,-77,2023-07-01,2028-07-01,inventory-,54,2024-12-02",
        ),
    )

    batch = session.scalars(select(Batch)).one()
    assert (batch.number, batch.on_hand, batch.unit_cost) == ("-77", 2700, Decimal(0))
    assert (batch.received_on, batch.expires_on) == (date(2024, 10, 16), date(2028, 7, 1))
    assert session.scalars(select(StockMovement.change)).all() == [2700]
    assert (outcome.rows, outcome.added, outcome.rejected, outcome.notes) == (4, 1, [], [])
    assert outcome.remarks == [
        "A stock ledger: rows 4, batches in them 1.",
        "The file has no cost: the batches stand at a cost of 0.",
    ]


def test_every_batch_that_is_not_usable_is_named_with_its_reason(session, admin, aspirin):
    outcome = importing.save(
        session,
        admin,
        rows(
            "Aspirin 300mg Tab,used,2024-01-01,2027-01-01,charge,100,2024-02-01",
            "Aspirin 300mg Tab,used,2024-01-01,2027-01-01,discharge,100,2024-03-01",
            "Aspirin 300mg Tab,below,2024-01-01,2027-01-01,charge,5,2024-02-01",
            "Aspirin 300mg Tab,below,2024-01-01,2027-01-01,discharge,8,2024-03-01",
            "Aspirin 300mg Tab,old,2021-01-01,2025-02-28,charge,100,2024-02-01",
            "Nobody knows,N1,2024-01-01,2027-01-01,charge,100,2024-02-01",
            "Aspirin 300mg Tab,early,2024-03-01,2027-01-01,charge,100,2024-02-01",
            "Aspirin 300mg Tab,later,2024-01-01,2027-01-01,charge,100,2025-03-02",
            "Aspirin 300mg Tab,two,2024-01-01,2027-01-01,charge,100,2024-02-01",
            "Aspirin 300mg Tab,two,2024-01-01,2026-01-01,charge,100,2024-02-02",
            "Aspirin 300mg Tab,bad,2024-01-01,2027-01-01,charge,100,2024-02-01",
            "Aspirin 300mg Tab,bad,2024-01-01,2027-01-01,charge,some,2024-02-01",
            "Aspirin 300mg Tab,odd,2024-01-01,2027-01-01,moved,100,2024-02-01",
            "Aspirin 300mg Tab,huge,2024-01-01,2027-01-01,charge,1000001,2024-02-01",
            "Aspirin 300mg Tab,,2024-01-01,,charge,-1,2024-02-31",
            "Aspirin 300mg Tab,last,2024-01-01,2025-03-01,charge,100,2024-02-01",
        ),
    )

    assert told(outcome.rejected) == [
        (2, "quantity", "Nothing is left of this batch."),
        (4, "quantity", "More went out of this batch than came in: -3 are left."),
        (6, "expires_on", "Expired on 28 Feb 2025."),
        (7, "medicine", "There is no such medicine in the list. Import or add the medicines first."),
        (8, "expires_on", "Made on 1 Mar 2024, after it was received on 1 Feb 2024."),
        (9, "expires_on", "It would have been received on 2 Mar 2025, which is in the future."),
        (10, "expires_on", "The lines of this batch give different days of expiry."),
        (13, "quantity", "This is not a number."),
        (14, "movement", "It is not clear whether this adds or takes away."),
        (15, "quantity", "This is too large: at most 1,000,000."),
        (16, "batch_number", "The batch number is missing."),
        (16, "expires_on", "The expiry is missing."),
        (16, "quantity", "This must be at least 0."),
        (16, "moved_on", "There is no such day."),
    ]
    assert (outcome.added, session.scalars(select(Batch.number)).all()) == (1, ["last"])


def test_a_plain_list_of_batches_is_read_too(session, admin, aspirin):
    data = csv_of(
        "Drug;Lot no;Expiry;Qty;Cost;Supplier",
        "Aspirin 300mg Tab;A1;31/12/2026;1.200;1,25;Cipla",
        "Aspirin 300mg Tab;A2;31/12/2026;50;1,25;",
        "Aspirin 300mg Tab;A2;31/12/2026;50;1,25;",
    )
    outcome = importing.save(session, admin, data)

    batch = session.scalars(select(Batch)).one()
    assert (batch.number, batch.on_hand, batch.unit_cost) == ("A1", 1200, Decimal("1.25"))
    assert batch.received_on == date(2025, 3, 1)
    assert told(outcome.rejected) == [(4, "Lot no", "This batch stands on line 3 already.")]
    again = importing.save(session, admin, data)
    assert (again.added, again.already_there) == (0, 1)


def test_a_life_longer_than_medicines_have_is_worth_a_note(session, admin, aspirin):
    outcome = importing.save(session, admin, rows("Aspirin 300mg Tab,A1,2010-01-01,2028-01-01,charge,5,2024-02-01"))

    assert outcome.added == 1
    assert told(outcome.notes) == [
        (2, "expires_on", "more than 5 years after it was made: compare it with the pack"),
    ]


def test_a_second_run_adds_nothing_even_when_some_is_used(session, admin, aspirin):
    data = rows("Aspirin 300mg Tab,A1,2024-01-01,2027-01-01,charge,100,2024-02-01")
    importing.save(session, admin, data)
    inventory.adjust(session, admin, session.scalars(select(Batch.id)).one(), -40, "Counted")

    again = importing.save(session, admin, data)

    assert (again.added, again.already_there, count(session)) == (0, 1, 1)


def test_a_withdrawn_medicine_is_not_received(session, admin, aspirin):
    inventory.withdraw(session, admin, aspirin.medicine_id)

    outcome = importing.save(session, admin, rows("Aspirin 300mg Tab,A1,2024-01-01,2027-01-01,charge,5,2024-02-01"))

    assert told(outcome.rejected) == [(2, "medicine", "This medicine has been withdrawn.")]


def test_a_preview_says_the_same_and_writes_nothing(session, admin, aspirin):
    data = rows(
        "Aspirin 300mg Tab,A1,2024-01-01,2027-01-01,charge,5,2024-02-01",
        "Aspirin 300mg Tab,A2,2020-01-01,2024-01-01,charge,5,2023-02-01",
    )
    preview = importing.preview(session, admin, data)

    assert count(session) == 0
    assert list(preview.rejected) == importing.save(session, admin, data).rejected


def test_an_unexpected_failure_half_way_leaves_nothing(committed, monkeypatch):
    receive, calls = inventory.receive, []

    def fail_at_the_second(*args):
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("power cut")
        return receive(*args)

    monkeypatch.setattr(inventory, "receive", fail_at_the_second)
    with db.transaction() as session:
        factories.a_medicine(session, "Aspirin 300mg Tab")
    data = rows(*(f"Aspirin 300mg Tab,A{n},2024-01-01,2027-01-01,charge,5,2024-02-01" for n in range(3)))

    with pytest.raises(RuntimeError), db.transaction() as session:
        importing.save(session, factories.an_admin(session), data)

    with db.transaction() as session:
        assert count(session) == 0


def test_the_pharmacist_takes_a_delivery_in_and_whoever_only_sees_the_stock_does_not(
    session, pharmacist, doctor, aspirin
):
    factories.a_medicine(session, "Ibuprofen 400mg Tab")
    gone = buying.add_supplier(session, pharmacist, SupplierDetails("Gone Ltd"))
    buying.withdraw_supplier(session, pharmacist, gone.supplier_id)
    file = csv_of(
        "medicine,batch,expiry,qty,unit_cost,supplier,delivery_note",
        "Aspirin 300mg Tab,A1,2026-12-31,100,0.50,Apollo,LS 4711",
        "Ibuprofen 400mg Tab,a1,2026-12-31,100,0.50,apollo,LS 4711",
        "Ibuprofen 400mg Tab,B2,2026-12-31,100,0.505,Apollo,LS 4711",
        "Ibuprofen 400mg Tab,B3,2026-12-31,100,0.50,gone ltd,",
    )
    with pytest.raises(NotPermitted):
        importing.save(session, doctor, file)

    outcome = importing.save(session, pharmacist, file)

    batch = session.scalars(select(Batch)).one()
    assert (batch.number, batch.on_hand, batch.delivery_note) == ("A1", 100, "LS 4711")
    assert told(outcome.rejected) == [
        (3, "batch", "This supplier's batch is aspirin 300mg tab already. Receive it by hand if it is both."),
        (4, "unit_cost", "The cost has more than two decimals."),
        (5, "supplier", "This supplier has been withdrawn."),
    ]


def test_a_file_of_something_else_is_refused(session, admin):
    with pytest.raises(Invalid, match="no column for the medicine"):
        importing.save(session, admin, csv_of("dob,sex", "1990-09-03,F"))


@needs_real_files
def test_of_the_real_ledger_what_is_usable_in_march_2025_is_taken(session, admin):
    medicines.save(session, admin, real("medicines"))

    outcome = importing.save(session, admin, real("batches"))

    assert (outcome.rows, outcome.added, outcome.rejected_rows) == (56, 16, 22)
    assert "A stock ledger: rows 56, batches in them 38." in outcome.remarks
    emptied = [finding.line for finding in outcome.rejected if finding.column == "quantity"]
    assert emptied == [2, 3, 7, 8]
    expired = [finding for finding in outcome.rejected if finding.reason.startswith("Expired on")]
    assert len(expired) == 18
    chlorpromazine = session.scalars(select(Batch).where(Batch.number == "202402AAC1")).one()
    assert (chlorpromazine.on_hand, chlorpromazine.received_on) == (1000, date(2024, 2, 6))
    assert importing.save(session, admin, real("batches")).already_there == 16
