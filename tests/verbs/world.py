"""A clinic at work, from which an example takes what its verb needs.

Everything is known by its id and made by running the workflows, in a transaction that is rolled back as well as in one
that is committed: nothing here relies on an empty database, on the frozen clock, or on what another example left.
"""

import uuid
from datetime import time as clock_time
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from core import billing, clock, documents, patients, prescriptions, scheduling, token_queue, users, visits
from core.billing import LineDetails, PaymentMethod
from core.models import Clinic, Sex, Slot, Token, TokenState, User, Visit, VisitState
from core.patients import PatientDetails
from core.permissions import Actor, Role
from core.prescriptions import ItemDetails
from core.users import DoctorDetails, NewUser
from tests import factories
from tests.verbs.given import WHY, fresh
from tests.verbs.shelves import Shelves


class World(Shelves):
    """One user of each role, and ways to make what a verb needs. Attributes and answers are ids or frozen records.

    `times` is how many items, lines or rows an example has of what it may have several of.
    """

    times = 1

    def __init__(self, session):
        self.session = session
        if session.get(Clinic, 1) is None:
            factories.set_up(session)
        self.actors = {role: self._there(role) for role in Role}
        self.other_doctor = self._there(Role.DOCTOR, besides=self.doctor.user_id)

    def _there(self, role, besides=0):
        """The first of a role who works here, or a new one."""
        works = (User.role == role, User.disabled_at.is_(None), User.id != besides)
        user = self.session.scalar(select(User).where(*works).order_by(User.id).limit(1))
        return Actor(user.id, user.name, user.role) if user else self.another(role)

    def another(self, role, name=None):
        """A new colleague (Actor)."""
        name = name or fresh(role.title())
        fees = DoctorDetails(Decimal(500), Decimal(200), room="Room 1") if role is Role.DOCTOR else None
        new = NewUser(f"u{uuid.uuid4().hex[:12]}", name, role, factories.PASSWORD, fees)
        return Actor(users.add(self.session, factories.an_admin(self.session), new), name, role)

    @property
    def admin(self):
        return self.actors[Role.ADMIN]

    @property
    def doctor(self):
        return self.actors[Role.DOCTOR]

    @property
    def cashier(self):
        return self.actors[Role.RECEPTION]

    @property
    def pharmacist(self):
        return self.actors[Role.PHARMACIST]

    @property
    def today(self):
        return clock.today()

    def day(self, days):
        return self.today + timedelta(days=days)

    # People

    def typed(self, **details):
        return PatientDetails(**{"name": fresh("Asha Rao"), "sex": Sex.FEMALE, **details})

    def patient(self, **details):
        return patients.register(self.session, self.admin, self.typed(**details)).patient_id

    def merged(self):
        """What a merge was (MergeRecord)."""
        return patients.merge(self.session, self.admin, self.patient(), self.patient())

    def archived(self):
        patient_id = self.patient()
        patients.archive(self.session, self.admin, patient_id)
        return patient_id

    # Appointments and the queue

    def slot(self, doctor=None):
        """A free half hour on a day of its own, of which the doctor has no other slots."""
        doctor_id = (doctor or self.doctor).user_id
        last = self.session.scalar(select(func.max(Slot.starts_at)).where(Slot.doctor_id == doctor_id))
        day = max(clock.day_of(last), self.today) + timedelta(days=1) if last else self.day(1)
        plan = scheduling.SlotPlan(day, day, clock_time(9), clock_time(9, 30), slot_minutes=30)
        scheduling.open_slots(self.session, self.admin, doctor_id, plan)
        return scheduling.list_slots(self.session, self.admin, day, doctor_id)[0].slot_id

    def booked(self, patient_id=None):
        """An appointment of a day to come (AppointmentRecord)."""
        return scheduling.book(self.session, self.admin, self.slot(), patient_id or self.patient())

    def booked_today(self, ago=timedelta()):
        """An appointment in a slot that began a while ago, or now (its id)."""
        appointment = self.booked()
        slot = self.session.get_one(Slot, self.session.scalar(_slot_of(appointment.appointment_id)))
        gap = timedelta(seconds=self.session.scalar(select(func.count(Slot.id))))
        slot.starts_at = clock.now() - ago - timedelta(hours=1) + gap
        slot.ends_at = slot.starts_at + timedelta(milliseconds=500)
        self.session.flush()
        return appointment.appointment_id

    def wish(self):
        """An entry on the waiting list of a day that has no slots."""
        far = self.day(300)
        entry = scheduling.add_to_list(self.session, self.admin, self.patient(), None, far)
        return entry.entry_id

    def waits(self, doctor=None):
        """A token in the doctor's queue (its id)."""
        doctor_id = (doctor or self.doctor).user_id
        return token_queue.walk_in(self.session, self.admin, self.patient(), doctor_id).token_id

    def waited_for(self):
        """A token in the queue of another doctor, who is free."""
        self._free(self.other_doctor)
        return self.waits(self.other_doctor), self.other_doctor.user_id

    def called(self):
        """A token that the doctor has just called."""
        self._free(self.doctor)
        token_id = self.waits()
        token_queue.call(self.session, self.doctor, token_id, self.doctor.user_id)
        return token_id

    def skipped(self):
        token_id = self.called()
        token_queue.skip(self.session, self.doctor, token_id)
        return token_id

    def _free(self, doctor):
        """Whoever sits with the doctor leaves first."""
        sitting = select(Token.id).where(Token.doctor_id == doctor.user_id, Token.state == TokenState.CALLED)
        for token_id in self.session.scalars(sitting).all():
            still = (Visit.token_id == token_id, Visit.state == VisitState.OPEN)
            if visit_id := self.session.scalar(select(Visit.id).where(*still)):
                visits.add_note(self.session, doctor, visit_id, "Left")
                visits.complete(self.session, doctor, visit_id)
            else:
                token_queue.finish(self.session, doctor, token_id)

    # The room

    def visit(self):
        """An open visit of the doctor."""
        return visits.start(self.session, self.doctor, self.called()).visit_id

    def signed(self):
        """A visit that is completed, with a diagnosis."""
        visit_id = self.visit()
        visits.add_diagnosis(self.session, self.doctor, visit_id, "J06.9")
        visits.complete(self.session, self.doctor, visit_id)
        return visit_id

    def patient_of(self, visit_id):
        return self.session.scalar(select(Visit.patient_id).where(Visit.id == visit_id))

    def note(self):
        return visits.add_note(self.session, self.doctor, self.visit(), "As it was").note_id

    def item(self, **details):
        usual = {"dose": Decimal(1), "frequency": "TDS", "duration_days": 5, "instructions": "after food"}
        medicine_id = details.pop("medicine_id", None) or self.on_shelf()
        return ItemDetails(medicine_id, **(usual | details))

    def items(self):
        return self.several(self.item)

    def several(self, make):
        """What an example has several of: `make()` as often."""
        return [make() for _ in range(self.times)]

    def prescribed(self, visit_id=None):
        """A prescription in an open visit (PrescriptionRecord)."""
        return prescriptions.prescribe(self.session, self.doctor, visit_id or self.visit(), self.items())

    def medicine_set(self, **kwargs):
        by = self.admin if kwargs.get("shared") else self.doctor
        return prescriptions.save_set(self.session, by, fresh("Cold"), self.items(), **kwargs).set_id

    def template(self):
        return visits.save_template(self.session, self.doctor, fresh("Fever"), "Since: ").template_id

    def paper(self):
        """A sick note of a signed visit (DocumentRecord)."""
        return documents.sick_note(self.session, self.doctor, self.signed(), self.today, self.today)

    # Money

    def service(self):
        details = billing.ServiceDetails(fresh("Dressing"), Decimal(100), Decimal(0))
        return billing.add_service(self.session, self.admin, details).service_id

    def bill(self, *medicines, paid=False, **kwargs):
        """A bill by hand for a certificate and three of each medicine (InvoiceRecord)."""
        lines = [LineDetails("Certificate", unit_price=Decimal(300))]
        lines += [LineDetails(medicine_id=medicine_id, quantity=3) for medicine_id in medicines]
        patient_id = kwargs.get("patient_id") or self.patient()
        bill = billing.invoice_by_hand(self.session, self.admin, patient_id, lines)
        return billing.pay(self.session, self.admin, bill.invoice_id, bill.due, PaymentMethod.CASH) if paid else bill

    def billed_visit(self):
        """The bill of a signed visit in which something was prescribed (InvoiceRecord)."""
        prescribed = self.prescribed()
        visit_id = prescribed.visit_id
        visits.add_note(self.session, self.doctor, visit_id, "Cold")
        visits.complete(self.session, self.doctor, visit_id)
        return billing.invoice_visit(self.session, self.admin, visit_id)

    def outdated(self, *, paid=False):
        """A bill whose prescription was changed since, perhaps after it was paid (its id)."""
        bill = self.billed_visit()
        if paid:
            billing.pay(self.session, self.admin, bill.invoice_id, bill.due, PaymentMethod.CASH)
        prescription = prescriptions.for_visit(self.session, self.doctor, bill.visit_id)
        prescriptions.amend(self.session, self.doctor, prescription.prescription_id, self.items(), WHY)
        return bill.invoice_id

    def with_advance(self):
        patient_id = self.patient()
        billing.receive_advance(self.session, self.admin, patient_id, Decimal(50), PaymentMethod.CASH)
        return patient_id


def _slot_of(appointment_id):
    from core.models import Appointment

    return select(Appointment.slot_id).where(Appointment.id == appointment_id)
