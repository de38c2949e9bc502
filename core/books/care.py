"""Tokens, slots, visits, prescriptions and papers."""

from core.books.rule import Rule, without_gap
from core.words import later

RULES = (
    without_gap(
        later("The tokens of a day are numbered from one, without a gap"),
        "days",
        *("token_counters", "tokens", "issued_on", "number"),
    ),
    Rule(
        later("A slot is booked exactly while one appointment has it"),
        "slots",
        """SELECT s.id FROM slots s LEFT JOIN appointments a ON a.slot_id = s.id
           AND a.state IN ('BOOKED', 'ARRIVED', 'COMPLETED')
           GROUP BY s.id HAVING (s.state = 'BOOKED') <> (count(a.id) = 1)""",
        later("Move the appointment to another slot, or block the slot and take the block back."),
    ),
    Rule(
        later("No slot is free while its doctor is away"),
        "slots",
        """SELECT s.id FROM slots s JOIN absences a ON a.doctor_id = s.doctor_id AND s.state = 'FREE'
           AND (s.starts_at AT TIME ZONE :zone)::date BETWEEN a.first_on AND a.last_on
           AND (a.starts IS NULL OR (s.starts_at AT TIME ZONE :zone)::time < a.ends
                AND (s.ends_at AT TIME ZONE :zone)::time > a.starts)""",
        later("Block the slot in the calendar."),
    ),
    Rule(
        later("Whoever came with an appointment came to the own one"),
        "tokens",
        """SELECT t.id FROM tokens t JOIN appointments a ON a.id = t.appointment_id
           WHERE a.patient_id <> t.patient_id OR a.state IN ('BOOKED', 'NO_SHOW')""",
    ),
    Rule(
        later("A visit belongs to the patient of its token, a bill to that of its visit"),
        "visits",
        """SELECT v.id FROM visits v JOIN tokens t ON t.id = v.token_id LEFT JOIN invoices i ON i.visit_id = v.id
           WHERE t.patient_id <> v.patient_id OR i.patient_id <> v.patient_id""",
    ),
    Rule(
        later("A wish on the waiting list ends with an appointment of its own patient"),
        "entries",
        """SELECT w.id FROM waiting_list w JOIN appointments a ON a.id = w.appointment_id
           WHERE a.patient_id <> w.patient_id""",
    ),
    Rule(
        later("Nothing belongs to a record that was merged into another"),
        "records",
        """SELECT p.id FROM patients p WHERE p.merged_into_id IS NOT NULL AND (
           EXISTS (SELECT FROM visits WHERE patient_id = p.id) OR EXISTS (SELECT FROM tokens WHERE patient_id = p.id)
           OR EXISTS (SELECT FROM appointments WHERE patient_id = p.id)
           OR EXISTS (SELECT FROM invoices WHERE patient_id = p.id)
           OR EXISTS (SELECT FROM advances WHERE patient_id = p.id)
           OR EXISTS (SELECT FROM documents WHERE patient_id = p.id)
           OR EXISTS (SELECT FROM waiting_list WHERE patient_id = p.id))""",
        later("Undo the merge under Patients and merge again."),
    ),
    Rule(
        later("A visit that was reopened was signed before, and again after it"),
        "visits",
        """SELECT DISTINCT v.id FROM visits v JOIN visit_reopenings r ON r.visit_id = v.id
           WHERE r.reopened_at < r.completed_at OR v.completed_at <= r.reopened_at OR v.state = 'CANCELLED'""",
    ),
    Rule(
        later("What was added to a signed visit says why"),
        "visits",
        # The first code of a visit that was signed without any needed no reason once.
        """SELECT DISTINCT v.id FROM visits v JOIN (
               SELECT visit_id, recorded_at AS at FROM vitals WHERE reason = ''
               UNION ALL SELECT visit_id, written_at FROM visit_notes WHERE reason = ''
               UNION ALL SELECT visit_id, recorded_at FROM diagnoses d WHERE reason = ''
               AND EXISTS (SELECT FROM diagnoses e WHERE e.visit_id = d.visit_id AND e.id < d.id)) AS f
           ON f.visit_id = v.id LEFT JOIN visit_reopenings r ON r.visit_id = v.id
           WHERE f.at > v.completed_at OR (f.at > r.completed_at AND f.at < r.reopened_at)""",
        later("Add a note to the visit that tells what came late and why."),
    ),
    Rule(
        later("What was entered in error had been entered before"),
        "visits",
        """SELECT visit_id FROM vitals WHERE struck_at < recorded_at
           UNION SELECT visit_id FROM diagnoses WHERE struck_at < recorded_at""",
    ),
    Rule(
        later("A prescription replaces a cancelled one of the same visit"),
        "prescriptions",
        """SELECT n.number FROM prescriptions n JOIN prescriptions o ON o.id = n.replaces_id
           WHERE o.state <> 'CANCELLED' OR o.visit_id <> n.visit_id""",
    ),
    Rule(
        later("Whoever prescribed against a warning said why"),
        "prescriptions",
        """SELECT DISTINCT p.number FROM overridden_warnings w
           JOIN prescription_items i ON i.id = w.prescription_item_id JOIN prescriptions p ON p.id = i.prescription_id
           WHERE btrim(i.override_reason) = ''""",
    ),
    Rule(
        later("A paper belongs to the patient of its visit, a prescription's to the visit of the prescription"),
        "papers",
        """SELECT d.id FROM documents d JOIN visits v ON v.id = d.visit_id
           LEFT JOIN prescriptions p ON p.id = d.prescription_id
           WHERE d.patient_id <> v.patient_id OR p.visit_id <> d.visit_id""",
    ),
)
