from time import perf_counter

import pytest

from core import icd10
from core.icd10.everyday import EVERYDAY

GOAL_MS = 5


def found(term, limit=6, before=()):
    return [code.code for code in icd10.search(term, limit, before)]


@pytest.mark.parametrize("typed", ["J06.9", "j069", " J06.9 "])
def test_a_code_is_found_however_it_is_typed(typed):
    assert icd10.find(typed) == icd10.Code("J06.9", "Acute upper respiratory infection, unspecified")


@pytest.mark.parametrize("typed", ["", "X", "J06.97", "A00-A09", "XI", "fever", "É", "\0"])
def test_what_is_no_code_is_not_found(typed):
    assert icd10.find(typed) is None


def test_a_code_that_is_not_in_the_book_is_its_own_title():
    assert (icd10.title("I10"), icd10.title("X99.99")) == ("Essential (primary) hypertension", "X99.99")


def test_a_code_is_searched_by_its_beginning():
    assert found("e11", limit=3) == ["E11", "E11.0", "E11.1"]
    assert found("J06.9", limit=1) == ["J06.9"]


def test_a_diagnosis_is_searched_by_words_in_any_order():
    assert found("respiratory upper acute")[0] == "J06.9"
    assert "I10" in found("primary hypert")


def test_beginnings_of_words_come_before_middles():
    begins = [" cystitis" in f" {code.title.casefold()}" for code in icd10.search("cystitis", 100)]

    assert begins == sorted(begins, reverse=True)
    assert len(set(begins)) == 2


@pytest.mark.parametrize(
    ("said", "code"),
    [
        *(("sugar", "E11"), ("BP", "I10"), ("cold", "J00"), ("fever", "R50.9"), ("heart attack", "I21.9")),
        *(("TB", "A15"), ("UTI", "N39.0"), ("piles", "K64.9"), ("kidney stone", "N20.0"), ("cough", "R05")),
        *(("sugar pregnancy", "O24.4"), ("cancer breast", "C50"), ("loose motions", "A09")),
    ],
)
def test_a_diagnosis_is_found_by_what_people_call_it(said, code):
    assert code in found(said)[:2]


def test_every_everyday_word_stands_beside_a_code_of_the_book():
    assert [line for line in EVERYDAY.strip().splitlines() if not icd10.find(line.split()[0])] == []


@pytest.mark.parametrize(
    ("british", "american"), [("diarrhoea", "diarrhea"), ("anaemia", "anemia"), ("oesophag", "esophag")]
)
def test_both_spellings_of_english_find_the_same(british, american):
    assert found(british) == found(american) != []


@pytest.mark.parametrize(
    ("slip", "code"),
    [("pnuemonia", "J18.9"), ("diabetis mellitis", "E11"), ("hypertention", "I10"), ("migrane", "G43")],
)
def test_a_slip_of_one_letter_in_a_word_is_forgiven(slip, code):
    assert code in found(slip)


def test_what_is_coded_often_comes_first_among_what_fits_alike():
    assert found("hypertension", before=["I15.9", "J00"])[:2] == ["I15.9", "I10"]
    assert found("e11", before=["E11.9"])[:2] == ["E11", "E11.9"]
    assert "J00" not in found("hypertension", before=["I15.9", "J00"])


@pytest.mark.parametrize("term", ["", "   ", "zzz", "\0", "sugar zzz", "!?"])
def test_what_fits_no_code_finds_none(term):
    assert icd10.search(term) == []


def test_searching_is_instant():
    """Every title's longest word, letter by letter: most of all that can be typed."""
    words = sorted({max(code.title.casefold().split(), key=len) for code in icd10.search("unspecified", 300)})[:60]
    icd10.warm_up()
    took = []
    for typed in [word[:length] for word in words for length in range(1, len(word) + 1)]:
        began = perf_counter()
        icd10.search(typed, 8)
        took.append((perf_counter() - began) * 1000)

    assert sorted(took)[int(len(took) * 0.95)] < 4 * GOAL_MS  # the tests run on a machine with other work
