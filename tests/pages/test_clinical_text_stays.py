"""No clinical text reaches a role without clinical rights.

A clinic is lived through with words that mean nothing else: in notes, their amendments and the reasons of both, drafts,
diagnoses, what was struck or reopened and why, papers, templates, the reason a visit was cancelled, a weight; in
directions, answered warnings and the reasons of cancelled prescriptions and of medicines brought back; in allergies and
conditions. Then they are looked for where each role can look: every page it may open, with the patient's card, bill and
search boxes; lists of data quality; searches; files to take away; the frames of reports and notebooks; what the web
server hands out; what workflows answer. And where nobody should find them: in the trail, in MongoDB's copy of it, in
the log of the program.

Reception records allergies and conditions and sees them; pharmacists read prescriptions. Answers of writes
(`idempotency_keys`) hold clinical text for two days; they are given to nobody but whoever sent the same form.
"""

import inspect
import logging
from datetime import date
from functools import partial

import pandas as pd
import pytest
from sqlalchemy import Text, select
from sqlalchemy.dialects.postgresql import JSONB
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import (
    analytics,
    auth,
    billing,
    clock,
    dispensing,
    documents,
    exports,
    logs,
    patient_file,
    patients,
    prescriptions,
    quality,
    recall,
    scheduling,
    token_queue,
    visits,
)
from core.errors import NotPermitted
from core.idempotency import KeyReused, once
from core.models import (
    AuditEvent,
    Base,
    Batch,
    DocumentKind,
    FavouriteDiagnosis,
    Invoice,
    MedicineSet,
    MedicineSetItem,
    User,
    clinical,
    prescribing,
)
from core.permissions import Permission, Role
from core.web.cookies import COOKIE
from pages.ui.catalogue import SCREENS
from pages.ui.server import ROUTES
from tests.etl.conftest import carry, mongo  # noqa: F401
from tests.factories import a_batch, a_medicine, a_patient, a_user, a_visit, pay
from tests.pages.telling_words import (
    KNOWN,
    MEASURED,
    ORDERED,
    UNEXPECTED,
    WRITTEN,
    a_signed_visit,
    be_refused,
    change_after_the_signature,
    come_to_nothing,
    hand_over,
    write,
)

pytestmark = pytest.mark.usefixtures("without_redis")
EVERYTHING = (WRITTEN, MEASURED, ORDERED, KNOWN)
OF_NOBODY = (MedicineSet, MedicineSetItem, FavouriteDiagnosis)  # what doctors keep at hand
UNSEEN = {
    Role.RECEPTION: (WRITTEN, MEASURED, ORDERED),
    Role.PHARMACIST: (WRITTEN, MEASURED, KNOWN),
    Role.MANAGER: EVERYTHING,
    Role.ANALYST: EVERYTHING,
}


@pytest.fixture
def asha(session, doctor, receptionist, admin, caplog):
    """One patient: a visit signed, amended, billed and served; one that came to nothing; one going on."""
    caplog.set_level(logging.DEBUG)
    warned_of, cetirizine = a_medicine(session, f"{KNOWN.title()}in 5 mg"), a_medicine(session, "Cetirizine 10 mg")
    a_batch(session, warned_of, 1000)
    card = a_patient(
        session, "Asha Quill", phone="9876543210", age_years=40,
        allergies=f"Dust, {KNOWN}", chronic_conditions=f"{KNOWN} asthma",
    )  # fmt: skip
    signed = a_signed_visit(session, doctor, card, [warned_of, cetirizine])
    change_after_the_signature(session, doctor, admin, signed)
    come_to_nothing(session, doctor, receptionist, card)
    hand_over(session, admin, pay(session, billing.invoice_visit(session, admin, signed.visit_id)))
    going_on = a_visit(session, doctor, card)
    write(session, doctor, going_on.visit_id, "draft")
    visits.save_template(session, doctor, f"{WRITTEN} short", f"{WRITTEN} template")
    be_refused(session, doctor, admin, signed.visit_id)
    session.flush()
    return card


def leaked(text, words):
    return [text[max(text.index(word) - 80, 0) :][:200] for word in words if word in text]


def drawn(page):
    """All that the browser is sent: texts, tables, figures, boxes with what is in them."""

    def sent(node):
        yield str(getattr(node, "proto", ""))
        for child in getattr(node, "children", {}).values():
            yield from sent(child)

    return " ".join([*sent(page._tree), *(table.value.to_csv() for table in page.dataframe)])


def test_whatever_can_be_written_of_a_patient_is_written_here(session, asha):
    """A new column of clinical text has to be looked for as well."""
    telling = [
        column
        for mapper in Base.registry.mappers
        if mapper.class_.__module__ in {clinical.__name__, prescribing.__name__} and mapper.class_ not in OF_NOBODY
        for column in mapper.local_table.columns
        if isinstance(column.type, Text | JSONB) and column.name not in {"code", "number", "frequency", "source"}
    ]
    planted = {str(column): str(session.scalars(select(column)).all()) for column in telling}

    assert len(planted) > 15
    assert [name for name, texts in planted.items() if not leaked(texts, EVERYTHING)] == []


@pytest.mark.parametrize("role", UNSEEN)
def test_no_page_shows_it(session, open_page, asha, carry, role):  # noqa: F811
    """Reports are the same for everybody: the manager looks at those of the analyst too."""
    carry()
    actor, looked_at = a_user(session, role), {Permission.ANALYSE} if role is Role.ANALYST else set()
    opened_with = {"patients": {"patient": asha.mrn}, "calendar": {"patient": asha.mrn}}
    opened_with |= {name: {"find": "Quill"} for name in ("cash", "counter")}
    mine = [screen.file for screen in SCREENS if screen.open_to(actor) and screen.permission not in looked_at]

    pages = {name: drawn(open_page(name, actor, opened_with.get(name))) for name in mine}

    assert {name: found for name, text in pages.items() if (found := leaked(text, UNSEEN[role]))} == {}


def test_no_workflow_answers_with_it(session, doctor, asha):
    """Where a role may ask at all; what a refusal says is looked at too."""
    (seen,), today = visits.history(session, doctor, asha.patient_id), (clock.today(),)
    prescribed = prescriptions.for_visit(session, doctor, seen.visit_id)
    of_visit = (visits.get, visits.draft, prescriptions.for_visit, documents.list_of_visit)
    of_patient = (visits.history, documents.list_of_patient, patients.details)
    of_patient += (scheduling.list_of_patient, token_queue.list_of_patient, billing.list_of_patient)
    of_patient += (patient_file.timeline, patients.survivor, patients.list_openings)
    asked = [(verb, (seen.visit_id,)) for verb in of_visit] + [(verb, (asha.patient_id,)) for verb in of_patient]
    asked += [(prescriptions.get, (prescribed.prescription_id,)), (patients.by_number, (asha.mrn,))]
    asked += [(billing.list_unbilled, ()), (dispensing.list_waiting, ())]
    asked += [(partial(dispensing.find_owing, until=clock.today()), ())]
    asked += [(dispensing.short_of, (invoice_id,)) for invoice_id in session.scalars(select(Invoice.id)).all()]
    asked += [(dispensing.find_handed_over, ("",)), (recall.recipients, (list(session.scalars(select(Batch.id))),))]
    asked += [(scheduling.list_appointments, today), (scheduling.list_reminders, today)]
    asked += [(quality.records, (check, 50)) for check in quality.CHECKS]

    for role, words in UNSEEN.items():
        actor = a_user(session, role)
        for verb, arguments in asked:
            assert leaked(answer(verb, session, actor, *arguments), words) == [], (role, verb)


def answer(verb, *arguments):
    try:
        return str(verb(*arguments))
    except NotPermitted as refusal:
        return str(refusal)


def test_nobody_is_found_by_it(session, receptionist, asha):
    assert patients.search(session, receptionist, "quill") == [asha]
    assert [patients.search(session, receptionist, word) for word in EVERYTHING] == [[]] * len(EVERYTHING)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN])
def test_no_file_carries_it_away(session, asha, role):
    actor, year = a_user(session, role), (date(2025, 1, 1), date(2025, 12, 31))

    lists = exports.available(actor)
    files = [exports.take(session, actor, known.name, *year, ".csv").as_file(".csv").decode() for known in lists]

    assert "Dr Sen" in " ".join(files)
    assert leaked(" ".join(files), EVERYTHING) == []


def test_no_frame_of_reports_and_notebooks_holds_it(asha, carry):  # noqa: F811
    carry()
    functions = {name: getattr(analytics, name) for name in set(analytics.__all__) - {"visits_with_names"}}
    answers = {name: read() for name, read in functions.items() if inspect.isfunction(read)}
    frames = {name: frame.to_csv() for name, frame in answers.items() if isinstance(frame, pd.DataFrame)}

    assert len(answers["visits"]) == 1
    assert leaked(" ".join(frames.values()), EVERYTHING) == []


def test_neither_the_trail_nor_the_log_holds_it(session, asha, carry, mongo, caplog):  # noqa: F811
    carry()
    trail = str([(event.event, event.changes) for event in session.scalars(select(AuditEvent))])
    written = [*caplog.get_records("setup"), *caplog.get_records("call")]
    log = "\n".join(map(logging.Formatter().format, filter(logs.fit, written)))

    assert "visit.cancelled" in trail
    assert UNEXPECTED in log
    assert leaked(trail + str(list(mongo.audit_logs.find())) + log, EVERYTHING) == []
    assert leaked(log, ("Quill", "9876543210", "Dr Sen")) == []
    unsifted = "\n".join(map(logging.Formatter().format, written))
    assert leaked(unsifted, ("Dr Sen",)), "what the drivers write at their lowest level would tell; it is not kept"


def test_the_web_server_hands_out_nothing_of_it(session, doctor, asha):
    """A prescription's paper goes to pharmacists, no other paper to anybody of these."""
    papers = documents.list_of_patient(session, doctor, asha.patient_id)
    assert {paper.kind for paper in papers} == set(DocumentKind)
    with TestClient(Starlette(routes=ROUTES)) as server:
        for role in UNSEEN:
            server.cookies.set(
                COOKIE, auth.open_session(session, session.get_one(User, a_user(session, role).user_id)).token
            )
            session.flush()
            for paper in papers:
                mine = role is Role.PHARMACIST and paper.kind is DocumentKind.PRESCRIPTION
                asked = [server.get(f"{paper.address}{how}") for how in ("", "/print")]
                open_to_all = [server.get(address) for address in ("/live/board", f"/genuine/{paper.code}")]

                assert {answer.status_code for answer in asked} <= ({200} if mine else {403, 404}), (role, paper.kind)
                assert leaked("".join(answer.text for answer in (*asked, *open_to_all)), UNSEEN[role]) == []


def test_the_answer_of_a_write_is_given_to_nobody_else(session, receptionist, doctor, asha):
    visit = visits.current(session, doctor, doctor.user_id)[0]
    once("a form", visits.add_note)(session, doctor, visit.visit_id, f"{WRITTEN} once")

    with pytest.raises(KeyReused) as refusal:
        once("a form", visits.add_note)(session, receptionist, visit.visit_id, f"{WRITTEN} once")

    assert WRITTEN not in str(refusal.value)
