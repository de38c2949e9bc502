"""What the database keeps in capitals has a word for people."""

from enum import StrEnum

import pytest

from core import models
from core.called import called
from core.permissions import Role

NAMED = (
    *(Role, models.Sex, models.Priority, models.PaymentMethod, models.MedicineForm, models.Route, models.LineKind),
    models.MovementReason,
)


@pytest.mark.parametrize("kind", NAMED)
def test_every_one_has_a_word_of_its_own(kind: type[StrEnum]) -> None:
    words = [called(one) for one in kind]
    assert all(word[0].isupper() for word in words)
    assert len(set(words)) == len(words)


def test_the_way_to_pay_that_is_an_abbreviation_stays_one() -> None:
    assert called(models.PaymentMethod.UPI) == "UPI"
    assert called(models.PaymentMethod.CASH) == "Cash"
