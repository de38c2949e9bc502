-- What the role in DATABASE_URL needs and no more: it adds to the ledgers and can change nothing in them. Tables belong
-- to another role, which brings the schema up to date and runs this file once after each upgrade, by hand:
--     psql --variable=app=qure_app --file=app-role.sql
GRANT USAGE ON SCHEMA public TO :app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :app;
REVOKE UPDATE, DELETE ON audit_events, audit_chains, stock_movements, payments, refunds, credit_notes, advances,
    day_closes, medicine_returns, visit_notes, visit_reopenings, prescription_items, overridden_warnings, documents,
    outside_openings, alembic_version FROM :app;
-- What the relay fills in, and what a merge of two records moves.
GRANT UPDATE (relayed_at, chain_position, chain_hash) ON audit_events TO :app;
GRANT UPDATE (length, head) ON audit_chains TO :app;
GRANT UPDATE (relayed_at) ON stock_movements TO :app;
GRANT UPDATE (patient_id) ON advances, outside_openings TO :app;
GRANT UPDATE (patient_id, cancelled_at, cancel_reason) ON documents TO :app;
