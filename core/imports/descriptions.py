"""What a medicine's one-line description says: "Acetazolamide 250mg Tab" is a tablet of 250 mg, Acetazolamide.

Words decide the form, then the strength; nothing is guessed beyond that ("Haloperidol 5mg" has no form).
"""

import re
from dataclasses import dataclass

from core.models import MedicineForm

F = MedicineForm

# The first that is found counts: "eye ointment" before "eye", "Susp/ Drops" are drops.
_FORMS: tuple[tuple[str, MedicineForm, str], ...] = (
    (r"inhalers?|innhaler|puffs?", F.INHALER, "inhaler"),
    (r"pessar(?:y|ies)", F.SUPPOSITORY, "pessary"),
    (r"supp(?:os)?(?:itor(?:y|ies))?s?", F.SUPPOSITORY, "suppository"),
    (r"rectal tubes?", F.SUPPOSITORY, "rectal tube"),
    (r"sachets?|oral rehydration salts?|ors", F.SACHET, "sachet"),
    (r"lotions?", F.CREAM, "bottle"),
    (r"creams?|oi?nt?ments?|(?<!ultrasound )gel|paste", F.CREAM, "tube"),
    (r"drops?", F.DROPS, "bottle"),
    (r"tab(?:let)?s?|dispersible", F.TABLET, "tablet"),
    (r"cap(?:sule)?s?", F.CAPSULE, "capsule"),
    (r"amp(?:oule|ul)?s?", F.INJECTION, "ampoule"),
    (r"vials?", F.INJECTION, "vial"),
    (r"cart?ridges?|cat?ridges?", F.INJECTION, "cartridge"),
    (r"iv|infusion", F.INJECTION, "bottle"),
    (r"(?<!for )inj(?:ection)?s?", F.INJECTION, "vial"),
    (r"syrup|syr|susp(?:ension)?|elixir|linctus|oral sol(?:ution)?", F.SYRUP, "bottle"),
)
_PATTERNS = tuple((re.compile(rf"(?<![a-z])(?:{words})(?![a-z])"), form, unit) for words, form, unit in _FORMS)
_BY_VOLUME = {F.SYRUP, F.DROPS, F.CREAM}

_UNIT = r"(?:mcg|µg|mg|miu|iu|meq|mmol|%|g(?![a-z]))"
_NUMBER = r"\d+(?:[.,]\d+)*"
_STRENGTH = re.compile(
    rf"(?<![\w.,])({_NUMBER}(?:\s?[/+]\s?{_NUMBER})*)\s?({_UNIT})(?:\s?base)?(\s?/\s?\d*\s?(?:ml|g|dose)(?![a-z]))?",
    re.I,
)
_CONCENTRATION = re.compile(rf"{_NUMBER}\s?{_UNIT}\s?/\s?\d*\s?(?:ml|g)|{_NUMBER}\s?%", re.I)
_SIZE = re.compile(rf"(?<![\w./,])({_NUMBER})\s?(ml|ltrs?|l|g|kg)(?![a-z])", re.I)
_GENERIC = re.compile(r"[^\W\d][^\d,(!]*?(?=\s*(?:\d|,|\(|!|$))")
_TIMES = {"ml": 1, "l": 1000, "ltr": 1000, "ltrs": 1000, "g": 1, "kg": 1000}
_LIQUID_DOSE = re.compile(r"/\s?5\s?ml", re.I)
_INJECTED_DOSE = re.compile(r"(?:mg|mcg|iu)(?:\s?base)?\s?/\s?ml", re.I)


@dataclass(frozen=True)
class Described:
    """`form` is None where the description names none; `pack_size` as in MedicineDetails."""

    form: MedicineForm | None
    unit: str
    strength: str = ""
    pack_size: int = 1
    generic: str = ""


NO_MEDICINE = Described(form=F.OTHER, unit="piece")


def read(description: str) -> Described:
    form, unit = _form(description)
    strengths = _strengths(description, form)
    return Described(
        form=form,
        unit=unit,
        strength=" + ".join(strengths)[:60],
        pack_size=_pack_size(description) if form in _BY_VOLUME else 1,
        generic=_generic(description)[:200] if (form or strengths) and len(strengths) < 2 else "",
    )


def _form(description: str) -> tuple[MedicineForm | None, str]:
    words = description.casefold()
    for pattern, form, unit in _PATTERNS:
        if pattern.search(words):
            return form, unit
    if _LIQUID_DOSE.search(words):  # 120mg/5ml is how a syrup is dosed, 40mg/ml an injection
        return F.SYRUP, "bottle"
    if _INJECTED_DOSE.search(words):
        return F.INJECTION, "ampoule"
    return None, "piece"


def _strengths(description: str, form: MedicineForm | None) -> list[str]:
    """As written but for spaces. The grams of a tube of cream are its size."""
    strengths = []
    for number, unit, per in _STRENGTH.findall(description):
        if unit != "%" and not per and (form is F.CREAM or (form is None and unit.casefold() == "g")):
            continue
        amount = re.sub(r"\s", "", number) + ("" if unit == "%" else " ")
        per = re.sub(r"/(\d+)", r"/\1 ", re.sub(r"\s", "", per))
        strengths.append(amount + (unit.upper() if unit.casefold() in {"iu", "miu"} else unit.lower()) + per)
    return strengths


def _pack_size(description: str) -> int:
    """Millilitres or grams in the pack, 1 where they are not given as one whole number."""
    sizes = _SIZE.findall(_CONCENTRATION.sub(" ", description))
    if not sizes:
        return 1
    number, unit = sizes[-1]
    size = float(number.replace(",", ".")) * _TIMES[unit.casefold()]
    return int(size) if size == int(size) and size >= 1 else 1


def _generic(description: str) -> str:
    """The words before the strength, without the form; "" where a second substance follows."""
    match = _GENERIC.match(description)
    words = match[0] if match else ""
    if any(not _names_a_form(word) for word in re.findall(r"[^\W\d]{6,}", description[len(words) :].casefold())):
        return ""
    for pattern, _, _ in _PATTERNS:
        words = re.sub(pattern.pattern, " ", words, flags=re.I)
    words = re.sub(r"\b(?:eye|ear|nasal|oral)\b", " ", words, flags=re.I)
    return " ".join(re.sub(r"\s*/\s*", "/", words).split()).strip(" /+-")


def _names_a_form(word: str) -> bool:
    return any(pattern.search(word) for pattern, _, _ in _PATTERNS)
