"""The screen of the books, with a clinic whose rows were changed past the workflows."""

import pytest
from sqlalchemy import select, text

from core import books, buying, clock, token_queue
from core.buying import SupplierDetails
from core.errors import NotPermitted
from core.models import AuditEvent
from core.permissions import Role
from etl.proof import ALL_HOLDS
from pages.ui.office import books_job
from tests.core.test_purchase_orders import line
from tests.etl.conftest import carry, mongo, treat  # noqa: F401
from tests.factories import a_batch, a_medicine, a_token, a_user, an_invoice

pytestmark = pytest.mark.usefixtures("mongo")


@pytest.fixture(autouse=True)
def alone(monkeypatch, session):
    """The test's one connection is used by one thread at a time; Redis may still have the lines of other tests."""
    monkeypatch.setattr(books_job, "WAITED_SECONDS", 60)
    monkeypatch.setattr(books_job.checks, "job", None)
    token_queue.reconcile(session)


@pytest.fixture
def manager(session):
    return a_user(session, Role.MANAGER, "Mira")


def button(page, label):
    return next(button for button in page.button if button.label == label)


def checked(page):
    """All checks, run from the page."""
    button(page, "Run all checks").click().run()
    assert not page.exception, page.exception
    return page


def texts(page):
    drawn = (*page.markdown, *page.success, *page.error, *page.subheader)
    return "\n".join(element.value for element in drawn).replace("\\", "")


def spoil(session, statement, **values):
    session.flush()
    session.execute(text("SET LOCAL session_replication_role = replica"))  # triggers would refuse it
    session.execute(text(statement), values)
    session.execute(text("SET LOCAL session_replication_role = origin"))


def test_where_all_adds_up_it_says_so_and_the_check_is_noted(session, open_page, manager, treat):  # noqa: F811
    treat()
    page = open_page("books", manager)
    assert "never checked" in texts(page)
    announced = page.expander[0].label

    checked(page)

    found = books_job.checks.ended().proof.findings
    assert (found, announced) == (ALL_HOLDS, f"The {len(found)} rules of the books")
    assert "Everything adds up" in texts(page)
    assert "A batch holds the sum of its movements" in texts(page)
    assert "entries; the mark of the last one is" in texts(page)
    last = books.last(session, manager)
    assert (last.by, last.broken) == ("Mira", 0)
    assert last.rules > len(books.RULES)


def test_a_broken_batch_is_named_with_the_way_to_it_for_who_may_go(session, open_page, links, manager, admin):
    capsules = a_medicine(session)
    batch = a_batch(session, capsules, 10, number="B7")
    spoil(session, "UPDATE batches SET on_hand = 11 WHERE id = :id", id=batch.batch_id)

    page = checked(open_page("books", manager))
    assert "Batch B7 of Amoxicillin 500 mg" in texts(page)
    assert "enter it as a stock-take" in texts(page)
    assert "stock" not in dict(links)

    open_page("books", admin)
    assert ("stock", {"medicine": str(capsules.medicine_id)}) in links


def test_a_broken_bill_leads_to_the_bill(session, open_page, links, admin):
    bill = an_invoice(session, paid=True)
    spoil(session, "UPDATE payments SET amount = amount - 1")

    page = checked(open_page("books", admin))

    assert "Bills: 1" in texts(page)
    assert ("cash", {"find": bill.number}) in links


def test_a_broken_order_leads_to_the_order_also_once_it_is_over(session, open_page, links, admin):
    apollo = buying.add_supplier(session, admin, SupplierDetails("Apollo"))
    wanted = [line(a_medicine(session))]
    order = buying.order(session, admin, apollo.supplier_id, wanted, clock.today())
    buying.cancel(session, admin, order.order_id, "Ordered elsewhere")
    spoil(session, "UPDATE purchase_order_lines SET received = 1")

    checked(open_page("books", admin))

    assert ("stock", {"view": "Orders", "order": str(order.order_id)}) in links


def test_mongodb_is_made_again_where_it_differs(session, open_page, manager, carry, treat, mongo):  # noqa: F811
    treat()
    carry()
    mongo.invoices.update_one({}, {"$set": {"spoilt": True}})
    page = checked(open_page("books", manager))
    assert "is not equal: spoilt" in texts(page)

    button(page, "Make MongoDB again from PostgreSQL").click().run()

    assert "Everything adds up" in texts(page)


def test_the_queue_in_redis_is_put_right(session, open_page, manager, doctor):
    a_token(session, doctor=doctor)  # not committed: nothing has told Redis
    page = checked(open_page("books", manager))
    assert "differs from PostgreSQL by 1 entry" in texts(page)

    button(page, "Set the queue in Redis right").click().run()

    assert "Everything adds up" in texts(page)


def test_a_store_that_is_away_is_unknown_and_not_broken(session, open_page, manager, without_redis):
    page = checked(open_page("books", manager))

    assert ":gray-badge[Unknown]" in texts(page)
    assert not [button for button in page.button if "Redis" in button.label]


def test_only_who_may_check_the_books_begins_a_check(session, open_page, receptionist):
    assert "you may not check the books" in open_page("books", receptionist).error[0].value
    for ask in (books_job.begin, books_job.mend_queue):
        with pytest.raises(NotPermitted):
            ask(receptionist)
    assert session.scalars(select(AuditEvent).where(AuditEvent.event == "books.checked")).all() == []
