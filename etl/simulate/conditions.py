"""What people come with: ICD-10 codes, whom and when they befall, and what is prescribed for them."""

from decimal import Decimal
from typing import NamedTuple

from core.models import Sex

_RAINS, _WINTER, _SUMMER = frozenset({6, 7, 8, 9}), frozenset({11, 12, 1, 2}), frozenset({3, 4, 5, 6})
_ALWAYS: frozenset[int] = frozenset()


class Given(NamedTuple):
    """One medicine (its key in the formulary), given in this share of cases."""

    medicine: str
    dose: str
    frequency: str
    days: int
    chance: float = 1.0
    instructions: str = ""

    @property
    def amount(self) -> Decimal:
        return Decimal(self.dose)


class Condition(NamedTuple):
    """`weight` is how often it comes; in the months of its season two and a half times as often.

    `fever` in °C above normal, `pace` how much longer than usual the visit takes, `again` days until the follow-up.
    """

    code: str
    weight: float
    ages: tuple[int, int]
    adult: tuple[Given, ...]
    child: tuple[Given, ...] = ()
    season: frozenset[int] = _ALWAYS
    sex: Sex | None = None
    fever: float = 0.0
    pace: float = 1.0
    again: int = 0


_PAIN = Given("paracetamol", "1", "TDS", 3, instructions="after food")
_PAIN_CHILD = Given("paracetamol syrup", "5", "TDS", 3)
_RESCUE = Given("salbutamol", "2", "SOS", 30)
_STOMACH = Given("pantoprazole", "1", "OD", 5, 0.5, "before breakfast")
_SALTS = Given("rehydration salts", "1", "TDS", 2, instructions="in one litre of boiled water")

ACUTE = (
    Condition("J06.9", 16, (0, 99), (_PAIN, Given("cetirizine", "1", "HS", 5)),
              (_PAIN_CHILD, Given("cetirizine syrup", "5", "HS", 5)), _WINTER | _RAINS, fever=0.9, pace=0.8),
    Condition("J20.9", 6, (1, 99), (Given("ambroxol", "5", "TDS", 5), Given("azithromycin", "1", "OD", 3, 0.4)),
              (Given("ambroxol", "2.5", "TDS", 5), Given("azithromycin syrup", "5", "OD", 3, 0.4)), _WINTER, fever=0.7),
    Condition("J02.9", 7, (3, 70), (_PAIN, Given("amoxicillin", "1", "TDS", 5, 0.6)),
              (_PAIN_CHILD, Given("amoxicillin syrup", "5", "TDS", 5, 0.6)), _WINTER, fever=1.3, pace=0.8),
    Condition("J01.9", 3, (12, 75), (Given("co-amoxiclav", "1", "BD", 7), Given("xylometazoline", "2", "BD", 5)),
              season=_WINTER, fever=0.6),
    Condition("J30.4", 5, (4, 70), (Given("levocetirizine", "1", "HS", 14), Given("montelukast", "1", "HS", 14, 0.5)),
              (Given("cetirizine syrup", "5", "HS", 10),), _WINTER),
    Condition("H66.9", 3, (1, 40), (Given("amoxicillin", "1", "TDS", 7), _PAIN),
              (Given("amoxicillin syrup", "5", "TDS", 7), _PAIN_CHILD), _RAINS, fever=1.0),
    Condition("H60.9", 2, (5, 70), (Given("ofloxacin ear", "3", "BD", 7),), (Given("ofloxacin ear", "2", "BD", 7),),
              _RAINS),
    Condition("H10.9", 4, (1, 80), (Given("moxifloxacin eye", "1", "QID", 5),), (Given("moxifloxacin eye", "1",
              "QID", 5),),
              _RAINS, pace=0.7),
    Condition("A09.9", 7, (0, 99), (_SALTS, Given("ondansetron", "1", "BD", 2, 0.6),
              Given("loperamide", "1", "SOS", 2, 0.3), Given("azithromycin", "1", "OD", 3, 0.5)),
              (_SALTS, Given("zinc", "1", "OD", 14)), _RAINS | _SUMMER, fever=0.5),
    Condition("K29.7", 6, (16, 90), (Given("omeprazole", "1", "OD", 14, instructions="before breakfast"),
              Given("antacid", "10", "TDS", 5, 0.5)), again=14),
    Condition("K21.9", 4, (20, 90), (Given("pantoprazole", "1", "OD", 14, instructions="before breakfast"),
              Given("domperidone", "1", "TDS", 7, 0.6), Given("ondansetron", "1", "SOS", 3, 0.3)), again=28),
    Condition("K59.0", 2, (2, 90), (Given("lactulose", "15", "HS", 10),), (Given("lactulose", "5", "HS", 7),)),
    Condition("R10.4", 3, (6, 80), (Given("dicycloverine", "1", "TDS", 3), _STOMACH), (_PAIN_CHILD,), pace=1.2),
    Condition("N39.0", 5, (12, 90), (Given("nitrofurantoin", "1", "BD", 5, instructions="with food"), _PAIN),
              season=_SUMMER, sex=Sex.FEMALE, fever=0.8, again=7),
    Condition("A01.0", 2, (5, 60), (Given("cefixime", "1", "BD", 10), Given("azithromycin", "1",
              "OD", 7, 0.4), Given("ondansetron", "1", "BD", 3, 0.5), _PAIN), (Given("azithromycin syrup", "5", "OD",
              7),
              _PAIN_CHILD), _RAINS, fever=1.9, pace=1.2, again=7),
    Condition("A97.9", 2, (3, 75), (_PAIN, _SALTS), (_PAIN_CHILD, _SALTS), _RAINS, fever=2.0, pace=1.2, again=3),
    Condition("B34.9", 7, (0, 99), (_PAIN,), (_PAIN_CHILD,), _RAINS | _WINTER, fever=1.4, pace=0.8),
    Condition("J18.9", 1.5, (0, 99), (Given("co-amoxiclav", "1", "BD", 7), Given("ambroxol", "5", "TDS", 5), _PAIN),
              (Given("amoxicillin syrup", "5", "TDS", 7), _PAIN_CHILD), _WINTER, fever=1.8, pace=1.4, again=5),
    Condition("M54.5", 6, (18, 90), (Given("diclofenac", "1", "BD", 5, instructions="after food"), _STOMACH,
              Given("diclofenac gel", "2", "BD", 7, 0.5), Given("tramadol", "1", "BD", 3, 0.15)), again=14),
    Condition("M25.5", 4, (25, 95), (Given("naproxen", "1", "BD", 7, instructions="after food"), _STOMACH,
              Given("prednisolone", "1", "OD", 5, 0.25, "after breakfast"),
              Given("diclofenac gel", "2", "BD", 7, 0.4)), again=21),
    Condition("S93.4", 2, (8, 60), (Given("ibuprofen", "1", "TDS", 5, instructions="after food"),
              Given("diclofenac gel", "2", "TDS", 7)), (Given("ibuprofen syrup", "7.5", "TDS", 3),)),
    Condition("G43.9", 3, (15, 60), (Given("sumatriptan", "1", "SOS", 4), Given("naproxen", "1", "SOS", 5, 0.6)),
              pace=1.3, again=28),
    Condition("G44.2", 3, (12, 70), (_PAIN, Given("amitriptyline", "1", "HS", 14, 0.3))),
    Condition("B35.4", 5, (4, 80), (Given("clotrimazole", "1", "BD", 21), Given("fluconazole", "1", "STAT", 1, 0.5)),
              (Given("clotrimazole", "1", "BD", 21),), _RAINS | _SUMMER, pace=0.7, again=21),
    Condition("L30.9", 4, (0, 90), (Given("hydrocortisone", "1", "BD", 10), Given("levocetirizine", "1", "HS", 7, 0.7)),
              (Given("hydrocortisone", "0.5", "BD", 7),), pace=0.8),
    Condition("L01.0", 2, (1, 25), (Given("mupirocin", "0.5", "BD", 7),), (Given("mupirocin", "0.5", "BD", 7),),
              _SUMMER),
    Condition("B86", 2, (1, 80), (Given("permethrin", "30", "STAT", 1), Given("cetirizine", "1", "HS", 7)),
              (Given("permethrin", "15", "STAT", 1),), _WINTER),
    Condition("L70.0", 2, (13, 32), (Given("doxycycline", "1", "OD", 28, 0.7),), again=42),
    Condition("B77.9", 2, (2, 16), (Given("albendazole", "1", "STAT", 1),), (Given("albendazole", "1", "STAT", 1),)),
    Condition("D50.9", 4, (12, 60), (Given("iron", "1", "OD", 30, instructions="on an empty stomach"),), sex=Sex.FEMALE,
              again=30),
    Condition("E55.9", 4, (18, 90), (Given("vitamin d", "1", "STAT", 1), Given("calcium", "1", "OD", 30))),
    Condition("N94.6", 2, (13, 45), (Given("ibuprofen", "1", "TDS", 3, instructions="after food"),), sex=Sex.FEMALE),
    Condition("B02.9", 0.7, (40, 95), (Given("aciclovir", "2", "QID", 7), _PAIN), again=7),
    Condition("H04.1", 1.5, (40, 95), (Given("carmellose eye", "1", "QID", 30),)),
    Condition("T78.4", 1.5, (3, 70), (Given("prednisolone", "1", "BD", 3), Given("levocetirizine", "1", "HS", 5)),
              (Given("cetirizine syrup", "5", "HS", 5),), pace=1.1),
)  # fmt: skip

# Once somebody has one of these, they come for it again and again. `weight` is the share of people over 60 who do.
CHRONIC = (
    Condition("I10", 0.36, (32, 99), (Given("amlodipine", "1", "OD", 30), Given("telmisartan", "1", "OD", 30, 0.6),
              Given("hydrochlorothiazide", "1", "OD", 30, 0.2)), pace=1.1, again=30),
    Condition("E11.9", 0.28, (32, 99), (Given("metformin", "1", "BD", 30, instructions="with food"),
              Given("glimepiride", "1", "OD", 30, 0.5), Given("sitagliptin", "1", "OD", 30, 0.25)), pace=1.2, again=30),
    Condition("E78.5", 0.20, (38, 99), (Given("atorvastatin", "1", "HS", 30),), again=60),
    Condition("I25.9", 0.09, (48, 99), (Given("aspirin", "1", "OD", 30, instructions="after food"),
              Given("atenolol", "1", "OD", 30)), pace=1.3, again=30),
    Condition("J45.9", 0.07, (5, 99), (_RESCUE, Given("budesonide", "1", "BD", 60)), (_RESCUE,), _WINTER, pace=1.2,
              again=45),
    Condition("E03.9", 0.11, (22, 99), (Given("levothyroxine", "1", "OD", 60, instructions="on an empty stomach"),),
              sex=Sex.FEMALE, again=60),
    Condition("M17.9", 0.16, (50, 99), (Given("paracetamol", "1", "TDS", 10), Given("calcium", "1", "OD", 30),
              Given("diclofenac gel", "2", "BD", 14, 0.5), Given("naproxen", "1", "BD", 7, 0.4, "after food")),
              again=45),
)  # fmt: skip

# As the front desk writes them down.
SAID = {
    "I10": "Hypertension",
    "E11.9": "Diabetes",
    "E78.5": "High cholesterol",
    "I25.9": "Heart disease",
    "J45.9": "Asthma",
    "E03.9": "Thyroid",
    "M17.9": "Knee arthrosis",
}
