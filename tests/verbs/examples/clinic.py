"""Users, settings, lists that leave the clinic, files that come in, books and the end of a day."""

import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from passlib.totp import TOTP

from core import audit_trail, auth, backup, books, clinic, clock, day_end, exports, quality, users
from core.backup.taking import Taken
from core.imports import batches, medicines
from core.imports import patients as imported_patients
from core.models import SignIn
from core.permissions import Role
from core.users import DoctorDetails, NewUser
from tests.factories import PASSWORD
from tests.imports.files import csv_of
from tests.verbs.given import fresh, given

ANOTHER_PASSWORD = "a battery staple horse"
FEES = DoctorDetails(Decimal(600), Decimal(300), room="Room 7", speciality="Children")


def signed_in(world, actor=None):
    sid = uuid.uuid4().hex
    times = {"started_at": clock.now(), "seen_at": clock.now()}
    world.session.add(SignIn(sid=sid, user_id=(actor or world.cashier).user_id, **times))
    world.session.flush()
    return sid


def code_of(key, later=0):
    """What the app shows."""
    return TOTP(key=key).generate(time=clock.now() + timedelta(seconds=later)).token


def second_factor(world):
    """Somebody without one, and the arguments that turn it on."""
    actor, key = world.another(Role.RECEPTION), auth.new_secret()
    return actor, (PASSWORD, key, code_of(key), auth.new_recovery_codes(), signed_in(world, actor))


def to_turn_on(world):
    actor, arguments = second_factor(world)
    return given(*arguments, by=actor)


def turned_on(world):
    actor, arguments = second_factor(world)
    auth.turn_on(world.session, actor, *arguments)
    return actor, arguments


def to_turn_off(world):
    actor, (password, key, _, _, sid) = turned_on(world)
    return given(password, code_of(key, later=30), sid, by=actor)


def with_first_password(world):
    actor = world.another(Role.RECEPTION)
    users.reset_password(world.session, world.admin, actor.user_id, ANOTHER_PASSWORD)
    return given("correct staple battery mule", by=replace(actor, first_password=True))


def tour_ended(world):
    actor = world.another(Role.RECEPTION)
    users.end_tour(world.session, actor)
    return given(by=actor)


def trail_of(world):
    return audit_trail.Filters(world.day(-30), world.today)


def a_backup(_world):
    return Taken(Path("clinic.qure"), 1, clock.now(), False)


def somebody(world):
    return world.another(Role.PHARMACIST).user_id


def disabled(world):
    user_id = somebody(world)
    users.disable(world.session, world.admin, user_id)
    return user_id


def new_user(role=Role.DOCTOR, **details):
    return NewUser(f"u{uuid.uuid4().hex[:12]}", "Dr Rao", role, PASSWORD, FEES, **details)


def a_period(world):
    return world.day(-30), world.today


def deliveries(world):
    names = world.several(lambda: fresh("Aspirin"))
    for name in names:
        world.medicine(name=name)
    header = "medicine,batch_number,expires_on,quantity,received_on"
    return csv_of(header, *(f"{name},{fresh('B')},{world.day(300)},40,{world.day(-3)}" for name in names))


def new_medicines(world):
    rows = world.several(lambda: f"{fresh('Aspirin')} 300mg Tab,Tablet,2.50")
    return csv_of("description,type,price", *rows)


def new_patients(world):
    rows = world.several(lambda: f"{uuid.uuid4().hex[:8]},{fresh('Asha Rao')},F,98765 43210")
    return csv_of("id,name,sex,phone", *rows)


EXAMPLES = {
    auth.list_sessions: lambda w: given() if w.several(lambda: signed_in(w)) else None,
    auth.end_session: lambda w: given(signed_in(w)),
    auth.list_my_sessions: lambda w: given() if w.several(lambda: signed_in(w)) else None,
    auth.end_my_session: lambda w: given(signed_in(w)),
    auth.end_my_other_sessions: lambda w: given([*w.several(lambda: signed_in(w)), signed_in(w)][-1]),
    auth.count_wrong: lambda w: given(),
    auth.address_for_app: lambda w: given(auth.new_secret()),
    auth.recovery_codes_left: lambda w: given(),
    auth.turn_on: to_turn_on,
    auth.turn_off: to_turn_off,
    auth.take_away: lambda w: given(turned_on(w)[0].user_id),
    users.choose_password: with_first_password,
    users.choose_language: lambda w: given("hi"),
    users.end_tour: lambda w: given(),
    users.begin_tour: tour_ended,
    users.change_role: lambda w: given(somebody(w), Role.DOCTOR, FEES),
    backup.note: lambda w: given(a_backup(w)),
    audit_trail.search: lambda w: given(trail_of(w)),
    audit_trail.take: lambda w: given(trail_of(w), ".csv"),
    audit_trail.people: lambda w: given(),
    audit_trail.state: lambda w: given(),
    users.add: lambda w: given(new_user()),
    users.list_users: lambda w: given(),
    users.list_doctors: lambda w: given(),
    users.change_doctor: lambda w: given(w.doctor.user_id, FEES),
    users.disable: lambda w: given(somebody(w)),
    users.enable: lambda w: given(disabled(w)),
    users.reset_password: lambda w: given(somebody(w), ANOTHER_PASSWORD),
    users.change_password: lambda w: given(PASSWORD, ANOTHER_PASSWORD),
    clinic.change: lambda w: given(name=fresh("Lotus Clinic"), follow_up_days=20, discount_limits={"RECEPTION": 10}),
    exports.available: lambda w: given(),
    exports.count: lambda w: given("bills", *a_period(w)),
    exports.look: lambda w: given("bills", *a_period(w)),
    exports.take: lambda w: given("bills", *a_period(w), ".csv"),
    audit_trail.search: lambda w: given(audit_trail.Filters(record=w.bill().number)),
    audit_trail.take: lambda w: given(audit_trail.Filters(kind="Visits"), ".csv"),
    audit_trail.people: lambda w: given(),
    audit_trail.state: lambda w: given(),
    batches.preview: lambda w: given(deliveries(w)),
    batches.save: lambda w: given(deliveries(w)),
    medicines.preview: lambda w: given(new_medicines(w)),
    medicines.save: lambda w: given(new_medicines(w)),
    imported_patients.preview: lambda w: given(new_patients(w)),
    imported_patients.save: lambda w: given(new_patients(w)),
    quality.scoreboard: lambda w: given(),
    quality.score: lambda w: given(quality.CHECKS[0].name, by=Role.DOCTOR),
    quality.records: lambda w: given(quality.CHECKS[0], by=Role.DOCTOR),
    books.note: lambda w: given(10, 0),
    books.last: lambda w: given(),
    books.named: lambda w: given("bills", w.several(lambda: w.bill().number)),
    day_end.left_undone: lambda w: given(w.today),
    day_end.forgotten_days: lambda w: given(),
    day_end.ended_at: lambda w: given(w.today - timedelta(days=1)),
    day_end.end_day: lambda w: given(w.today),
}
