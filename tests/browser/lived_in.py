"""A clinic in the middle of its day, for the tests that look at every screen.

It is noon there, whenever it is made: appointments of today are still to come.
"""

from datetime import time, timedelta
from decimal import Decimal

from sqlalchemy import update

from core import billing, clock, migrations, prescriptions, scheduling, token_queue, users, visits
from core import db as stores
from core.models import Clinic, User
from core.permissions import Role
from core.prescriptions import ItemDetails
from core.users import NewClinic
from tests.factories import (
    PASSWORD,
    a_batch,
    a_completed_visit,
    a_medicine,
    a_patient,
    a_slot,
    a_user,
    a_visit,
    an_admin,
    an_invoice,
    pay,
)

BARCODE = "8901234567890"
EXPIRES = "2035-12-31"
RECEPTION, DOCTOR, PHARMACIST, MANAGER, ANALYST = "user1", "user2", "user3", "user4", "user5"
ROOM = "Room 2"  # of the doctor


def set_up(session):
    noon_at = clock.now().hour - 12  # the zone's sign is that of POSIX: west is positive
    new = NewClinic("Lotus Clinic", f"Etc/GMT{noon_at:+d}" if noon_at else "Etc/UTC", "INR")
    users.set_up(session, new, "asha", "Asha Admin", PASSWORD)
    session.execute(update(Clinic).values(country="IN"))
    people = [
        a_user(session, role, name)
        for role, name in (
            (Role.RECEPTION, "Ravi Menon"),
            (Role.DOCTOR, "Dr Anjali Sen"),
            (Role.PHARMACIST, "Meera Pillai"),
            (Role.MANAGER, "Manoj Iyer"),
            (Role.ANALYST, "Anil Das"),
        )
    ]
    session.execute(update(User).values(must_change_password=False))
    return people[1]


def stock(session):
    """What a day needs, by the first word of its name."""
    names = ("Cetirizine 10 mg", "Azithromycin 500 mg", "Zinc 20 mg")
    found = [a_medicine(session, "Paracetamol 500 mg", price="2", unit="tablet", barcode=BARCODE, reorder_level=500)]
    found += [a_medicine(session, name, price="3", unit="tablet") for name in names]
    for medicine in found:
        a_batch(session, medicine, 200, received=str(clock.today()), expires=EXPIRES)
    return {medicine.name.split()[0]: medicine for medicine in found}


def visits_of_today(session, doctor, medicines):
    """Three to bill; one of a patient who comes again, with a prescription; a set that the doctor keeps."""
    for name in ("Bina Roy", "Chitra Nair", "Deepak Shah"):
        a_completed_visit(session, doctor, a_patient(session, name))
    asha = a_patient(session, "Asha Rao", age_years=34, allergies="Penicillin")
    visit = a_visit(session, doctor, asha)
    prescriptions.prescribe(session, doctor, visit.visit_id, [_item(medicines["Cetirizine"], "HS", 3)])
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    visits.complete(session, doctor, visit.visit_id)
    of_set = [_item(medicines["Azithromycin"], "OD", 3), _item(medicines["Zinc"], "OD", 14)]
    prescriptions.save_set(session, doctor, "urti", of_set)
    return asha


def _item(medicine, frequency, days):
    return ItemDetails(medicine.medicine_id, Decimal(1), frequency, days)


def queue_and_calendar(session, doctor, asha):
    admin, today = an_admin(session), clock.today()
    zeenat = a_patient(session, "Zeenat Khan", phone="9876501122", age_years=41)
    for patient in (asha, zeenat):
        token_queue.walk_in(session, admin, patient.patient_id, doctor.user_id)
    for name, phone in (("Meena Iyer", "9876543217"), ("Leela Das", "9876548899")):
        a_patient(session, name, phone=phone)
    a_slot(session, doctor, today, time(16))
    for starts, name, phone in ((time(15), "Vikram Nair", "9876544455"), (time(15, 30), "Usha Pillai", "9876546677")):
        patient = a_patient(session, name, phone=phone)
        scheduling.book(session, admin, a_slot(session, doctor, today, starts), patient.patient_id)


def paid_bills(session, medicine):
    """One to hand over medicines of, one to give money back of; their numbers."""
    medicines = an_invoice(session, (medicine, 10), paid=True, patient=a_patient(session, "Farah Ali"))
    certificate = an_invoice(session, paid=True, patient=a_patient(session, "Gopal Rao"))
    return medicines.number, certificate.number


def earlier(session, doctor):
    """Of a week there is less to tell than of a month: three were seen and paid, two of them ten days ago."""
    now = clock.now
    for name, days in (("Hari Prasad", 10), ("Indu Varma", 10), ("Jaya Menon", 3)):
        clock.now = lambda days=days: now() - timedelta(days=days)
        visit = a_completed_visit(session, doctor, a_patient(session, name))
        pay(session, billing.invoice_visit(session, an_admin(session), visit.visit_id))
    clock.now = now


def make():
    """The numbers of the bills that wait for somebody."""
    migrations.upgrade(stores.engine())
    with stores.transaction() as session:
        doctor = set_up(session)
    with stores.transaction() as session:  # the clock reads the clinic's zone as others see it
        earlier(session, doctor)
        medicines = stock(session)
        asha = visits_of_today(session, doctor, medicines)
        queue_and_calendar(session, doctor, asha)
        to_hand_over, to_give_back = paid_bills(session, medicines["Paracetamol"])
    return {"to_hand_over": to_hand_over, "to_give_back": to_give_back}
