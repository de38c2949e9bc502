"""What a doctor wrote as FHIR Dosage, for every frequency and route there is."""

from decimal import Decimal

import pytest
from fhir.resources.R4B.dosage import Dosage

from core import dosage
from core.api.fhir.dosages import REPEATS, ROUTES, dosages
from core.dosage import Directions
from core.models import MedicineForm, Route


def written(frequency, dose="1", form=MedicineForm.TABLET, unit="tablet", route=Route.ORAL):
    made = dosages(Directions(Decimal(dose), form, unit, route, frequency, 5, "after food"))
    for one in made:
        Dosage.model_validate(one)
    return made


def repeat(frequency):
    [one] = written(frequency)
    return {name: value for name, value in one["timing"]["repeat"].items() if name != "boundsDuration"}


def test_every_frequency_and_route_is_told():
    assert REPEATS.keys() == dosage.FREQUENCIES.keys()
    assert ROUTES.keys() == set(Route)
    for frequency in dosage.FREQUENCIES:
        written(frequency)


@pytest.mark.parametrize(
    "frequency", [*(each for each in dosage.FREQUENCIES if each != "STAT"), "6H", "1-0-1", "½-0-1"]
)
def test_programs_count_as_many_doses_as_the_counter(frequency):
    """On a day on which it is taken; what is taken when needed says no number."""
    doses = Decimal(0)
    for one in written(frequency):
        told = one["timing"]["repeat"]
        per_period = Decimal(told.get("frequency", 1)) * (24 / Decimal(told["period"]) if frequency == "6H" else 1)
        doses += per_period * one["doseAndRate"][0]["doseQuantity"]["value"]
        assert one.get("asNeededBoolean", False) == (frequency == "SOS")

    assert doses == Decimal(float(dosage.per_day(frequency)))


def test_hours_weeks_at_once_and_when_needed():
    assert repeat("6H") == {"frequency": 1, "period": 6, "periodUnit": "h"}
    assert repeat("QW") == {"frequency": 1, "period": 1, "periodUnit": "wk"}
    assert written("STAT")[0]["timing"] == {"repeat": {"count": 1}}
    assert repeat("SOS") == {}


def test_unlike_doses_of_a_day_are_one_dosage_each():
    morning, night = written("1-0-2")

    assert [one["timing"]["repeat"]["when"] for one in (morning, night)] == [["MORN"], ["NIGHT"]]
    assert [one["doseAndRate"][0]["doseQuantity"]["value"] for one in (morning, night)] == [1, 2]
    assert repeat("1-0-0-1") == {"frequency": 2, "period": 1, "periodUnit": "d", "when": ["MORN", "HS"]}


def test_a_syrup_is_measured_and_drops_are_counted():
    [syrup] = written("OD", "7.5", MedicineForm.SYRUP, "bottle")
    [drops] = written("OD", "2", MedicineForm.DROPS, "bottle", Route.EYE)
    [tablet] = written("OD", "0.5")

    assert syrup["doseAndRate"][0]["doseQuantity"] == {
        **{"value": Decimal("7.5"), "unit": "ml", "system": "http://unitsofmeasure.org", "code": "mL"},
    }
    assert drops["doseAndRate"][0]["doseQuantity"] == {"value": 2, "unit": "drop"}
    assert tablet["doseAndRate"][0]["doseQuantity"] == {"value": Decimal("0.5"), "unit": "tablet"}
