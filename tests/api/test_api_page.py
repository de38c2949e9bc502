"""The programs in docs/api.md, run one after the other as they stand, by people of each role."""

import re
from decimal import Decimal

import httpx
import pytest

from core import db, users
from core.permissions import Role
from core.users import DoctorDetails, NewUser
from etl import relay
from tests import factories
from tests.api import rights
from tests.api.serving import served

PROGRAMS = re.findall(r"```python\n(.*?)```", rights.PAGE.read_text(), re.DOTALL)


@pytest.fixture
def clinic_of_the_page(committed_mongo):
    with db.transaction() as session:
        admin = factories.an_admin(session)
        for role in Role:
            doctor = DoctorDetails(Decimal(500), Decimal(200), room="1") if role is Role.DOCTOR else None
            new = NewUser(role.lower(), role.title(), role, factories.PASSWORD, doctor, False)
            users.add(session, admin, new)
        medicine = factories.a_medicine(session, "Paracetamol 500", "2.35")
        factories.a_batch(session, medicine, 100)


def test_the_programs_of_the_page_run(web, clinic_of_the_page, monkeypatch, capsys):
    monkeypatch.setenv("QURE_PASSWORD", factories.PASSWORD)
    kept, opened = {}, []
    as_usual = httpx.Client.__init__
    monkeypatch.setattr(httpx.Client, "__init__", lambda self, **how: (opened.append(self), as_usual(self, **how))[1])
    with served(web) as address:
        monkeypatch.setenv("QURE", address)
        for program in PROGRAMS:
            relay.run()  # reports are whole
            if "/queue/events" in program:
                continue  # tests/api/test_api_events.py listens
            exec(compile(program, "docs/api.md", "exec"), kept)
    for client in opened:
        client.close()
    told = capsys.readouterr().out
    assert "Your number is 1" in told
    assert kept["bill"]["state"] == "PAID"
    assert kept["given"]["items"]
    assert len(kept["visits"]) == 1
    assert "Asha" not in kept["visits"].to_string()
    assert kept["day"]["visits"] == 1
