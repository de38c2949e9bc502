from datetime import UTC, date, datetime
from decimal import Decimal

from bson import Decimal128

from core import billing, clock, scheduling
from core.models import PaymentMethod
from etl import rebuild, verify
from tests.factories import a_patient, an_appointment


def summary(mongo, day="2025-03-01"):
    return mongo.daily_summaries.find_one({"_id": day})


def test_a_day_is_summed_up(session, carry, mongo, doctor, treat):
    asha = a_patient(session)
    treat(asha)
    treat(asha, method=PaymentMethod.UPI)
    treat(paid="100.00")
    carry()

    day = summary(mongo)

    assert day["date"] == datetime(2025, 3, 1, tzinfo=UTC)
    assert (day["arrivals"], day["total_visits"], day["total_patients"], day["invoices"]) == (3, 3, 2, 3)
    assert day["medicines_dispensed"] == 20
    assert day["total_revenue"] == day["total_received"]
    assert day["by_method"].keys() == {"CASH", "UPI"}
    assert [(row["id"], row["visits"]) for row in day["by_doctor"]] == [(doctor.user_id, 3)]
    assert verify.run() == []


def test_a_payment_today_for_last_weeks_invoice_corrects_last_weeks_summary(
    session, carry, mongo, admin, treat, frozen_clock
):
    _, invoice_id = treat(paid="0.00")
    carry()
    assert summary(mongo)["total_revenue"] == Decimal128("0.00")

    frozen_clock(day=8)
    billing.pay(session, admin, invoice_id, Decimal("545.00"), PaymentMethod.CARD)
    carry()

    last_week, today = summary(mongo), summary(mongo, "2025-03-08")
    assert (last_week["total_revenue"], last_week["total_received"]) == (Decimal128("545.00"), Decimal128("0.00"))
    assert (today["total_revenue"], today["total_received"]) == (Decimal128("0.00"), Decimal128("545.00"))
    assert today["by_method"] == {"CARD": Decimal128("545.00")}


def test_a_cancelled_bill_is_not_billed(session, carry, mongo, admin, treat):
    _, invoice_id = treat(paid="0.00")
    billing.cancel(session, admin, invoice_id, "Wrong patient")
    carry()

    assert (summary(mongo)["invoices"], summary(mongo)["total_billed"]) == (0, Decimal128("0.00"))


def test_missed_appointments_are_counted_on_the_day_of_their_slot(
    session, carry, mongo, doctor, receptionist, frozen_clock
):
    booked = an_appointment(session, doctor, day=date(2025, 3, 3))
    carry()
    assert summary(mongo, "2025-03-03") is None  # a day to come has no summary

    frozen_clock(day=4)
    scheduling.mark_no_show(session, receptionist, booked.appointment_id)
    carry()

    assert (summary(mongo, "2025-03-03")["appointments"], summary(mongo, "2025-03-03")["no_shows"]) == (1, 1)


def test_a_day_of_the_clinic_begins_at_its_own_midnight(session, carry, mongo, treat, frozen_clock):
    frozen_clock(day=1, hour=23, minute=59)  # 18:29 UTC
    treat()
    frozen_clock(day=2, hour=0, minute=1)  # still 1 March in UTC
    treat(paid="0.00")
    carry()

    assert clock.now().day == 1
    assert [summary(mongo, f"2025-03-0{day}")["total_visits"] for day in (1, 2)] == [1, 1]


def test_a_rebuild_gives_what_the_relay_gave(session, carry, mongo, treat, doctor, frozen_clock):
    for day in (1, 2, 4):
        frozen_clock(day=day)
        treat()
        carry()
    an_appointment(session, doctor, name="Vikram Sen", day=date(2025, 3, 5))
    carry()
    collections = [source.COLLECTION for source in rebuild.COLLECTIONS]
    relayed = {name: sorted(mongo[name].find(), key=lambda row: str(row["_id"])) for name in collections}

    written = rebuild.run()

    assert {name: sorted(mongo[name].find(), key=lambda row: str(row["_id"])) for name in collections} == relayed
    assert written == {name: len(rows) for name, rows in relayed.items()}
    assert len(relayed["daily_summaries"]) == 3
    assert verify.run() == []
