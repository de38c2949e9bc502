from decimal import Decimal
from random import Random

import pytest

from core import dosage
from core.models import Route
from core.prescriptions.typed import TypedLine, typed_line


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("para 500 1-0-1 5d pc", TypedLine("para 500", None, "1-0-1", 5, None, "after food")),
        ("amox 500 tds x 5 days", TypedLine("amox 500", None, "TDS", 5)),
        ("1 tab bd 3/7 para 500", TypedLine("para 500", Decimal(1), "BD", 3)),
        ("amox 250 mg/5 ml 5 ml q6h", TypedLine("amox 250 mg/5 ml", Decimal(5), "6H")),
        (
            "prednisolone 10 1/2 tab od ac 2w",
            TypedLine("prednisolone 10", Decimal("0.5"), "OD", 14, None, "before food"),
        ),
        ("para 500 2 tds sos", TypedLine("para 500", Decimal(2), "TDS", None, None, "when needed")),
        ("amlodipine 5 od 1 month", TypedLine("amlodipine 5", None, "OD", 30)),
        ("metf 500 2-0-2", TypedLine("metf 500", Decimal(2), "1-0-1")),
        ("warf 2-0-1 10d", TypedLine("warf", Decimal(1), "2-0-1", 10)),
        ("½-0-½ alprazolam 0.25", TypedLine("alprazolam 0.25", Decimal("0.5"), "1-0-1")),
        ("vit d 60000 once a week x 8 weeks", TypedLine("vit d 60000", None, "QW", 56)),
        ("inj ceftriaxone 1 g iv stat", TypedLine("ceftriaxone 1 g", None, "STAT", None, Route.INTRAVENOUS)),
        ("Ciplar LA 40 od", TypedLine("Ciplar LA 40", None, "OD")),
        (
            "moxi eye drops 2 drops qid both eyes 7d",
            TypedLine("moxi eye drops", Decimal(2), "QID", 7, Route.EYE, "both eyes"),
        ),
        ("amox 500 1-1-1 5d take all of it", TypedLine("amox 500", None, "1-1-1", 5, None, "take all of it")),
        ("T. telma 40 1—0—0 x 30", TypedLine("telma 40", None, "1-0-0", 30)),
        ("azee 500 od x3", TypedLine("azee 500", None, "OD", 3)),
        ("crocin 500 1 tab 6 hourly for 3 days", TypedLine("crocin 500", Decimal(1), "6H", 3)),
        ("candid cream la bd 2w", TypedLine("candid cream", None, "BD", 14, Route.TOPICAL)),
        ("diclo gel l/a bd", TypedLine("diclo gel", None, "BD", None, Route.TOPICAL)),
        ("Inderal LA od", TypedLine("Inderal LA", None, "OD")),
        ("urti", TypedLine("urti")),
        ("amlodipine 5", TypedLine("amlodipine 5")),
        ("", TypedLine("")),
    ],
)
def test_a_line_is_understood_as_doctors_type_it(typed, understood):
    assert typed_line(typed) == understood


def test_any_text_is_a_line_and_what_it_says_can_be_prescribed():
    pieces = [
        "1-0-1",
        "5 ml",
        "½",
        "1/2",
        "/",
        "-",
        "0",
        "99999999",
        "tds",
        "q99h",
        "x",
        "days",
        "pc",
        "eye",
        "iv",
        "\x1f",
    ]
    pieces += ["٣ days", "1.5.5 tab", "tab.", " ", "\0", "paracetamol", "9-9-9-9", "0-0-0", "3/7", "sl"]
    rng = Random(7)
    for _ in range(3_000):
        said = typed_line(rng.choice(["", " "]).join(rng.choices(pieces, k=rng.randint(1, 7))))
        assert said.dose is None or said.dose > 0
        assert said.frequency is None or dosage.frequency(said.frequency) == said.frequency
        assert "\x1f" not in said.words + said.instructions
