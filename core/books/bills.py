"""Bills, what was paid for them and what was given back."""

from core.books.rule import Rule, without_gap
from core.words import later

# While two records were one, the advance of either paid for both; undoing the merge gave each its own rows back.
_PARTED = """EXISTS (SELECT FROM patient_merges g WHERE a.patient_id IN (g.survivor_id, g.absorbed_id)
               AND g.undone_at >= a.moved_at)"""

RULES = (
    Rule(
        later("A bill is the sum of its lines, and has been paid and refunded what its payments and credit notes say"),
        "bills",
        """SELECT number FROM invoices i
           WHERE total <> (SELECT coalesce(sum(amount), 0) FROM invoice_lines WHERE invoice_id = i.id)
           OR paid <> (SELECT coalesce(sum(amount), 0) FROM payments WHERE invoice_id = i.id)
           OR refunded <> (SELECT coalesce(sum(amount), 0) FROM credit_notes WHERE invoice_id = i.id)""",
    ),
    without_gap(
        later("The numbers of a financial year's bills have no gap"),
        "years",
        *("invoice_counters", "invoices", "financial_year", "sequence"),
    ),
    without_gap(
        later("The numbers of a financial year's credit notes have no gap"),
        "years",
        *("credit_note_counters", "credit_notes", "financial_year", "sequence"),
    ),
    Rule(
        later("A credit note is the sum of its lines, and they are of its bill"),
        "credit notes",
        """SELECT n.number FROM credit_notes n LEFT JOIN refunds r ON r.credit_note_id = n.id
           LEFT JOIN invoice_lines l ON l.id = r.invoice_line_id GROUP BY n.id
           HAVING coalesce(sum(r.amount), 0) <> n.amount OR bool_or(l.invoice_id <> n.invoice_id)""",
    ),
    Rule(
        later("What was refunded of a line is its exact share of discount and tax, for as many units as the line says"),
        "bills",
        """SELECT DISTINCT i.number FROM invoices i JOIN (
               SELECT l.invoice_id, l.refunded, coalesce(r.units, 0) AS units, coalesce(r.amount, 0) AS amount,
                      l.refunded * l.unit_price - round(l.discount * l.refunded / l.quantity, 2)
                      + round(l.tax * l.refunded / l.quantity, 2) AS share
               FROM invoice_lines l LEFT JOIN (
                   SELECT invoice_line_id, sum(quantity) AS units, sum(amount) AS amount
                   FROM refunds GROUP BY invoice_line_id) AS r ON r.invoice_line_id = l.id
               WHERE l.refunded > 0 OR r.units > 0) AS line
           ON line.invoice_id = i.id WHERE line.refunded <> line.units OR line.amount <> line.share""",
        later("Refund the units that are missing under Cash; what was given back too much is asked for at the desk."),
    ),
    Rule(
        later("No bill had more given back than had been paid for it by then"),
        "bills",
        """SELECT DISTINCT i.number FROM invoices i JOIN credit_notes n ON n.invoice_id = i.id
           WHERE (SELECT sum(amount) FROM credit_notes m WHERE m.invoice_id = i.id AND m.refunded_at <= n.refunded_at)
           > (SELECT coalesce(sum(amount), 0) FROM payments p
              WHERE p.invoice_id = i.id AND p.received_at <= n.refunded_at)""",
    ),
    Rule(
        later("A visit is marked as billed exactly while a bill of it stands"),
        "visits",
        """SELECT v.id FROM visits v LEFT JOIN invoices i ON i.visit_id = v.id
           AND i.state <> 'CANCELLED' AND i.supplements_id IS NULL WHERE v.is_billed <> (i.id IS NOT NULL)""",
    ),
    Rule(
        later("A supplementary bill belongs to the patient and the visit of the bill it supplements"),
        "bills",
        """SELECT s.number FROM invoices s JOIN invoices i ON i.id = s.supplements_id
           WHERE s.patient_id <> i.patient_id OR s.visit_id IS DISTINCT FROM i.visit_id""",
        later("Cancel it under Cash while nothing is paid, else refund it, and bill what is due by hand."),
    ),
    Rule(
        later("A patient's advance is what was paid in and kept, less what was used and paid out"),
        "patients",
        """SELECT p.mrn FROM patients p LEFT JOIN advances a ON a.patient_id = p.id
           GROUP BY p.id HAVING p.advance <> coalesce(sum(a.change), 0)""",
    ),
    Rule(
        later("A bill is paid from an advance by just what leaves the advance of its patient"),
        "payments",
        f"""SELECT coalesce(p.id, a.payment_id) FROM (SELECT * FROM payments WHERE method = 'ADVANCE') AS p
           FULL JOIN (SELECT * FROM advances WHERE reason = 'APPLIED') AS a ON a.payment_id = p.id
           LEFT JOIN invoices i ON i.id = p.invoice_id
           WHERE (-a.change = p.amount AND (a.patient_id = i.patient_id OR {_PARTED})) IS NOT TRUE""",
        later("Under Cash, pay the difference out to the patient or take it as an advance."),
    ),
    Rule(
        later("What a credit note keeps for the patient is in the patient's advance"),
        "credit notes",
        f"""SELECT coalesce(n.number, a.credit_note_id::text)
           FROM (SELECT * FROM credit_notes WHERE method = 'ADVANCE') AS n
           FULL JOIN (SELECT * FROM advances WHERE reason = 'CREDITED') AS a ON a.credit_note_id = n.id
           LEFT JOIN invoices i ON i.id = n.invoice_id
           WHERE (a.change = n.amount AND (a.patient_id = i.patient_id OR {_PARTED})) IS NOT TRUE""",
        later("Under Cash, pay the difference out to the patient or take it as an advance."),
    ),
)
