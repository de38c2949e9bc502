"""A file of another program over the API: taken, or refused in a sentence."""

import pytest

from core.imports.sheet import MOST_BYTES
from tests.imports.files import csv_of

pytestmark = pytest.mark.usefixtures("without_redis")
ADDRESS = "/api/patients/import"


@pytest.fixture
def desk(as_one, admin):
    return as_one(admin)


def sent(client, data, **headers):
    return client.post(ADDRESS, files={"file": ("patients.csv", data, "text/csv")}, headers=headers)


def of_size(size):
    """A hundred patients, with a column nobody asked for that makes the file so large."""
    cell = b"x" * (size // 101)
    data = b"name,remark\r\n" + b"".join(b"Patient %d,%s\r\n" % (n, cell) for n in range(100))
    return data + b"Last," + b"x" * (size - len(data) - 7) + b"\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16"])
def test_a_file_comes_in_once_in_any_usual_encoding(desk, encoding):
    data = csv_of("name,sex", "Zoë Müller,F", "José,M", encoding=encoding)
    first, again = (sent(desk, data, **{"idempotency-key": "one"}) for _ in range(2))
    assert first.status_code == again.status_code == 201, first.text
    assert first.json() == again.json()
    assert first.json()["added"] == 2
    assert [card["name"] for card in desk.get("/api/patients").json()["items"]] == ["Zoë Müller", "José"]
    other = sent(desk, csv_of("name,sex", "Zoë Mueller,F"), **{"idempotency-key": "one"})
    assert (other.status_code, other.json()["type"]) == (422, "/api/problems#key-reused")


def test_what_cannot_be_taken_is_told_line_by_line(desk):
    outcome = sent(desk, csv_of("name,birth_date", "Asha,1990-04-03", "Vikram,tomorrow")).json()
    assert (outcome["rows"], outcome["added"]) == (2, 1)
    assert [(found["line"], found["column"]) for found in outcome["rejected"]] == [(3, "birth_date")]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7\n\xff\xfe\x00", "This is no text but a picture, a PDF"),
        (b"PK\x03\x04\xff\xff", "This is a workbook"),
        (b"\xff\xfe\x00", "The file"),
        (b"colour,size\r\nred,4\r\n", "The file has no column for the name"),
    ],
)
def test_a_file_that_is_no_list_of_patients_is_refused_in_a_sentence(desk, data, sentence):
    answer = sent(desk, data)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"].startswith(sentence)
    assert answer.json()["errors"][0]["pointer"] == "#/file"


def test_a_file_of_ten_megabytes_comes_in_and_a_larger_one_is_refused(desk):
    largest = of_size(MOST_BYTES)
    assert len(largest) == MOST_BYTES
    taken = sent(desk, largest)
    assert taken.status_code == 201, taken.text
    assert taken.json()["added"] == taken.json()["rows"] == 101

    larger = sent(desk, largest + b"\r\n")
    assert larger.status_code == 422
    assert larger.json()["detail"].startswith("The file is too large")
    assert sent(desk, largest + b" " * 2_000_000).status_code == 413


def test_only_administrators_bring_files_in(as_one, stranger, receptionist):
    data = csv_of("name", "Asha")
    assert sent(stranger, data).status_code == 401
    assert sent(as_one(receptionist), data).status_code == 403


def test_without_a_file_there_is_nothing_to_take(desk):
    assert desk.post(ADDRESS, files={"other": ("a.csv", b"name", "text/csv")}).status_code == 422
    assert desk.post(ADDRESS, json={"file": "name"}).status_code == 422
    torn = {"content-type": "multipart/form-data; boundary=x"}
    assert desk.post(ADDRESS, content=b"no form", headers=torn).status_code == 400
