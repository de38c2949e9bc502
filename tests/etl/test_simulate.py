"""The simulator's way in: what it refuses, what it sets up, and its waiting room, replayed without a clinic."""

from decimal import Decimal
from itertools import pairwise
from operator import attrgetter
from random import Random

import ciw
import pytest
from sqlalchemy import Numeric, select, text
from typer.testing import CliRunner

from core import auth, clock, icd10, users
from core.analytics.replay import PAUSE, Arrival, Seat, serve
from core.cli import app
from core.errors import Invalid
from core.models import Base, InvoiceLine, MedicineForm
from core.permissions import Role
from core.users import NewClinic
from etl import simulate
from etl.simulate.conditions import ACUTE, CHRONIC
from etl.simulate.formulary import BY_KEY
from tests.factories import PASSWORD, a_medicine

DAYS, PATIENTS = 5, 12


def test_the_present_is_left_to_the_users(bare_session):
    with pytest.raises(Invalid, match="The last day can be 2025-02-28 at the latest"):
        simulate.run(DAYS, PATIENTS, seed=1, until=clock.today())


@pytest.mark.parametrize(("days", "patients_per_day"), [(0, 60), (5000, 60), (5, 0), (5, 10_000)])
def test_what_nobody_could_mean_is_refused(bare_session, days, patients_per_day):
    with pytest.raises(Invalid):
        simulate.run(days, patients_per_day, seed=1)


def test_a_demo_is_made_of_a_new_clinic_only(session):
    with pytest.raises(users.AlreadySetUp):
        simulate.run(DAYS, PATIENTS, seed=1, only_new=True)


def test_who_works_in_the_clinic_meanwhile_keeps_the_own_numbers(bare_session):
    def work(what, share):
        if what.startswith("Living"):
            bare_session.get_bind().execute(text("SELECT nextval('audit_events_id_seq')"))

    with pytest.raises(simulate.ClinicAtWork, match="nothing of the simulation was kept"):
        simulate.run(1, 3, seed=1, tell=work)


def test_without_a_set_up_there_is_a_demo_clinic_with_a_login_for_each_role(bare_session, frozen_clock):
    made = simulate.run(1, 3, seed=1)
    frozen_clock()

    assert {login.role for login in made.logins} == set(Role)
    for login in made.logins:
        assert isinstance(auth.sign_in(bare_session, login.username, login.password, "127.0.0.1"), auth.SignedIn)


def test_a_set_up_clinic_keeps_its_administrator_and_its_prices(session, admin):
    price = {"price": "9.99", "form": MedicineForm.TABLET, "unit": "tablet"}
    medicine = a_medicine(session, "Paracetamol 500 mg tablet", **price)

    made = simulate.run(1, 3, seed=1)

    assert Role.ADMIN not in {login.role for login in made.logins}
    charged = select(InvoiceLine.unit_price).where(InvoiceLine.medicine_id == medicine.medicine_id)
    assert set(session.scalars(charged)) <= {Decimal("9.99")}


def waits(times, minutes, doctors):
    """What a queueing library says of the same people at the same doctors: first come, first served."""
    gaps = [after - before for before, after in pairwise([0.0, *times])]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, float("inf")])],
        service_distributions=[ciw.dists.Sequential(minutes)],
        number_of_servers=[doctors],
    )
    queue = ciw.Simulation(network)
    queue.simulate_until_max_time(10_000)
    return [seen.waiting_time for seen in sorted(queue.get_all_records(), key=attrgetter("arrival_date"))]


@pytest.mark.parametrize("doctors", [1, 2, 3])
def test_waits_are_those_that_a_queueing_library_finds(doctors):
    rng = Random(7)
    times = sorted(rng.uniform(0, 700) for _ in range(60 * doctors))
    factors = [rng.lognormvariate(-0.06, 0.35) for _ in times]
    seats = {number: Seat(12.0, ((0.0, 2000.0),)) for number in range(doctors)}

    outcomes = serve([Arrival(at, at, None, factor) for at, factor in zip(times, factors, strict=True)], seats)

    found = [outcome.called - at for outcome, at in zip(outcomes, times, strict=True)]
    assert found == pytest.approx(waits(times, [12.0 * factor + PAUSE for factor in factors], doctors))
    assert max(found) > 60


def test_where_there_are_no_cents_every_amount_is_whole(bare_session):
    users.set_up(bare_session, NewClinic("Sakura", "Asia/Tokyo", "JPY"), "asha", "Asha Admin", PASSWORD)

    simulate.run(40, 12, seed=1)

    money = ("invoices", "invoice_lines", "payments", "credit_notes", "refunds")
    for table in (*money, "batches", "medicines", "services", "doctors"):
        columns = [
            c for c in Base.metadata.tables[table].columns if isinstance(c.type, Numeric) and "percent" not in c.key
        ]
        amounts = bare_session.execute(select(*columns)).all()
        assert amounts, table
        assert not [row for row in amounts if any(amount % 1 for amount in row)], table


def test_a_head_start_goes_before_those_who_came_earlier():
    arrivals = [Arrival(0, 0, 1), Arrival(1, 1, 1), Arrival(2, -28, 1)]

    first, second, elder = serve(arrivals, {1: Seat(10.0, ((0.0, 500.0),))})

    assert first.called < elder.called < second.called


def test_who_wants_one_doctor_waits_for_that_one():
    arrivals = [Arrival(0, 0, 1), Arrival(1, 1, 1), Arrival(2, 2, 2)]

    outcomes = serve(arrivals, {1: Seat(10.0, ((0.0, 500.0),)), 2: Seat(10.0, ((0.0, 500.0),))})

    assert [(outcome.doctor, outcome.called) for outcome in outcomes] == [(1, 0), (1, 10 + PAUSE), (2, 2)]


def test_nobody_is_called_in_the_break():
    outcomes = serve([Arrival(55, 55, 1), Arrival(65, 65, 1)], {1: Seat(10.0, ((0.0, 60.0), (120.0, 180.0)))})

    assert [outcome.called for outcome in outcomes] == [55, 120]


def test_who_has_waited_too_long_has_left():
    outcomes = serve([Arrival(0, 0, 1), Arrival(1, 1, 1, patience=5)], {1: Seat(30.0, ((0.0, 500.0),))})

    assert [outcome.left for outcome in outcomes] == [False, True]


def test_every_condition_is_a_code_and_every_medicine_is_on_the_list():
    for condition in (*ACUTE, *CHRONIC):
        assert icd10.find(condition.code).code == condition.code
        assert {given.medicine for given in (*condition.adult, *condition.child)} <= set(BY_KEY)


def test_the_command_says_what_it_made_and_refuses_a_second_time(bare_session):
    words = ["simulate", "--days", "2", "--patients-per-day", "3", "--until", "2025-02-27"]

    made, again = (CliRunner().invoke(app, words, catch_exceptions=False) for _ in range(2))

    assert made.exit_code == 0
    assert made.stdout.startswith("2025-02-26 to 2025-02-27: ")
    assert "reception    desk " in made.stdout
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr.startswith("This clinic already has records of its own.")
