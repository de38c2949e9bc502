import pytest

from core.papers import TokenSlip, token_slip

SLIP = {"clinic": "Lotus Clinic", "number": 12, "doctor": "Dr Sen", "room": "Room 3", "wait": "", "moment": "10:00"}


@pytest.mark.parametrize(
    "name",
    ["Asha Rao", "लक्ष्मी राव", "சுந்தர்", "李娜", "محمد", "😀", '#panic("no") $x$ *b* <a> @b', "a\x00b\\", "x" * 300, ""],
)
def test_any_name_stands_on_the_slip_as_text(name):
    assert token_slip(TokenSlip(patient=name, **SLIP)).startswith(b"%PDF-")
