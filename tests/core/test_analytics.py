"""What analysts get: the same columns whether there is data or not, and days that add up."""

from datetime import date
from inspect import signature

import pandas as pd
import pytest
from sqlalchemy import func, select

from core import analytics, billing, inventory, stores
from core.analytics import dictionary, store
from core.analytics.doctors import LEFT
from core.errors import StoreUnavailable
from core.models import Batch, Invoice, Medicine, PaymentMethod
from tests.etl.changes import an_order, answer_warning, half_arrives, refund
from tests.etl.conftest import carry, mongo, treat  # noqa: F401
from tests.factories import a_drawer_closed, a_medicine, a_patient, an_admin

FRAMES = {table.name: getattr(analytics, table.name) for table in dictionary.frames()}
NAMELESS = {name: frame for name, frame in FRAMES.items() if name != "visits_with_names"}


@pytest.fixture
def busy(carry, treat, frozen_clock, session):  # noqa: F811
    """Two days with a closed one between them; the relay ran on the second at ten."""
    asha = a_patient(session, "Asha Rao", phone="9876543210", birth_date=date(1990, 1, 1))
    answer_warning(session, treat(asha)[0], "DOSE")
    treat(asha, paid="0.00")
    frozen_clock(day=3)
    treat(a_patient(session, "Vikram Sen"))
    carry()


_KEPT = {}


@pytest.fixture
def looked_at(mongo, frozen_clock, request):  # noqa: F811
    """As `busy` for whoever reads frames only: lived through once, then put back as the documents that came of it."""
    if not _KEPT:
        request.getfixturevalue("busy")
        _KEPT.update({name: list(mongo[name].find()) for name in mongo.list_collection_names()})
        return
    frozen_clock(day=3)
    for name, documents in _KEPT.items():
        mongo[name].delete_many({})
        if documents:
            mongo[name].insert_many(documents)


@pytest.fixture
def busier(busy, carry, session):  # noqa: F811
    """And on the second day money went back, a drawer was closed, stock was ordered and some was lost."""
    admin = an_admin(session)
    refund(session, admin, session.scalar(select(func.max(Invoice.id))), 2, PaymentMethod.ADVANCE)
    a_drawer_closed(session, admin, date(2025, 3, 3))
    an_order(session, admin, session.scalar(select(Medicine.id)))
    inventory.write_off(session, admin, session.scalar(select(Batch.id)), 3, "Damaged")
    carry()


def test_an_empty_frame_has_the_columns_and_types_of_a_full_one(session, mongo, request):  # noqa: F811
    empty = {name: frame() for name, frame in NAMELESS.items()}
    request.getfixturevalue("busier")

    for name, frame in NAMELESS.items():
        full = frame()
        assert len(empty[name]) == 0, name
        assert len(full) > 0 or name == "retention"  # its cohorts are too small to be told of
        assert [str(dtype) for dtype in empty[name].dtypes] == [str(dtype) for dtype in full.dtypes], name
        assert list(empty[name].columns) == list(full.columns), name
        assert empty[name].index.dtype == full.index.dtype, name


def test_frames_hold_what_the_dictionary_says(looked_at):
    for name, frame in NAMELESS.items():
        checked = dictionary.check(frame(), name)
        assert list(checked.index) == [column.name for column in dictionary.of(name).columns]


def test_no_frame_names_a_patient(looked_at):
    said = "".join(frame().to_csv() for frame in NAMELESS.values())

    assert not any(secret in said for secret in ("Asha", "Vikram", "98765", "1990", "P0000"))


def test_a_period_before_the_clinic_opened_is_empty(looked_at):
    for name, frame in NAMELESS.items():
        if "first" in signature(frame).parameters:
            assert frame(date(2020, 1, 1), date(2020, 2, 1)).empty, name


def test_a_frame_can_be_narrowed_to_one_doctor(looked_at):
    for name, frame in NAMELESS.items():
        if "doctor" in signature(frame).parameters:
            assert len(frame(doctor="Dr Sen")) == len(frame()) > 0, name
            assert frame(doctor="Dr Nobody").empty, name


def test_a_doctor_who_is_not_on_the_list_any_more_has_left(looked_at):
    feed = next(store.find("feed"))
    store.put("feed", [feed | {"doctors": []}])

    assert set(analytics.revenue_by_doctor()["doctor"]) == {LEFT}
    assert set(analytics.waiting_times(doctor=LEFT)["doctor"]) == {LEFT}
    assert len(analytics.visits(doctor=LEFT)) == len(analytics.visits()) == 3


def test_doctors_of_one_name_are_told_apart(looked_at):
    feed = next(store.find("feed"))
    known = feed["doctors"][0]
    store.put("feed", [feed | {"doctors": [known, known | {"id": 999}]}])

    assert set(analytics.visits()["doctor"]) == {f"Dr Sen ({known['id']})"}
    assert analytics.visits(doctor="Dr Sen (999)").empty


def test_a_day_on_which_nothing_happened_is_a_row_of_zeros(looked_at):
    days = analytics.daily_summaries()

    assert list(days.index.strftime("%d")) == ["01", "02", "03"]
    assert list(days["is_open"]) == [True, False, True]
    assert list(days["visits"]) == [2, 0, 1]
    assert list(days["new_patients"]) == [1, 0, 1]
    assert list(days["revenue"]) == [545.0, 0.0, 545.0]
    assert list(days["billed"]) == [1090.0, 0.0, 545.0]
    assert list(days["due"]) == [545.0, 0.0, 0.0]


def test_days_beyond_what_is_known_are_left_out(looked_at):
    year = analytics.daily_summaries(date(2025, 1, 1), date(2025, 12, 31))
    closed = analytics.daily_summaries(date(2025, 3, 2), date(2025, 3, 2))

    assert (year.index.min(), year.index.max()) == (pd.Timestamp(2025, 3, 1), pd.Timestamp(2025, 3, 3))
    assert list(closed["is_open"]) == [False]
    assert analytics.daily_summaries(date(2024, 1, 1), date(2024, 2, 1)).empty


def test_a_clinic_that_was_closed_for_months_was_at_work_before(looked_at):
    store.put("feed", [next(store.find("feed")) | {"fed_at": pd.Timestamp("2025-12-24T10:00Z").to_pydatetime()}])

    assert len(analytics.daily_summaries(date(2025, 12, 1), date(2025, 12, 24))) == 24


def test_parts_add_up_to_the_days(looked_at):
    days = analytics.daily_summaries()
    opened = days[days["is_open"]]

    by_doctor = analytics.revenue_by_doctor().groupby("date")[["billed", "revenue"]].sum()
    by_method = analytics.receipts_by_method().groupby("date")["amount"].sum()
    by_kind = analytics.billed_by_kind().groupby("date")["billed"].sum()
    bills = analytics.invoices().groupby("date")[["subtotal", "discount", "tax", "due"]].sum()

    assert list(by_doctor["revenue"]) == list(opened["revenue"])
    assert list(by_doctor["billed"]) == list(opened["billed"]) == list(by_kind)
    assert list(by_method) == list(opened["received"] - opened["refunded"])
    assert set(analytics.revenue_by_doctor()["doctor"]) == {"Dr Sen"}
    assert bills.to_numpy().tolist() == opened[["subtotal", "discount", "tax", "due"]].to_numpy().tolist()


def test_money_moves_on_its_own_day_and_belongs_to_its_bill(busy, session, carry, frozen_clock):  # noqa: F811
    bill = billing.find_unpaid(session, an_admin(session)).newest[-1]
    frozen_clock(day=5)
    billing.pay(session, an_admin(session), bill.invoice_id, bill.due, PaymentMethod.UPI)
    carry()

    moved = analytics.payments(date(2025, 3, 5))

    assert moved[["method", "amount", "number", "doctor"]].to_numpy().tolist() == [
        ["UPI", 545.0, bill.number, "Dr Sen"]
    ]
    assert moved["issued"].iloc[0] == pd.Timestamp(2025, 3, 1)
    assert len(analytics.payments()) == 3
    assert analytics.receivables().empty


def test_what_is_owed_grows_old(looked_at):
    now, later = analytics.receivables(), analytics.receivables(date(2025, 4, 15))

    assert list(now["due"]) == [545.0]
    assert (now["age_days"].iloc[0], now["age_band"].iloc[0]) == (2, "0–30 days")
    assert (later["age_days"].iloc[0], later["age_band"].iloc[0]) == (45, "31–60 days")


def test_a_token_tells_when_it_came_and_how_long_it_waited(looked_at):
    waits = analytics.waiting_times()

    assert list(waits["number"]) == [1, 2, 1]
    assert list(waits["weekday"]) == [5, 5, 0]
    assert set(waits["hour"]) == {10}
    assert list(waits["arrived"]) == [600.0] * 3
    assert list(waits["waited_minutes"]) == [0.0] * 3
    assert set(waits["doctor"]) == {"Dr Sen"}
    assert not waits["left"].any()


def test_a_month_without_visits_is_a_row_of_zeros(looked_at):
    store.put("feed", [next(store.find("feed")) | {"fed_at": pd.Timestamp("2025-05-24T10:00Z").to_pydatetime()}])

    months = analytics.patients_per_month()

    assert list(months["month"].dt.month) == [3, 4, 5]
    assert list(months["visits"]) == [3, 0, 0]
    assert list(months["returning"]) == [0, 0, 0]
    assert len(analytics.patients_per_month(last=date(2025, 4, 20))) == 2


def test_movements_add_up_to_what_is_on_hand(looked_at):
    moves = analytics.stock_movements()

    assert moves["change"].sum() == 1000 - 20
    assert moves["value"].sum() == (1000 - 20) * 3.0
    assert moves["moved_at"].iloc[-1] == pd.Timestamp(2025, 3, 3, 10)
    assert len(analytics.stock_movements(date(2025, 3, 2))) == 1
    assert analytics.consumption()[["received", "dispensed"]].iloc[0].tolist() == [1000, 20]
    assert analytics.consumption()["value_change"].sum() == moves["value"].sum()


def test_a_mongodb_that_is_away_is_told_in_a_sentence(monkeypatch):
    nobody = stores.Addresses("", "", "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=100")
    monkeypatch.setattr(stores, "addresses", lambda: nobody)

    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        analytics.visits()


def test_an_address_that_is_none_is_told_in_a_sentence(monkeypatch):
    monkeypatch.setattr(stores, "addresses", lambda: stores.Addresses("", "", "mongo//nonsense"))

    with pytest.raises(StoreUnavailable, match="MONGO_URL is not the address of a MongoDB"):
        analytics.visits()


def test_money_beside_the_bills_is_told_without_names(busier):
    [back] = analytics.refunds().to_dict("records")
    assert (back["reason"], back["method"], back["amount"]) == ("Other reasons", "ADVANCE", 9.0)  # given to one alone
    [kept] = analytics.advances().to_dict("records")
    assert (kept["reason"], kept["method"], kept["change"]) == ("CREDITED", "", 9.0)
    assert kept["payer"] in set(analytics.invoices()["payer"])
    [drawer] = analytics.day_closes().to_dict("records")
    assert (drawer["taken"], drawer["difference"]) == (545.0, 0.0)


def test_an_order_tells_what_was_promised_and_what_became_of_it(session, carry, mongo, frozen_clock):  # noqa: F811
    admin = an_admin(session)
    ordered = an_order(session, admin, a_medicine(session).medicine_id)
    carry()
    [waiting] = analytics.purchase_orders().to_dict("records")
    assert (waiting["days_promised"], waiting["short_units"]) == (3.0, 100)
    assert pd.isna(waiting["arrived"])
    frozen_clock(day=6)
    half_arrives(session, admin, ordered)
    carry()

    [came] = analytics.purchase_orders().to_dict("records")

    assert (came["days_taken"], came["days_late"], came["received_units"]) == (5.0, 2.0, 50)
    assert analytics.stock_on_hand()["on_order"].tolist() == [50]
    assert analytics.stock_losses().empty


def test_what_is_lost_is_told_with_its_cost(busier):
    [lost] = analytics.stock_losses().to_dict("records")

    assert (lost["reason"], lost["units"], lost["lost_value"]) == ("WRITTEN_OFF", 3, 9.0)
