"""Cashiers' drawers and how they were closed."""

from core.books.rule import Rule
from core.words import later

RULES = (
    Rule(
        later("After a drawer was closed its cashier moved no more money that day"),
        "closed drawers",
        """SELECT DISTINCT c.id FROM day_closes c JOIN (
               SELECT received_by_id AS by, received_on AS day, received_at AS at FROM payments
               UNION ALL SELECT refunded_by_id, refunded_on, refunded_at FROM credit_notes
               UNION ALL SELECT moved_by_id, moved_on, moved_at FROM advances) AS m
           ON m.by = c.cashier_id AND m.day = c.closed_on WHERE m.at > c.closed_at""",
        later("Count the drawer again on the next day and explain the difference when it is closed."),
    ),
    Rule(
        later("What a closed drawer took is the cash that came in less the cash that went out"),
        "closed drawers",
        """SELECT c.id FROM day_closes c LEFT JOIN (
               SELECT received_by_id AS by, received_on AS day, amount FROM payments WHERE method = 'CASH'
               UNION ALL SELECT refunded_by_id, refunded_on, -amount FROM credit_notes WHERE method = 'CASH'
               UNION ALL SELECT moved_by_id, moved_on, change FROM advances WHERE method = 'CASH') AS m
           ON m.by = c.cashier_id AND m.day = c.closed_on
           GROUP BY c.id HAVING c.taken <> coalesce(sum(m.amount), 0)
           OR c.expected <> c.opened_with + coalesce(sum(m.amount), 0)""",
        later("Count the drawer again on the next day and explain the difference when it is closed."),
    ),
    Rule(
        later("What was counted in a drawer is what its notes and coins add up to"),
        "closed drawers",
        """SELECT c.id FROM day_closes c WHERE c.denominations <> '{}' AND c.counted <> (
               SELECT sum(value::numeric * pieces::int) FROM jsonb_each_text(c.denominations) AS d (value, pieces))""",
        later("Count the drawer again on the next day and explain the difference when it is closed."),
    ),
    Rule(
        later("A drawer opens with what was left in it"),
        "closed drawers",
        """SELECT id FROM (SELECT id, opened_with, lag(left_in_drawer) OVER (
                   PARTITION BY cashier_id ORDER BY closed_on) AS left_before FROM day_closes) AS c
           WHERE opened_with <> coalesce(left_before, 0)""",
        later("Count the drawer again and explain the difference when it is closed."),
    ),
)
