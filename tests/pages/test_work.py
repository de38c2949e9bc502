import threading
from contextlib import contextmanager
from datetime import date, time, timedelta
from queue import Queue

import pytest
from sqlalchemy import select
from streamlit.runtime.scriptrunner_utils.exceptions import StopException
from streamlit.testing.v1 import AppTest

from core import audit, auth, clock, day_end, db, patients, scheduling, token_queue
from core.errors import ClinicError, NotPermitted
from core.models import AuditEvent, Patient, SignIn, User
from core.patients import PatientDetails, Sex
from core.permissions import Role
from core.web import background
from pages.ui import work
from pages.ui.catalogue import FOLDER
from pages.ui.session import looked_up
from tests.factories import a_user
from tests.statements import heard


def test_a_form_that_was_already_sent_with_other_contents_can_be_sent_again(session, receptionist, monkeypatch):
    state = {}
    monkeypatch.setattr(work.st, "session_state", state)
    monkeypatch.setattr(work, "current_actor", lambda: receptionist)
    key = work.form_key("register")
    work.act("register", patients.register, PatientDetails("Asha Rao", Sex.FEMALE))
    state["form:register"] = key  # the answer was lost on its way

    vikram = PatientDetails("Vikram Sen", Sex.MALE)
    with pytest.raises(ClinicError, match="already sent with other contents"):
        work.act("register", patients.register, vikram)

    assert work.act("register", patients.register, vikram).name == "Vikram Sen"


def test_a_click_on_what_is_not_theirs_is_kept_once_a_minute(session, doctor, frozen_clock, monkeypatch):
    token = auth.open_session(session, session.get_one(User, doctor.user_id)).token
    monkeypatch.setattr(work.st, "session_state", {"token": token})
    monkeypatch.setattr(work, "current_actor", lambda: doctor)
    for minute in (0, 0, 2):
        frozen_clock(minute=minute)
        with pytest.raises(NotPermitted):
            work.act("day", day_end.end_day, date(2025, 3, 1))

    kept = session.scalars(select(AuditEvent).where(AuditEvent.event == audit.REFUSED)).all()
    assert [event.changes for event in kept] == [{"wanted": [None, "day_end.end_day"]}] * 2
    assert {event.actor_id for event in kept} == {doctor.user_id}


def test_what_changes_the_calendar_is_told_to_every_open_screen(committed, monkeypatch):
    """Through a real Redis, once it is committed."""
    with db.transaction() as session:
        doctor, desk = a_user(session, Role.DOCTOR), a_user(session, Role.RECEPTION)
    monkeypatch.setattr(work.st, "session_state", {})
    monkeypatch.setattr(work, "current_actor", lambda: desk)
    topics, stopping = Queue(), threading.Event()
    listener = threading.Thread(target=token_queue.listen, args=(topics.put, stopping))
    listener.start()
    assert topics.get(timeout=10) == "queue"  # the listener stands

    day = date(2025, 3, 3)
    work.act("open", scheduling.open_slots, doctor.user_id, scheduling.SlotPlan(day, day, time(9), time(10), 15))

    assert topics.get(timeout=10) == "calendar"
    stopping.set()
    listener.join(timeout=10)


def test_a_page_redrawn_by_a_timer_does_not_prolong_the_session(session, admin, monkeypatch):
    monkeypatch.setattr(background, "start", lambda: None)
    token = auth.open_session(session, session.get_one(User, admin.user_id)).token
    sign_in = session.query(SignIn).one()
    sign_in.seen_at = earlier = clock.now() - timedelta(minutes=30)
    session.flush()
    frame = AppTest.from_file(str(FOLDER / "ui" / "main.py"), default_timeout=30)
    frame.session_state["token"], frame.session_state["by_timer"] = token, True

    frame.run()
    session.refresh(sign_in)
    assert sign_in.seen_at == earlier

    frame.run()
    session.refresh(sign_in)
    assert sign_in.seen_at == clock.now()


def test_a_run_of_a_screen_looks_up_once_whose_tab_it_is(session, admin, monkeypatch):
    monkeypatch.setattr(background, "start", lambda: None)
    frame = AppTest.from_file(str(FOLDER / "ui" / "main.py"), default_timeout=30)
    frame.session_state["token"] = auth.open_session(session, session.get_one(User, admin.user_id)).token
    session.flush()

    with look_ups(session) as sent:
        frame.run()

    assert frame.title[0].value == "Today"
    assert len(sent) == 1


def test_a_write_looks_up_again_what_the_run_began_with(session, receptionist, monkeypatch):
    token = auth.open_session(session, session.get_one(User, receptionist.user_id)).token
    session.flush()
    monkeypatch.setattr(work.st, "session_state", {"token": token, "user_id": receptionist.user_id})
    identity = auth.identify(session, token)

    def stop():
        raise StopException

    monkeypatch.setattr(work.st, "stop", stop)
    with looked_up(identity):
        assert work.current_actor() == receptionist
        auth.sign_out(session, token)
        session.flush()
        with pytest.raises(StopException):
            work.act("register", patients.register, PatientDetails("Asha Rao", Sex.FEMALE))

    assert not session.scalars(select(Patient)).all()


@contextmanager
def look_ups(session):
    """The statements that ask whose tab it is."""
    sent = []
    with heard(session, lambda statement, *_: "JOIN sign_ins" in statement and sent.append(statement)):
        yield sent
