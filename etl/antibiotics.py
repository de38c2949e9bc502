"""Antibiotics by the beginnings of their generics: ATC group J01, what a general practice has of it."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Medicine, Route

# Swallowed or injected: drops and creams hardly breed resistance, and belong to other groups.
SYSTEMIC = (Route.ORAL, Route.INTRAMUSCULAR, Route.INTRAVENOUS, Route.SUBCUTANEOUS)
_J01 = re.compile(
    r"\b(?:amoxi|amoxy|ampicillin|benzylpenicillin|phenoxymethylpenicillin|(?:clo|di|flu)cloxacillin|cloxacillin|penicillin"
    r"|pivmecillinam|cef|ceph|azithro|clarithro|erythro|roxithro|clindamycin|lincomycin"
    r"|(?:cipro|levo|o|moxi|nor|gati|gemi)floxacin|doxycycline|minocycline|tetracycline|nitrofurantoin|fosfomycin"
    r"|co-?trimoxazole|sulfamethoxazole|trimethoprim|metronidazole|tinidazole|ornidazole|linezolid"
    r"|gentamicin|amikacin|streptomycin|vancomycin|meropenem|imipenem|ertapenem|piperacillin|rifaximin)",
    re.IGNORECASE,
)


def names_one(generic: str) -> bool:
    return bool(_J01.search(generic))


def medicines(session: Session) -> list[int]:
    """Those whose generic, or name where there is none, is an antibiotic's."""
    known = session.execute(select(Medicine.id, Medicine.generic, Medicine.name).order_by(Medicine.id))
    return [number for number, generic, name in known if names_one(generic or name)]
