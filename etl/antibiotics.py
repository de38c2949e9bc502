"""Which medicines are antibiotics: ATC group J01, by the substances and classes of the formulary."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import formulary
from core.models import Medicine, Route

# Swallowed or injected: drops and creams belong to other groups.
SYSTEMIC = (Route.ORAL, Route.INTRAMUSCULAR, Route.INTRAVENOUS, Route.SUBCUTANEOUS)
_CLASSES = frozenset({"penicillin", "cephalosporin", "macrolide", "quinolone", "tetracycline", "nitroimidazole"})
_OTHERS = frozenset(
    {
        *("nitrofurantoin", "fosfomycin", "trimethoprim", "sulfamethoxazole", "clindamycin", "lincomycin"),
        *("linezolid", "gentamicin", "amikacin", "streptomycin", "vancomycin", "meropenem", "rifaximin"),
    }
)


def names_one(text: str) -> bool:
    """Also what is on no list, by how it is called."""
    known = {group for substance in formulary.substances_in(text) for group in substance.groups}
    words = text.casefold().split()
    return bool((_CLASSES | _OTHERS) & {*known, *words}) or any(
        _CLASSES.intersection(formulary.classes_of(word)) for word in words
    )


def medicines(session: Session) -> list[int]:
    """Those whose generic, or name where there is none, is an antibiotic's."""
    known = session.execute(select(Medicine.id, Medicine.generic, Medicine.name).order_by(Medicine.id))
    return [number for number, generic, name in known if names_one(generic or name)]
