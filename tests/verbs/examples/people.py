"""Patients and what is told of them."""

from core import exchange, patient_file, patients
from core.exchange import Kind, Wanted
from core.patients import Keep
from core.permissions import Role
from tests.verbs.given import fresh, given


def amended(world):
    patient_id = world.patient()
    drawn = patients.details(world.session, world.admin, patient_id)
    return given(patient_id, world.typed(address="12 Lake Road"), drawn)


def opened_by_several(world):
    patient_id = world.patient()
    for stranger in world.several(lambda: world.another(Role.DOCTOR)):
        patients.open_file(world.session, stranger, patient_id, "Emergency")
    return patient_id


def who_opened_several(world):
    stranger = world.another(Role.DOCTOR)
    for patient_id in world.several(world.patient):
        patients.open_file(world.session, stranger, patient_id, "Emergency")
    return stranger.user_id


def of_several(world):
    phone = "98111 22233"
    world.several(lambda: world.patient(phone=phone))
    return phone


def one_of_two(world):
    return given(world.patient(phone="98765 43210"), world.patient(), {"phone": Keep.STAYS})


def known_by_all(world):
    """By number, by name and by MRN."""
    card = patients.get(world.session, world.admin, world.patient())
    return given(Wanted(patient_id=card.patient_id, name=card.name, mrn=card.mrn))


EXAMPLES = {
    patients.register: lambda w: given(w.typed(phone="98765 43210", age_years=30, address="12 Lake Road")),
    patients.amend: amended,
    patients.archive: lambda w: given(w.patient()),
    patients.restore: lambda w: given(w.archived()),
    patients.details: lambda w: given(w.patient()),
    patients.search: lambda w: given("asha"),
    patients.get: lambda w: given(w.patient()),
    patients.by_number: lambda w: given(patients.get(w.session, w.admin, w.patient()).mrn),
    patients.survivor: lambda w: given(w.merged().goes.patient_id),
    patients.same_phone: lambda w: given("98765 43210"),
    patients.refuse_known: lambda w: given(w.typed(name=fresh("Nobody"))),
    patients.find_likely_duplicates: lambda w: given(w.typed(phone=of_several(w))),
    patients.preview_merge: lambda w: given(w.patient(), w.patient()),
    patients.merge: one_of_two,
    patients.undo_merge: lambda w: given(w.merged().merge_id),
    patients.list_merges: lambda w: given() if w.several(w.merged) else None,
    patients.list_all: lambda w: given(0, 5),
    patients.open_card: lambda w: given(w.patient()),
    patients.opened_form: lambda w: given(w.patient()),
    patients.open_file: lambda w: given(w.patient(), "Emergency"),
    patients.list_outside: lambda w: given(w.day(-30), w.today, who_opened_several(w)),
    patients.count_outside: lambda w: given(w.day(-30), w.today),
    patients.list_openings: lambda w: given(opened_by_several(w)),
    patient_file.timeline: lambda w: given(w.patient()),
    exchange.list_patients: known_by_all,
    exchange.list_staff: lambda w: given(Wanted(record_id=w.doctor.user_id)),
    exchange.available: lambda w: given(),
    exchange.begin: lambda w: given([Kind.STAFF]),
    exchange.batch: lambda w: given(Kind.STAFF),
}
