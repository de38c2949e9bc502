from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from core import billing, drawers
from core.drawers import AlreadyClosed, ClosedBeyond, Count, DayClosed, EarlierDayOpen, Kind, MoneyMoved, NotExplained
from core.errors import Invalid, NotFound, NotPermitted
from core.models import AuditChain, AuditEvent, PaymentMethod
from core.permissions import Role
from tests import factories
from tests.factories import a_drawer_closed, a_user, an_invoice

CASH, UPI = PaymentMethod.CASH, PaymentMethod.UPI
TODAY = date(2025, 3, 1)


def rupees(amount):
    return Decimal(amount)


def taken(session, cashier, amount, method=CASH):
    """That much for a bill of its own."""
    bill = an_invoice(session, price=amount)
    return billing.pay(session, cashier, bill.invoice_id, rupees(amount), method)


def a_count(expected, left="0", explanation="", **pieces):
    """`_500=2` are two notes of 500."""
    return Count(
        {rupees(value[1:].replace("_", ".")): many for value, many in pieces.items()},
        rupees(left),
        rupees(expected),
        explanation,
    )


def close(session, actor, count, day=TODAY, cashier=None):
    return drawers.close(session, actor, (cashier or actor).user_id, day, count)


@pytest.fixture
def manager(session):
    return a_user(session, Role.MANAGER, "Mira")


def test_a_drawer_holds_what_its_cashier_took_that_day(session, receptionist, admin, frozen_clock):
    taken(session, receptionist, "300")
    taken(session, receptionist, "50")
    taken(session, receptionist, "120", UPI)
    taken(session, admin, "900")

    found = drawers.drawer(session, receptionist, receptionist.user_id, TODAY)

    assert (found.opened_with, found.taken, found.expected) == (0, rupees("350"), rupees("350"))
    assert [(row.kind, row.method, row.count) for row in found.moved] == [
        (Kind.PAYMENT, CASH, 2),
        (Kind.PAYMENT, UPI, 1),
    ]
    assert found.other_methods == {UPI: rupees("120")}
    frozen_clock(day=2)
    assert drawers.drawer(session, receptionist, receptionist.user_id, date(2025, 3, 2)).moved == ()


def test_money_given_back_and_advances_count_but_what_the_patient_had_already_does_not(session, receptionist):
    bill = taken(session, receptionist, "300")
    patient_id = session.scalar(text("SELECT patient_id FROM invoices"))
    at = {"by": receptionist.user_id, "patient": patient_id, "bill": bill.invoice_id}
    session.execute(
        text(
            """INSERT INTO advances (patient_id, change, reason, method, reference, moved_on, moved_at, moved_by_id)
               VALUES (:patient, 200, 'RECEIVED', 'CASH', '', '2025-03-01', now(), :by),
                      (:patient, -80, 'PAID_OUT', 'CASH', '', '2025-03-01', now(), :by)"""
        ),
        at,
    )
    note = """INSERT INTO credit_notes (number, financial_year, sequence, invoice_id, amount, method, reference, reason,
                                        refunded_on, refunded_at, refunded_by_id)
              VALUES (:number, 2024, :sequence, :bill, 40, :method, '', 'Wrong', '2025-03-01', now(), :by)"""
    for sequence, method in enumerate(("CASH", "ADVANCE", "UPI"), 1):
        session.execute(text(note), at | {"number": f"CN-{sequence}", "sequence": sequence, "method": method})

    found = drawers.drawer(session, receptionist, receptionist.user_id, TODAY)

    cash = {row.kind: row.amount for row in found.moved if row.method is CASH}
    assert cash == {Kind.PAYMENT: 300, Kind.ADVANCE: 200, Kind.REFUND: -40, Kind.ADVANCE_PAID_OUT: -80}
    assert found.taken == 380
    assert found.other_methods == {UPI: -40}


def test_a_drawer_is_closed_with_its_count_and_the_head_of_the_audit_chain(session, receptionist):
    taken(session, receptionist, "350")
    taken(session, receptionist, "120", UPI)
    session.merge(AuditChain(id=1, length=7, head="abc"))

    done = close(session, receptionist, a_count("350", left="100", _200=1, _50=3, _20=0))

    assert (done.counted, done.difference, done.left_in_drawer, done.handed_in) == (350, 0, 100, 250)
    assert done.pieces == ((rupees("200"), 1), (rupees("50"), 3))
    assert done.other_methods == {UPI: rupees("120.00")}
    assert (done.audit_length, done.audit_head, done.closed_by) == (7, "abc", "Ravi")
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.event, event.changes["counted"]) == ("drawer.closed", [None, "350.00"])
    assert drawers.drawer(session, receptionist, receptionist.user_id, TODAY).close == done


def test_after_the_close_no_more_is_taken_that_day_and_the_next_opens_with_what_was_left(
    session, receptionist, admin, frozen_clock
):
    taken(session, receptionist, "100")
    close(session, receptionist, a_count("100", left="60", _50=2))

    with pytest.raises(DayClosed, match="Your drawer of today is closed"):
        taken(session, receptionist, "10")
    taken(session, admin, "10")  # another's drawer is another's
    frozen_clock(day=2)
    taken(session, receptionist, "10")
    found = drawers.drawer(session, receptionist, receptionist.user_id, date(2025, 3, 2))
    assert (found.opened_with, found.expected) == (60, 70)


def test_a_difference_is_explained_or_the_drawer_stays_open(session, receptionist):
    taken(session, receptionist, "100")

    with pytest.raises(NotExplained, match=r"50.00 is missing"):
        close(session, receptionist, a_count("100", _50=1))
    with pytest.raises(NotExplained, match=r"10.00 is too much"):
        close(session, receptionist, a_count("100", "0", " ", _50=2, _10=1))
    done = close(session, receptionist, a_count("100", "0", "A note was torn", _50=1))

    assert (done.difference, done.explanation) == (-50, "A note was torn")


def test_what_was_seen_must_still_be_so(session, receptionist):
    taken(session, receptionist, "100")
    seen = a_count("100", _100=1)
    taken(session, receptionist, "20")

    with pytest.raises(MoneyMoved, match=r"₹120\.00 is expected now, not ₹100\.00") as refusal:
        close(session, receptionist, seen)
    assert refusal.value.expected == 120


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (a_count("100", _50=-1), "counted whole, from 0 up: look at 50"),
        (a_count("100", _50=1.5), "counted whole"),
        (a_count("100", _3=1), "no note or coin of 3 in INR"),
        (a_count("100", "100.01", _100=1), "More stays in the drawer than was counted"),
        (a_count("100", "-1", _100=1), "What stays in the drawer must be between"),
        (a_count("100", "NaN", _100=1), "What stays in the drawer is missing"),
        (a_count("100", _500=100_001), "Nobody counts so many of 500"),
        (a_count("100", "0", "x" * 501, _100=1), "explanation is too long"),
    ],
)
def test_an_impossible_count_is_refused(session, receptionist, count, sentence):
    taken(session, receptionist, "100")

    with pytest.raises(Invalid, match=sentence):
        close(session, receptionist, count)
    assert drawers.closes(session, receptionist, TODAY, TODAY) == []


def test_paise_are_told_as_one_amount(session, receptionist):
    taken(session, receptionist, "100.37")

    assert close(session, receptionist, a_count("100.37", _100=1, _0_01=37)).difference == 0


def test_a_day_is_closed_once_in_order_and_never_before_it_begins(session, receptionist, frozen_clock):
    taken(session, receptionist, "100")
    a_drawer_closed(session, receptionist, TODAY)
    with pytest.raises(AlreadyClosed, match="The drawer of Ravi is closed for 1 Mar 2025 already"):
        a_drawer_closed(session, receptionist, TODAY)
    with pytest.raises(drawers.TooEarlyToClose):
        a_drawer_closed(session, receptionist, date(2025, 3, 2))
    frozen_clock(day=2)
    taken(session, receptionist, "30")
    frozen_clock(day=3)
    taken(session, receptionist, "40")

    with pytest.raises(EarlierDayOpen, match="still open for 2 Mar 2025"):
        a_drawer_closed(session, receptionist, date(2025, 3, 3))
    a_drawer_closed(session, receptionist, date(2025, 3, 2))  # late
    assert [one.day.day for one in drawers.open_days(session, receptionist)] == [3]
    a_drawer_closed(session, receptionist, date(2025, 3, 3))
    with pytest.raises(ClosedBeyond, match="closed through 3 Mar 2025"):
        a_drawer_closed(session, receptionist, date(2025, 2, 28))


def test_a_clinic_that_never_closed_a_drawer_is_reminded_of_a_week_and_may_begin_today(
    session, receptionist, frozen_clock
):
    for day in (1, 12, 14):
        frozen_clock(day=day)
        taken(session, receptionist, "10")

    assert [one.day.day for one in drawers.open_days(session, receptionist)] == [12, 14]
    a_drawer_closed(session, receptionist, date(2025, 3, 14))
    assert drawers.open_days(session, receptionist) == []


def test_somebody_elses_drawer_is_for_who_may_close_all(session, receptionist, admin, manager):
    taken(session, receptionist, "100")
    taken(session, admin, "50")
    assert [one.cashier for one in drawers.open_days(session, receptionist)] == ["Ravi"]
    assert len(drawers.open_days(session, manager)) == 2
    for ask in (
        lambda: drawers.drawer(session, receptionist, admin.user_id, TODAY),
        lambda: drawers.open_days(session, receptionist, admin.user_id),
        lambda: close(session, receptionist, a_count("50", _50=1), cashier=admin),
        lambda: drawers.drawer(session, factories.a_user(session, Role.PHARMACIST), admin.user_id, TODAY),
    ):
        with pytest.raises(NotPermitted):
            ask()

    of_admin = close(session, manager, a_count("50", _50=1), cashier=admin)
    own = close(session, receptionist, a_count("100", _100=1))

    assert (of_admin.cashier, of_admin.closed_by) == (admin.name, "Mira")
    assert drawers.closes(session, receptionist, TODAY, TODAY) == [own]
    assert drawers.closes(session, manager, TODAY, TODAY) == [own, of_admin]
    with pytest.raises(NotFound):
        drawers.get_close(session, receptionist, of_admin.close_id)
    with pytest.raises(NotFound):
        drawers.drawer(session, manager, 10**6, TODAY)


@pytest.mark.parametrize(
    ("currency", "largest", "smallest"),
    [("INR", 500, "1"), ("EUR", 200, "0.01"), ("SEK", 1000, "0.01"), ("KWD", 1000, "0.01"), ("VND", 1000, "1")],
)
def test_every_currency_has_notes_and_coins(currency, largest, smallest):
    found = drawers.denominations(currency)

    assert (found[0], found[-1]) == (largest, rupees(smallest))
    assert list(found) == sorted(set(found), reverse=True)
