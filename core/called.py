"""What people call what the database keeps in capitals: roles, sexes, priorities, ways to pay, forms, routes, …

Keyed by the names of classes, so that everybody may ask, the lowest module too. States have a colour and an icon as
well and stand in pages/ui/show.py.
"""

from enum import StrEnum

from core.words import later, say

_WORDS: dict[str, dict[str, str]] = {
    "Role": {
        "ADMIN": later("Administrator"),
        "DOCTOR": later("Doctor"),
        "PHARMACIST": later("Pharmacist"),
        "RECEPTION": later("Reception"),
        "MANAGER": later("Manager"),
        "ANALYST": later("Analyst"),
    },
    "Sex": {
        "FEMALE": later("Female"),
        "MALE": later("Male"),
        "OTHER": later("Other"),
        "UNKNOWN": later("Unknown"),
    },
    "Priority": {
        "NORMAL": later("Normal"),
        "ELDERLY": later("Elderly"),
        "PREGNANT": later("Pregnant"),
        "CHILD": later("Child"),
        "EMERGENCY": later("Emergency"),
    },
    "PaymentMethod": {
        "CASH": later("Cash"),
        "CARD": later("Card"),
        "UPI": later("UPI"),
        "TRANSFER": later("Transfer"),
        "INSURANCE": later("Insurance"),
        "ADVANCE": later("Advance"),
    },
    "MedicineForm": {
        "TABLET": later("Tablet"),
        "CAPSULE": later("Capsule"),
        "SYRUP": later("Syrup"),
        "DROPS": later("Drops"),
        "CREAM": later("Cream"),
        "INJECTION": later("Injection"),
        "INHALER": later("Inhaler"),
        "SACHET": later("Sachet"),
        "SUPPOSITORY": later("Suppository"),
        "OTHER": later("Other"),
    },
    "Route": {
        "ORAL": later("Oral"),
        "TOPICAL": later("Topical"),
        "INHALED": later("Inhaled"),
        "NASAL": later("Nasal"),
        "EYE": later("Eye"),
        "EAR": later("Ear"),
        "RECTAL": later("Rectal"),
        "VAGINAL": later("Vaginal"),
        "SUBLINGUAL": later("Sublingual"),
        "INTRAMUSCULAR": later("Intramuscular"),
        "INTRAVENOUS": later("Intravenous"),
        "SUBCUTANEOUS": later("Subcutaneous"),
    },
    "LineKind": {
        "CONSULTATION": later("Consultation"),
        "SERVICE": later("Service"),
        "MEDICINE": later("Medicine"),
        "OTHER": later("Other"),
    },
    "MovementReason": {
        "RECEIVED": later("Received"),
        "DISPENSED": later("Handed over"),
        "RETURNED": later("Came back"),
        "ADJUSTED": later("Corrected"),
        "EXPIRED": later("Expired"),
        "WRITTEN_OFF": later("Written off"),
        "TRANSFERRED": later("Handed on"),
        "SENT_BACK": later("Sent back"),
    },
}


def called(one: StrEnum) -> str:
    """Its word, in the reader's language, with a capital; inside a sentence `called(…).lower()`."""
    return say(in_english(one))


def in_english(one: StrEnum) -> str:
    """The same word as files have it, for whatever reads them."""
    return _WORDS[type(one).__name__][one.value]
