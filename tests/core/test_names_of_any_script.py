"""A name of any script is kept, shown and found, however it is put together."""

import unicodedata

import pytest

from core import patients
from tests import factories

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
NAMES = [
    "लक्ष्मी शर्मा",
    "क\u094d\u200dष",  # with a joiner
    "திருநாவுக்கரசு",
    "മോഹന\u0d4d\u200d",  # a Malayalam end of word written with a joiner
    "বন্দ্যোপাধ্যায়",
    "علی\u200cرضا",  # Persian, parted without a space
    "محمد عبد الله",
    "יוסף כהן",
    "李小龍",
    "สมชาย ใจดี",
    "Nguyễn Thị Ánh",
    "İbrahim Ağaoğlu",
    "Ο Ωδή",
    "Jean-François d’Été",
    "O'Brien & Søn",
    "=1+1 Rao",
    "रमेश २",
    f"Asha {FAMILY}",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_any_script_is_kept_and_found_however_it_is_put_together(session, receptionist, name):
    """Typed whole or with loose accents, by its whole, its beginning, each of its words, in capitals."""
    card = factories.a_patient(session, unicodedata.normalize("NFD", name))
    assert card.name == unicodedata.normalize("NFC", name)

    letters = name.replace("\u200d", "") if FAMILY not in name else name
    for typed in (name, name.upper(), name[:3], letters, unicodedata.normalize("NFD", name), *name.split()):
        assert card in patients.search(session, receptionist, typed), typed


def test_what_looks_the_same_is_the_same_patient(session, receptionist):
    asha = factories.a_patient(session, "As\u200bha\u00a0 \u202aRao\u202c\u200e")

    assert asha.name == "Asha Rao"
    assert patients.search(session, receptionist, "\ufeffasha\u3000rao") == [asha]
