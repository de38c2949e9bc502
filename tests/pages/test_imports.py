import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.imports import sheet
from core.models import Patient
from core.permissions import Role
from pages.ui.office import import_job
from pages.ui.one_at_a_time import Job, OneAtATime
from tests.factories import a_patient, a_user
from tests.imports.files import csv_of

FILE = csv_of("old_id,name,dob", "1,Asha Rao,1990-09-03", "2,Ravi Sen,2090-01-01", "3,=1+1 Sen,1980-01-01")


@pytest.fixture
def page(open_page, admin, monkeypatch):
    monkeypatch.setattr(import_job, "WAITED_SECONDS", 30)  # the test's one connection is used by one thread at a time
    monkeypatch.setattr(import_job.imports, "job", None)
    return open_page("imports", admin)


def upload(page, data, name="patients.csv"):
    page.file_uploader[0].set_value((name, data, "text/csv")).run()
    assert not page.exception, page.exception
    return page


def buttons(page):
    return [button for button in page.button if button.label.startswith("Import ")]


def metrics(page):
    return {metric.label: metric.value for metric in page.metric}


def count(session):
    return session.scalar(select(func.count()).select_from(Patient))


def test_a_file_is_looked_at_before_anything_is_written(session, page):
    upload(page, FILE)

    assert metrics(page) == {"Rows": "3", "Will come in": "2", "Already here": "0", "Refused": "1"}
    first, refused = page.dataframe[0].value, page.dataframe[1].value
    assert first["Name"].tolist() == ["Asha Rao", "'=1+1 Sen"]
    assert refused.loc[0].tolist() == [3, "dob", "The birth date is in the future.", "2090-01-01"]
    assert buttons(page)[0].label == "Import 2 patients"
    assert count(session) == 0


def test_it_comes_in_once_and_the_same_file_again_adds_nothing(session, page):
    upload(page, FILE)
    clicked = page._tree.get_widget_states()
    buttons(page)[0].click()
    twice = page._tree.get_widget_states()
    for states in (twice, twice, clicked):
        page._run(states)
        assert not page.exception, page.exception

    assert count(session) == 2
    assert any("2 patients came in" in text.value for text in page.markdown)
    upload(page, FILE)
    assert not buttons(page)
    assert count(session) == 2
    assert metrics(page)["Already here"] == "2"


def test_who_may_be_on_record_already_is_told_and_can_be_left_out(session, page):
    asha = a_patient(session, "Asha Rao", phone="98765 43210")
    upload(page, csv_of("name,phone", "Aasha Rao,98765 43210", "Ravi Sen,98765 43210"))

    assert buttons(page)[0].label == "Import 2 patients"
    assert page.dataframe[1].value["Reason"].tolist() == [
        f"perhaps the same person as {asha.mrn}: name spelt alike and phone"
    ]
    page.toggle[0].set_value(True).run()
    buttons(page)[0].click().run()
    assert session.scalars(select(Patient.name).order_by(Patient.id)).all() == ["Asha Rao", "Ravi Sen"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04", "This is a workbook, not a CSV file."),
        (b"ward\r\n3\r\n", "The file has no column for the name"),
        (b'name\r\n"' + b"x" * 200_000, "The file cannot be read from line 2 on"),
        (bytes(range(11, 256)) * 40, "The file has no column for the name"),
    ],
)
def test_a_wrong_file_is_refused_in_words(session, page, data, sentence):
    upload(page, data)

    assert page.error[0].value.replace("\\", "").startswith(sentence)
    assert count(session) == 0


def test_while_an_import_is_at_work_everybody_sees_how_far_it_is(session, admin, open_page, monkeypatch):
    job = import_job.Job("form", replace(admin, user_id=admin.user_id + 1), "patients", FILE, done=1, of=4)
    monkeypatch.setattr(import_job.imports, "job", job)
    page = open_page("imports", admin)

    assert page.get("progress")[0].proto.text == "1 of 4 rows …"
    assert page.caption[0].value.startswith("Asha Admin began this.")
    assert not page.file_uploader


def test_only_the_administrator_imports(session, open_page):
    for role in set(Role) - {Role.ADMIN}:
        page = open_page("imports", a_user(session, role))
        assert page.error[0].value.endswith("you may not import records.")


def test_the_server_takes_a_file_as_large_as_the_importer_does():
    config = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())

    assert config["server"]["maxUploadSize"] == sheet.MOST_MEGABYTES


def test_closing_an_old_result_leaves_a_newer_one():
    imports = OneAtATime[Job]("test", "It failed.")
    first, second = Job(), Job()
    for job in (first, second):
        imports.begin(job, lambda _: None).join()

    imports.forget(first)
    assert imports.ended() is second
    imports.forget(second)
    assert imports.ended() is None
