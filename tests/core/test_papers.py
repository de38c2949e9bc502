"""The papers themselves: any script, any length, on both sizes."""

import re
from base64 import b64decode
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader

from core import words
from core.papers import (
    Bearer,
    Column,
    Label,
    Labels,
    Letterhead,
    Line,
    ListPaper,
    Note,
    PrescriptionPaper,
    RecallLetter,
    RecallLetters,
    Sheet,
    SickNotePaper,
    TokenSlip,
    VisitSummaryPaper,
    as_html,
    as_pdf,
    list_paper,
    token_slip,
    typesetting,
)
from core.papers.fixed_words import WORDS

SLIP = {"clinic": "Lotus Clinic", "number": 12, "doctor": "Dr Sen", "room": "Room 3", "wait": "", "moment": "10:00"}
LETTERHEAD = Letterhead("Lotus Clinic", "12 Lake Road", "080 4123", "Dr Sen", "MBBS", "", "KMC 48213", "Room 3")
ASHA = Bearer("Asha Rao", (("Age", "34 y"), ("Date", "1 Mar 2025")), "Peanuts")
CAPSULES = Line("Amoxicillin 500 mg", "", "1 capsule, twice a day, for 5 days", "10 capsules")
ADDRESS = "https://lotus.example/genuine/abcdefghijklmnopqrstuv"
A4 = Sheet("A4", ADDRESS)
NAMES = [
    *("Asha Rao", "लक्ष्मी राव", "சுந்தர்", "লক্ষ্মী", "లక్ష్మి", "李娜", "محمد", "שרה", "😀"),
    *('#panic("no") $x$ *b* <a> @b', "a\x00b\\", "x" * 300, ""),
]


def pages(pdf):
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def fonts(pdf):
    found = [font for page in PdfReader(BytesIO(pdf)).pages for font in page["/Resources"]["/Font"].values()]
    return " ".join(str(font.get_object()["/BaseFont"]) for font in found)


@pytest.fixture
def bare_machine(monkeypatch):
    """One without any font of its own."""
    own = typst.Fonts(include_system_fonts=False, font_paths=typesetting.font_folders())
    monkeypatch.setattr(typesetting, "fonts", lambda: own)


@pytest.mark.parametrize("name", NAMES)
def test_any_name_stands_on_every_paper_as_text(name):
    letterhead, bearer = replace(LETTERHEAD, doctor=name), Bearer(name, (("Age", name),), name)
    sheet = Sheet("A5", ADDRESS)
    made = [
        token_slip(TokenSlip(patient=name, **SLIP)),
        as_pdf(PrescriptionPaper(letterhead, bearer, "RX-1", (Line(name, name, name, name),), name), sheet),
        as_pdf(VisitSummaryPaper(letterhead, bearer, ((name, name),), (), (Note(name, name),), ()), sheet),
        as_pdf(SickNotePaper(letterhead, bearer, "is ill.", name, name), sheet),
        as_pdf(Labels((Label(name, name, name, name, name, name, name, name),)), Sheet(Labels.SIZE)),
        as_pdf(RecallLetters(letterhead, name, name, (RecallLetter(name, name, ((name,) * 5,)),)), sheet),
    ]

    assert all(pdf.startswith(b"%PDF-") for pdf in made)


def test_a_label_has_one_page_of_its_size_however_much_stands_on_it():
    short = Label("Lotus Clinic", "Asha Rao", "Zinc 20 mg", "", "5 tablets", "ZN-1", "31 May 2026", "1 Mar 2025")
    much = replace(short, patient="Lakshmi " * 12, medicine="Amoxicillin " * 8, words="shake well before use, " * 12)
    pdf = as_pdf(Labels((short, much)), Sheet(Labels.SIZE))

    assert [page.count("Batch ZN-1 Use by 31 May 2026") for page in pages(pdf)] == [1, 1]
    assert "shake well before use, " * 11 in pages(pdf)[1]
    size = PdfReader(BytesIO(pdf)).pages[1].mediabox
    assert (round(size.width / 72 * 25.4), round(size.height / 72 * 25.4)) == (70, 35)
    assert "size: 70mm 99" in as_html(Labels((short,)), Sheet(Labels.SIZE), "Labels")


@pytest.mark.parametrize(("size", "width_mm"), [("A4", 210), ("A5", 148)])
def test_many_medicines_go_on_over_pages_that_say_whose_they_are(size, width_mm):
    paper = PrescriptionPaper(LETTERHEAD, ASHA, "RX-000012", (CAPSULES,) * 30)
    pdf = as_pdf(paper, Sheet(size, ADDRESS))

    [first, *_, last] = seen = pages(pdf)

    assert first.startswith("Lotus Clinic")
    assert f"Page 1 of {len(seen)}" in first
    assert last.startswith("Asha Rao · Prescription RX-000012 · Lotus Clinic")
    assert "Scan to check" in last
    assert all("MEDICINE AND HOW TO TAKE IT" in page for page in seen if "Amoxicillin" in page)
    assert sum(page.count("10 capsules") for page in seen) == 30
    assert round(PdfReader(BytesIO(pdf)).pages[0].mediabox.width / 72 * 25.4) == width_mm


def test_the_pictures_for_the_printer_show_the_code(bare_machine):
    """A browser draws an SVG in an SVG only if it names its namespace."""
    [page] = re.findall(r'base64,([^"]+)', as_html(PrescriptionPaper(LETTERHEAD, ASHA, "RX-1", (CAPSULES,)), A4, "x"))
    [code] = re.findall(r'href="data:image/svg\+xml;base64,([^"]+)', b64decode(page).decode())

    assert b64decode(code).startswith(b'<svg xmlns="http://www.w3.org/2000/svg"')


def test_a_paper_taken_back_says_so_across_every_page():
    paper = PrescriptionPaper(LETTERHEAD, ASHA, "RX-000012", (CAPSULES,) * 30)

    assert all("CANCELLED" in page for page in pages(as_pdf(paper, Sheet("A5", ADDRESS, "Cancelled"))))


@pytest.mark.parametrize(
    ("script", "letters"),
    [
        ("Tamil", "சாப்பாட்டிற்கு"),
        ("Telugu", "భోజనం"),
        ("HindSiliguri", "খাবারের"),
        ("Arabic", "بعد الأكل"),
    ],
)
def test_scripts_have_letters_of_their_own_on_every_machine(script, letters, bare_machine):
    pdf = as_pdf(SickNotePaper(LETTERHEAD, ASHA, "is ill.", remark=letters), Sheet("A4", ADDRESS))

    assert script in fonts(pdf)


def test_a_list_has_its_heads_on_every_page_and_any_name_as_text():
    columns = (Column("Medicine", 2), Column("Batch", 1), Column("Counted", 0, to_the_right=True))
    rows = tuple((name, f"B{number}" * 9, "") for number in range(10) for name in NAMES[-4:])
    paper = ListPaper("Lotus Clinic", "Count sheet ST-1", (("Counted", "*everything*"),), columns, rows, tall=True)

    made = pages(list_paper(paper))

    assert len(made) > 1
    assert all("Medicine Batch Counted" in page and f"of {len(made)}" in page for page in made)
    assert "*everything*" in made[0]
    assert '#panic("no")' in made[0]


def test_a_name_in_the_title_stays_text():
    assert "<title>Day close &lt;b&gt;</title>" in as_html(Labels(()), Sheet(Labels.SIZE), "Day close <b>")


def test_the_words_of_the_templates_are_those_that_can_be_translated():
    templates = "".join(file.read_text() for file in Path(typesetting.__file__).parent.glob("*.typ"))
    assert set(re.findall(r'said\("([^"]+)"', templates)) <= set(WORDS)
    assert [word for word in WORDS if f'"{word}"' not in templates] == []


def test_a_paper_stays_in_the_language_of_whoever_printed_it(monkeypatch, bare_machine):
    forms = {"To whom it may concern.": ("जिससे भी संबंधित हो,",), "Page {page} of {pages}": ("पृष्ठ {page} / {pages}",)}
    monkeypatch.setattr(words, "_tongue", lambda language: words._Tongue(forms, lambda count: 0))
    paper = SickNotePaper(LETTERHEAD, ASHA, "is ill.")
    with words.read_in("hi"):
        sheet = Sheet("A4", ADDRESS)
    made = as_pdf(paper, sheet)  # read by nobody that is known
    (page,) = pages(made)
    assert "To whom" not in page
    assert "1 / 1" in page
    assert "To whom it may concern." in pages(as_pdf(paper, A4))[0]
