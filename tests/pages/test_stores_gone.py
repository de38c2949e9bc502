"""Redis and the Mongo server are both gone: every screen of the clinic's work opens, and those concerned say so."""

from core import billing
from core.permissions import Role
from tests import factories
from tests.stores.conftest import OwnStores, eventually

DEGRADED = "The queue board changes a few seconds late at the moment."
SENTENCE = "MongoDB, which keeps reports and history, cannot be reached."


def said(page):
    return " ".join(str(box.value) for box in [*page.warning, *page.error, *page.info, *page.caption])


def test_the_clinic_works_on_and_the_screens_say_what_is_missing(session, open_page, doctor, receptionist, pharmacist):
    manager = factories.a_user(session, Role.MANAGER)
    visit = factories.a_completed_visit(session, doctor)
    billing.invoice_visit(session, receptionist, visit.visit_id)
    work = {"queue": receptionist, "desk": receptionist, "room": doctor}
    others = {"cash": receptionist, "counter": pharmacist, "stock": pharmacist, "calendar": receptionist}
    stores = OwnStores()
    with stores.without("valkey", "mongo"):
        for name, actor in work.items():
            assert DEGRADED in said(open_page(name, actor)), name
        for name, actor in others.items():
            page = open_page(name, actor)
            assert DEGRADED not in said(page), name
            assert SENTENCE not in said(page), name
        assert SENTENCE in said(open_page("reports", manager))
    assert eventually(lambda: {"valkey", "mongo"} <= stores.running().keys(), 30)
