from datetime import date

import pytest

from core import billing, inventory
from core.errors import Invalid
from core.inventory import BarcodeTaken, barcodes
from core.inventory.barcodes import Printed
from tests.factories import a_batch, a_medicine

GTIN = "8901234567890"
EXPIRY = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        (GTIN, Printed(GTIN)),
        ("0" + GTIN, Printed(GTIN)),
        ("96385074", Printed("96385074")),
        ("]E0" + GTIN, Printed(GTIN)),
        (f"010{GTIN}1726123110AB12", Printed(GTIN, "AB12", EXPIRY)),
        (f"]d2\x1d010{GTIN}1726120010AB12\x1d21SERIAL", Printed(GTIN, "AB12", EXPIRY)),
        (f"(01)0{GTIN}(17)261231(10)AB12", Printed(GTIN, "AB12", EXPIRY)),
        ("1726123110AB12", Printed("", "AB12", EXPIRY)),
        # The separator got lost: it stood before the expiry.
        (f"010{GTIN}10AB1217261231", Printed(GTIN, "AB12", EXPIRY)),
        (f"010{GTIN}21SERIAL1726123110AB12", Printed(GTIN, "AB12", EXPIRY)),
        # No code of GS1: the number of a batch, though it may look like a part of one, or like an article's.
        ("10AB12", Printed(number="10AB12")),
        ("8901234567891", Printed(number="8901234567891")),
        ("  AMX-1 ", Printed(number="AMX-1")),
        ("", Printed()),
    ],
)
def test_a_code_is_read_as_it_is_printed(code, printed):
    assert barcodes.read(code) == printed


def test_a_code_whose_check_digit_does_not_fit_is_refused():
    with pytest.raises(Invalid, match="read wrong"):
        barcodes.read("01089012345678911726123110AB12")


def test_a_scan_finds_medicine_and_batch(session, pharmacist):
    medicine = a_medicine(session, barcode=f"0{GTIN}")
    batch = a_batch(session, medicine, 10, number="AB12")
    a_batch(session, a_medicine(session, "Cetirizine 10 mg"), 10, number="AB12", shares_number=True)

    scan = inventory.scanned(session, pharmacist, f"010{GTIN}1726123110ab12")

    assert (scan.medicine.name, scan.batch, scan.expires_on) == (medicine.name, batch, EXPIRY)
    assert inventory.scanned(session, pharmacist, GTIN).batches == ()


def test_a_batch_number_of_two_medicines_names_both_and_chooses_none(session, pharmacist):
    for name in ("Amoxicillin 500 mg", "Cetirizine 10 mg"):
        a_batch(session, a_medicine(session, name), 10, number="AB12", shares_number=True)

    scan = inventory.scanned(session, pharmacist, "ab12")

    assert (len(scan.batches), scan.batch, scan.medicine) == (2, None, None)


def test_digits_of_an_article_may_be_a_batch_number_too(session, pharmacist):
    batch = a_batch(session, a_medicine(session), 10, number="96385074")

    assert inventory.scanned(session, pharmacist, "96385074").batch == batch


def test_an_unknown_code_is_given_to_a_medicine_once(session, pharmacist):
    medicine, other = a_medicine(session), a_medicine(session, "Cetirizine 10 mg")
    scan = inventory.scanned(session, pharmacist, f"010{GTIN}1726123110AB12")
    assert not scan.is_known

    inventory.give_barcode(session, pharmacist, medicine.medicine_id, scan.barcode)

    assert inventory.scanned(session, pharmacist, GTIN).medicine.name == medicine.name
    with pytest.raises(BarcodeTaken, match="already that of Amoxicillin 500 mg"):
        inventory.give_barcode(session, pharmacist, other.medicine_id, GTIN)


def test_a_barcode_that_was_typed_wrong_is_refused(session, pharmacist):
    with pytest.raises(Invalid, match="last must fit"):
        a_medicine(session, barcode="8901234567891")


def test_a_pack_is_scanned_wherever_a_medicine_is_looked_for(session, pharmacist, receptionist):
    medicine = a_medicine(session, barcode=GTIN)
    a_medicine(session, "Cetirizine 10 mg")
    pack = f"010{GTIN}1726123110AB12"

    assert inventory.search_medicines(session, pharmacist, pack) == [medicine]
    assert [price.name for price in billing.search_prices(session, receptionist, pack)] == [medicine.name]
