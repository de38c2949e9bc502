"""What can be brought in: how it is read and written, how a row of it is shown, and the header of a file that fits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.imports import batches, medicines, patients
from core.imports.batches import NamedDelivery
from core.imports.reading import Outcome, Reading
from core.imports.sheet import Aliases
from core.inventory import MedicineDetails
from core.patients import PatientDetails
from core.words import say
from pages.ui.show import clinic_day, money


@dataclass(frozen=True)
class Kind:
    """`template` is the header of a file that fits, `numbered` whether the other program's numbers are kept."""

    name: str
    aliases: Aliases
    preview: Callable[..., Reading[Any]]
    save: Callable[..., Outcome]
    row: Callable[[Any], dict[str, object]]
    template: str
    numbered: bool


def _patient(details: PatientDetails) -> dict[str, object]:
    age = "" if details.age_years is None else f"~{details.age_years} y"
    return {
        say("Name"): details.name,
        say("Sex"): details.sex.capitalize(),
        say("Born"): clinic_day(details.birth_date) or age,
        say("Phone"): details.phone,
        say("Address"): details.address,
        say("Next of kin"): details.next_of_kin,
        say("Blood group"): details.blood_group,
        say("Allergies"): details.allergies,
    }


def _medicine(details: MedicineDetails) -> dict[str, object]:
    return {
        say("Name"): details.name,
        say("Form"): details.form.capitalize(),
        say("Strength"): details.strength,
        say("Unit"): details.unit,
        say("Price"): money(details.price),
        say("Reorder level"): details.reorder_level,
    }


def _batch(named: NamedDelivery) -> dict[str, object]:
    return {
        say("Medicine"): named.medicine,
        say("Batch"): named.delivery.number,
        say("Left"): named.delivery.quantity,
        say("Expires"): clinic_day(named.delivery.expires_on),
        say("Supplier"): named.delivery.supplier,
    }


_PATIENT_COLUMNS = "old_id,name,birth_date,age,sex,phone,address,city,next_of_kin,blood_group,allergies"
_MEDICINE_COLUMNS = "old_code,name,form,strength,generic,unit,price,reorder_level,tax_percent"
_BATCH_COLUMNS = "medicine,batch_number,expires_on,quantity,received_on,unit_cost,supplier,delivery_note"
KINDS = {
    kind.name: kind
    for kind in (
        Kind("patients", patients.ALIASES, patients.preview, patients.save, _patient, _PATIENT_COLUMNS, True),
        Kind("medicines", medicines.ALIASES, medicines.preview, medicines.save, _medicine, _MEDICINE_COLUMNS, True),
        Kind("batches", batches.ALIASES, batches.preview, batches.save, _batch, _BATCH_COLUMNS, False),
    )
}
