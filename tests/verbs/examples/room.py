"""Visits, prescriptions, and papers that leave the clinic."""

from decimal import Decimal

from core import documents, exchange, prescriptions, visits
from core.exchange import Wanted
from core.permissions import Role
from core.visits import Measurements, NewDiagnosis, VisitChanges
from tests.verbs.given import WHY, fresh, given

MEASURED = Measurements(temperature_c=Decimal("37.2"), pulse_bpm=72, weight_kg=Decimal(60), height_cm=Decimal(165))


def diagnosed(world):
    visit_id = world.visit()
    found = visits.add_diagnosis(world.session, world.doctor, visit_id, "J06.9")
    return visit_id, found.diagnosis_id


def measured(world):
    visit_id = world.visit()
    found = visits.record_vitals(world.session, world.doctor, visit_id, MEASURED)
    return visit_id, found.vitals_id


def written(world):
    visit_id = world.visit()
    visits.add_note(world.session, world.doctor, visit_id, "A cold")
    return visit_id


def pinned(world):
    visits.pin(world.session, world.doctor, "J06.9")
    return "J06.9"


def of_signed(world):
    """A prescription of a visit that is completed."""
    prescribed = world.prescribed(written(world))
    visits.complete(world.session, world.doctor, prescribed.visit_id)
    return prescribed.prescription_id


def of_visit(world):
    """Whoever is in the room, and the days of a visit."""
    visit_id = world.visit()
    return given(Wanted(patient_id=world.patient_of(visit_id), first_on=world.day(-1), last_on=world.today))


def several_diagnoses(world):
    return tuple(NewDiagnosis(code, "A cold") for code in ("J06.9", "J20.9", "J02.9", "J01.9", "J30.1")[: world.times])


def opened(world):
    return given(world.paper().code, "https://lotus.example", by=Role.DOCTOR)


def with_papers(world):
    visit_id = world.signed()
    for days in range(world.times):
        documents.sick_note(world.session, world.doctor, visit_id, world.today, world.day(days))
    return visit_id


def with_paper(world):
    """A prescription whose paper was issued."""
    prescription_id = of_signed(world)
    documents.prescription_paper(world.session, world.doctor, prescription_id)
    return prescription_id


VISITS = {
    visits.start: lambda w: given(w.called()),
    visits.check_own: lambda w: given(w.visit()),
    visits.complete: lambda w: given(written(w), w.day(14)),
    visits.check_completable: lambda w: given(written(w), w.day(14)),
    visits.cancel: lambda w: given(w.visit(), WHY),
    visits.keep_draft: lambda w: given(w.visit(), "note", "Since Monday"),
    visits.draft: lambda w: given(w.visit()),
    visits.pin: lambda w: given("J06.9"),
    visits.unpin: lambda w: given(pinned(w)),
    visits.usual_codes: lambda w: given(),
    visits.record_vitals: lambda w: given(w.visit(), MEASURED),
    visits.add_diagnosis: lambda w: given(w.visit(), "J06.9", "A cold"),
    visits.remove_diagnosis: lambda w: given(*diagnosed(w)),
    visits.strike_diagnosis: lambda w: given(*diagnosed(w), WHY),
    visits.strike_vitals: lambda w: given(*measured(w), WHY),
    visits.add_note: lambda w: given(w.visit(), "A cold\nfor three days"),
    visits.amend_note: lambda w: given(w.note(), "As it is", WHY),
    visits.get: lambda w: given(w.visit()),
    visits.current: lambda w: given(w.doctor.user_id),
    visits.history: lambda w: given(w.patient_of(w.signed())),
    visits.opened: lambda w: given(w.visit()),
    visits.started: lambda w: given(w.called()),
    visits.past: lambda w: given(w.patient_of(w.signed())),
    visits.change: lambda w: given(w.visit(), VisitChanges(MEASURED, add_diagnoses=several_diagnoses(w), reason=WHY)),
    visits.move_follow_up: lambda w: given(w.signed(), w.day(14), WHY),
    visits.reopen: lambda w: given(w.signed(), WHY),
    visits.note_templates: lambda w: given() if w.several(w.template) else None,
    visits.save_template: lambda w: given(fresh("Fever"), "Since: "),
    visits.add_usual_templates: lambda w: given(),
    visits.remove_template: lambda w: given(w.template()),
    visits.vital_trends: lambda w: given(w.patient_of(measured(w)[0])),
}

PRESCRIPTIONS = {
    prescriptions.amend: lambda w: given(w.prescribed().prescription_id, w.items(), WHY),
    prescriptions.cancel: lambda w: given(w.prescribed().prescription_id, WHY),
    prescriptions.prescribe: lambda w: given(
        w.visit(), [*w.items(), w.item(medicine_id=w.on_shelf(name=fresh("Cetirizine")))]
    ),
    prescriptions.review: lambda w: given(w.visit(), w.items()),
    prescriptions.reviewed: lambda w: given(w.visit(), w.items()),
    prescriptions.overrides: lambda w: given(w.today),
    prescriptions.open_overrides: lambda w: given(w.today),
    prescriptions.export_overrides: lambda w: given(w.today, by=Role.ADMIN),
    prescriptions.get: lambda w: given(w.prescribed().prescription_id),
    prescriptions.opened: lambda w: given(w.prescribed().prescription_id),
    prescriptions.opened_of_visit: lambda w: given(w.prescribed().visit_id),
    prescriptions.for_visit: lambda w: given(w.prescribed().visit_id),
    prescriptions.former: lambda w: given(w.visit()),
    prescriptions.list_sets: lambda w: given(),
    prescriptions.save_set: lambda w: given(fresh("Cold"), w.items()),
    prescriptions.rename_set: lambda w: given(w.medicine_set(), fresh("Cough")),
    prescriptions.replace_set: lambda w: given(w.medicine_set(), w.items()),
    prescriptions.remove_set: lambda w: given(w.medicine_set()),
    prescriptions.usual: lambda w: given(w.visit(), w.several(w.medicine)),
}

DOCUMENTS = {
    documents.prescription_paper: lambda w: given(of_signed(w)),
    documents.visit_summary: lambda w: given(w.signed()),
    documents.sick_note: lambda w: given(w.signed(), w.today, w.day(2), "Rest", with_diagnosis=True),
    documents.cancel: lambda w: given(w.paper().document_id, WHY),
    documents.opened: opened,
    documents.opened_prescription: lambda w: given(with_paper(w), "https://lotus.example", by=Role.DOCTOR),
    documents.list_of_patient: lambda w: given(w.patient_of(w.signed())),
    documents.list_of_visit: lambda w: given(with_papers(w)),
}

EXCHANGE = {
    exchange.list_encounters: of_visit,
    exchange.list_conditions: lambda w: given(Wanted(record_id=diagnosed(w)[1])),
    exchange.list_vitals: lambda w: given(Wanted(record_id=measured(w)[1])),
    exchange.list_requests: lambda w: given(Wanted(record_id=w.prescribed().items[0].item_id)),
    exchange.list_dispenses: lambda w: given(Wanted(patient_id=w.patient_of(w.visit()))),
}

EXAMPLES = VISITS | PRESCRIPTIONS | DOCUMENTS | EXCHANGE
