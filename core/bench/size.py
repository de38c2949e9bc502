"""How large a clinic is measured."""

from dataclasses import dataclass

from core.errors import Invalid

MOST_VISITS = 177_000  # ten years, which is as far as the simulator goes


@dataclass(frozen=True)
class Size:
    """Prescriptions and bills come with the visits, about one of each; `waiting` of them are paid and not handed over.
    `seed` decides who comes with what."""

    patients: int = 20_000
    visits: int = 100_000
    medicines: int = 500
    batches: int = 3_000
    waiting: int = 1_000
    seed: int = 1

    def __post_init__(self) -> None:
        if min(self.patients, self.visits, self.medicines, self.batches, self.waiting) < 1:
            raise Invalid({"size": "A clinic has at least one of everything."})
        if self.visits > MOST_VISITS:
            raise Invalid({"visits": f"At most {MOST_VISITS:,} visits: ten years of them."})
