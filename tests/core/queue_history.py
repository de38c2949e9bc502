"""Past mornings of a queue, written past the workflow, from which waits are learned."""

from datetime import date, time, timedelta

from core import clock
from core.models import Token, TokenState
from tests.factories import a_patient

TODAY = date(2025, 3, 1)


def seen(day, number, doctor, patient_id, **changes):
    """Of twelve who come every five minutes from nine o'clock, and are called every ten."""
    nine = clock.at(day, time(9))
    values = {
        "issued_on": day,
        "number": number + 1,
        "patient_id": patient_id,
        "doctor_id": doctor.user_id,
        "state": TokenState.FINISHED,
        "place": nine + timedelta(minutes=5 * number),
        "issued_at": nine + timedelta(minutes=5 * number),
        "called_at": nine + timedelta(minutes=10 * number),
        "finished_at": nine + timedelta(minutes=10 * number + 9),
    }
    return Token(**(values | changes))


def past(session, doctor, days=14, **changes):
    """Mornings of twelve patients up to yesterday. Hundreds of tokens, so they are written past the workflow."""
    patient = a_patient(session, "Regular").patient_id
    for before in range(days, 0, -1):
        day = TODAY - timedelta(days=before)
        session.add_all([seen(day, number, doctor, patient, **changes) for number in range(12)])
    session.flush()
