-- One day of a clinic as schema 0001 kept it: a visit, its bill, medicine handed over and brought back, money given back.
INSERT INTO clinics VALUES (1, 'First Clinic', 'Asia/Kolkata', 'INR', 'IN', '', '', 4, 7, 'FIFO', false, now());
INSERT INTO users (username, name, role, password_hash, created_at)
    VALUES ('admin', 'Asha', 'ADMIN', 'x', now()), ('sen', 'Dr Sen', 'DOCTOR', 'x', now());
INSERT INTO doctors VALUES (2, 'General', 'KA-1', '1', 300, 100);
INSERT INTO patients (mrn, name, sex, birth_date_is_estimated, phone, address, blood_group, allergies, chronic_conditions,
                      next_of_kin, registered_at, search_grams)
    VALUES ('P-000001', 'Ravi Rao', 'MALE', false, '', '', '', '', '', '', '2024-02-01 04:00+00', '{rav,avi}');
INSERT INTO slots (doctor_id, starts_at, ends_at, state)
    VALUES (2, '2024-02-01 04:30+00', '2024-02-01 04:50+00', 'BOOKED');
INSERT INTO appointments (slot_id, patient_id, state, reason, booked_by_id, booked_at)
    VALUES (1, 1, 'COMPLETED', '', 1, '2024-01-31 04:30+00');
INSERT INTO token_counters VALUES ('2024-02-01', 1);
INSERT INTO tokens (issued_on, number, patient_id, doctor_id, appointment_id, priority, state, place, issued_at, called_at,
                    finished_at)
    VALUES ('2024-02-01', 1, 1, 2, 1, 'NORMAL', 'FINISHED', '2024-02-01 04:20+00', '2024-02-01 04:20+00',
            '2024-02-01 04:30+00', '2024-02-01 04:50+00');
INSERT INTO visits (patient_id, doctor_id, token_id, state, started_at, completed_at)
    VALUES (1, 2, 1, 'COMPLETED', '2024-02-01 04:30+00', '2024-02-01 04:50+00');
UPDATE patients SET last_visit_at = '2024-02-01 04:30+00';
INSERT INTO diagnoses (visit_id, code, text, recorded_at, recorded_by_id)
    VALUES (1, 'J06.9', 'Common cold', '2024-02-01 04:40+00', 2);
INSERT INTO medicines (name, generic, form, strength, unit, pack_size, reorder_level, price, tax_percent, is_controlled)
    VALUES ('Paracetamol 500', 'paracetamol', 'TABLET', '500 mg', 'tablet', 10, 0, 2.00, 0, false);
INSERT INTO batches (medicine_id, number, received_on, expires_on, unit_cost, on_hand)
    VALUES (1, 'B1', '2024-01-01', '2026-01-01', 1.00, 94);
INSERT INTO stock_movements (batch_id, change, on_hand_after, reason, note, moved_at, moved_by_id)
    VALUES (1, 100, 100, 'RECEIVED', '', '2024-01-01 04:30+00', 1),
           (1, -10, 90, 'DISPENSED', '', '2024-02-01 05:10+00', 1),
           (1, 4, 94, 'RETURNED', '', '2024-02-01 06:00+00', 1);
INSERT INTO prescriptions (number, visit_id, state, issued_at, issued_by_id)
    VALUES ('RX-000001', 1, 'ISSUED', '2024-02-01 04:45+00', 2);
INSERT INTO prescription_items (prescription_id, medicine_id, dose, route, frequency, duration_days, quantity,
                                instructions, override_reason)
    VALUES (1, 1, 1, 'ORAL', '1-0-1', 5, 10, '', '');
INSERT INTO invoice_counters VALUES (2023, 1);
INSERT INTO invoices (number, financial_year, sequence, patient_id, visit_id, state, issued_on, issued_at, issued_by_id,
                      subtotal, discount, tax, total, paid, refunded, cancel_reason)
    VALUES ('2023-24/000001', 2023, 1, 1, 1, 'PAID', '2024-02-01', '2024-02-01 05:00+00', 1, 320, 0, 0, 320, 320, 8, '');
INSERT INTO invoice_lines (invoice_id, kind, description, medicine_id, prescription_item_id, quantity, unit_price,
                           discount, discount_reason, tax_percent, tax, amount, dispensed)
    VALUES (1, 'CONSULTATION', 'Consultation', NULL, NULL, 1, 300, 0, '', 0, 0, 300, 0),
           (1, 'MEDICINE', 'Paracetamol 500', 1, 1, 10, 2, 0, '', 0, 0, 20, 10);
INSERT INTO payments (invoice_id, amount, method, reference, received_on, received_at, received_by_id)
    VALUES (1, 320, 'CASH', '', '2024-02-01', '2024-02-01 05:05+00', 1);
INSERT INTO dispensings (invoice_id, dispensed_by_id, dispensed_at, dispensed_on)
    VALUES (1, 1, '2024-02-01 05:10+00', '2024-02-01');
INSERT INTO dispensing_items (dispensing_id, invoice_line_id, batch_id, quantity, returned) VALUES (1, 2, 1, 10, 4);
INSERT INTO refunds (invoice_line_id, quantity, discount, tax, amount, method, reason, refunded_on, refunded_at,
                     refunded_by_id)
    VALUES (2, 4, 0, 0, 8, 'CASH', 'Brought back', '2024-02-01', '2024-02-01 06:00+00', 1);
INSERT INTO audit_events (occurred_at, actor_id, actor_name, actor_role, action, event, resource_type, resource_id, changes,
                          days)
    VALUES ('2024-02-01 05:00+00', 1, 'Asha', 'ADMIN', 'CREATE', 'invoice.issued', 'invoices', 1, '{}', '{2024-02-01}');
