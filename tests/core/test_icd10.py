import pytest

from core import icd10


@pytest.mark.parametrize("typed", ["J06.9", "j069", " J06.9 "])
def test_a_code_is_found_however_it_is_typed(typed):
    assert icd10.find(typed) == icd10.Code("J06.9", "Acute upper respiratory infection, unspecified")


@pytest.mark.parametrize("typed", ["", "X", "J06.97", "A00-A09", "XI", "fever", "É", "\0"])
def test_what_is_no_code_is_not_found(typed):
    assert icd10.find(typed) is None


def test_a_code_that_is_not_in_the_book_is_its_own_title():
    assert (icd10.title("I10"), icd10.title("X99.99")) == ("Essential (primary) hypertension", "X99.99")


def test_a_code_is_searched_by_its_beginning():
    assert [code.code for code in icd10.search("e11", limit=3)] == ["E11", "E11.0", "E11.1"]


def test_a_code_is_searched_by_words_in_any_order():
    assert icd10.search("respiratory upper acute")[0].code == "J06.9"
    assert "I10" in [code.code for code in icd10.search("hypertension primary")]


@pytest.mark.parametrize("term", ["", "   ", "zzz", "\0"])
def test_what_fits_no_code_finds_none(term):
    assert icd10.search(term) == []
