from core import prescriptions
from tests.factories import an_item


def amend(session, doctor, issued, amoxicillin, **details):
    items = [an_item(session, amoxicillin, **details)]
    return prescriptions.amend(session, doctor, issued.prescription_id, items, "Five days were too short")
