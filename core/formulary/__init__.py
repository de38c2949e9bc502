"""What is known of medicines beyond this clinic's own list: substances, classes, highest doses, interactions.

A short list for a general practice, by hand, in three CSV files beside this one; each entry names the work in which a
doctor finds more. It helps and does not replace one of those works: what is not on it is not warned of. Highest doses
are of medicines that are swallowed; a dose under the limit may still be too much for this patient.
"""

from core.formulary.strength import strengths
from core.formulary.substances import (
    Interaction,
    Substance,
    all_substances,
    classes_of,
    interactions,
    is_double,
    names_mixture,
    related,
    said_of,
    substances_begun,
    substances_in,
    title,
)

__all__ = [
    "Interaction",
    "Substance",
    "all_substances",
    "classes_of",
    "interactions",
    "is_double",
    "names_mixture",
    "related",
    "said_of",
    "strengths",
    "substances_begun",
    "substances_in",
    "title",
]
