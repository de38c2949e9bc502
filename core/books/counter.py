"""What went over the pharmacy's counter, and what came back."""

from core.books.rule import Rule
from core.words import later

RULES = (
    Rule(
        later("What a bill says was handed over was handed over, and what came back came back"),
        "lines of bills",
        """SELECT l.id FROM invoice_lines l LEFT JOIN dispensing_items i ON i.invoice_line_id = l.id
           GROUP BY l.id HAVING l.dispensed <> coalesce(sum(i.quantity), 0)
           OR l.returned <> coalesce(sum(i.returned), 0)""",
    ),
    Rule(
        later("What came back is what its returns say"),
        "lines of bills",
        """SELECT i.invoice_line_id FROM dispensing_items i LEFT JOIN medicine_returns r ON r.dispensing_item_id = i.id
           GROUP BY i.id HAVING i.returned <> coalesce(sum(r.quantity), 0)""",
        later("Take back at the Counter what was brought and is not there yet."),
    ),
    Rule(
        later("What was handed over left its batch, and what came back went there"),
        "batches",
        """SELECT coalesce(i.batch_id, m.batch_id)
           FROM (SELECT batch_id, sum(quantity) AS given, sum(returned) AS back
                 FROM dispensing_items GROUP BY batch_id) AS i
           FULL JOIN (SELECT batch_id, -coalesce(sum(change) FILTER (WHERE reason = 'DISPENSED'), 0) AS given,
                             coalesce(sum(change) FILTER (WHERE reason = 'RETURNED'), 0) AS back
                      FROM stock_movements GROUP BY batch_id) AS m ON m.batch_id = i.batch_id
           WHERE coalesce(i.given, 0) <> coalesce(m.given, 0) OR coalesce(i.back, 0) <> coalesce(m.back, 0)""",
        later("Count the batch under Stock and enter it as a stock-take."),
    ),
    Rule(
        later("What was handed over is the medicine on the bill, or another of the same generic"),
        "bills",
        """SELECT DISTINCT b.number FROM dispensing_items i JOIN invoice_lines l ON l.id = i.invoice_line_id
           JOIN invoices b ON b.id = l.invoice_id JOIN batches t ON t.id = i.batch_id AND t.medicine_id <> l.medicine_id
           JOIN medicines billed ON billed.id = l.medicine_id JOIN medicines given ON given.id = t.medicine_id
           WHERE lower(billed.generic) <> lower(given.generic) OR billed.generic = ''""",
        later("Call the patient, and take the medicine back at the Counter."),
    ),
    Rule(
        later("Nothing was handed over of a batch while it was blocked"),
        "batches",
        """SELECT DISTINCT b.id FROM batches b JOIN stock_movements m ON m.batch_id = b.id
           WHERE m.reason = 'DISPENSED' AND m.moved_at > b.blocked_at""",
        later("The recall lists who has it: call them, and take it back at the Counter."),
    ),
    Rule(
        later("Nothing was handed over on a prescription that had been cancelled"),
        "prescriptions",
        """SELECT DISTINCT p.number FROM prescriptions p JOIN prescription_items i ON i.prescription_id = p.id
           JOIN invoice_lines l ON l.prescription_item_id = i.id JOIN dispensing_items h ON h.invoice_line_id = l.id
           JOIN dispensings d ON d.id = h.dispensing_id WHERE d.dispensed_at > p.cancelled_at""",
        later("Take the medicines back at the counter, or have the doctor prescribe them again."),
    ),
)
