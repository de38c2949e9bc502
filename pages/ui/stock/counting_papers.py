"""The sheet that people count with."""

from core import clock, dosage
from core.inventory.stock_takes import StockTakeRecord
from core.papers import Column, ListPaper
from core.words import later, say
from pages.ui.session import clinic
from pages.ui.show import clinic_day, moment

_COLUMNS = (
    *((later("Medicine"), 4, False), (later("Batch"), 2, False), (later("Expires"), 0, False)),
    *((later("Unit"), 0, False), (later("Counted"), 2, True), (later("Remark"), 3, False)),
)
_SPARE = 6  # rows for what is found and not on the sheet


def count_sheet(take: StockTakeRecord) -> ListPaper:
    """What is not counted yet, without what the books say: who counts must not know."""
    rows = [
        (batch.medicine, batch.number, clinic_day(batch.expires_on), dosage.counted(1, batch.unit), "", "")
        for batch in take.uncounted
    ]
    facts = (
        (say("Counted"), take.summary.note),
        (say("Printed"), moment(clock.now())),
        (say("Batches"), f"{len(rows):,}"),
    )
    return ListPaper(
        clinic().name,
        say("Count sheet {number}", number=take.summary.number),
        tuple(fact for fact in facts if fact[1]),
        tuple(Column(say(name), share, right) for name, share, right in _COLUMNS),
        (*rows, *[("",) * len(_COLUMNS)] * _SPARE),
        signed=(say("Counted by"), say("Date and time")),
        tall=True,
    )
