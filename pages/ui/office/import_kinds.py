"""What can be brought in: how it is read and written, how a row of it is shown, and the header of a file that fits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.called import called
from core.imports import batches, medicines, patients
from core.imports.batches import NamedDelivery
from core.imports.reading import Outcome, Reading
from core.imports.sheet import Aliases
from core.inventory import MedicineDetails
from core.patients import PatientDetails
from core.words import later, say, say_count
from pages.ui.show import clinic_day, money


@dataclass(frozen=True)
class Kind:
    """`title` is said when it is shown, `template` is the header of a file that fits, `numbered` whether the other
    program's numbers are kept. `button` and `came_in` say what is to be done, or was done, with so many rows.
    """

    name: str
    aliases: Aliases
    preview: Callable[..., Reading[Any]]
    save: Callable[..., Outcome]
    row: Callable[[Any], dict[str, object]]
    template: str
    numbered: bool
    title: str
    button: Callable[[int], str]
    came_in: Callable[[int], str]


def _patient(details: PatientDetails) -> dict[str, object]:
    age = "" if details.age_years is None else say("about {years} years", years=details.age_years)
    return {
        say("Name"): details.name,
        say("Sex"): called(details.sex),
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
        say("Form"): called(details.form),
        say("Strength"): details.strength,
        say("Unit"): details.unit,
        say("Price"): money(details.price),
        say("Reorder level"): details.reorder_level,
    }


def _batch(named: NamedDelivery) -> dict[str, object]:
    return {
        say("Medicine"): named.medicine,
        say("Batch"): named.delivery.number,
        say("Quantity"): named.delivery.quantity,
        say("Expires"): clinic_day(named.delivery.expires_on),
        say("Supplier"): named.delivery.supplier,
    }


_PATIENT_COLUMNS = "old_id,name,birth_date,age,sex,phone,address,city,next_of_kin,blood_group,allergies"
_MEDICINE_COLUMNS = "old_code,name,form,strength,generic,unit,price,reorder_level,tax_percent"
_BATCH_COLUMNS = "medicine,batch_number,expires_on,quantity,received_on,unit_cost,supplier,delivery_note"
KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            *("patients", patients.ALIASES, patients.preview, patients.save, _patient, _PATIENT_COLUMNS, True),
            later("Patients"),
            lambda count: say_count(count, "Import {count:,} patient", "Import {count:,} patients"),
            lambda count: say_count(count, "{count:,} patient came in", "{count:,} patients came in"),
        ),
        Kind(
            *("medicines", medicines.ALIASES, medicines.preview, medicines.save, _medicine, _MEDICINE_COLUMNS, True),
            later("Medicines"),
            lambda count: say_count(count, "Import {count:,} medicine", "Import {count:,} medicines"),
            lambda count: say_count(count, "{count:,} medicine came in", "{count:,} medicines came in"),
        ),
        Kind(
            *("batches", batches.ALIASES, batches.preview, batches.save, _batch, _BATCH_COLUMNS, False),
            later("Batches"),
            lambda count: say_count(count, "Import {count:,} batch", "Import {count:,} batches"),
            lambda count: say_count(count, "{count:,} batch came in", "{count:,} batches came in"),
        ),
    )
}
