"""Batches, orders and what was counted."""

from core.books.rule import Rule
from core.words import later

RULES = (
    Rule(
        later("A batch holds the sum of its movements"),
        "batches",
        """SELECT b.id FROM batches b LEFT JOIN stock_movements m ON m.batch_id = b.id
           GROUP BY b.id HAVING b.on_hand <> coalesce(sum(m.change), 0)""",
        later("Count the batch under Stock and enter it as a stock-take."),
    ),
    Rule(
        later("What was received of a batch is on hand, with patients, or left or was corrected by a movement"),
        "batches",
        """SELECT b.id FROM batches b LEFT JOIN (
               SELECT batch_id, sum(change) FILTER (WHERE reason = 'RECEIVED') AS received,
                      sum(change) FILTER (WHERE reason NOT IN ('RECEIVED', 'DISPENSED', 'RETURNED')) AS others
               FROM stock_movements GROUP BY batch_id) AS m ON m.batch_id = b.id LEFT JOIN (
               SELECT i.batch_id, sum(i.quantity) - coalesce(sum(r.back), 0) AS kept FROM dispensing_items i LEFT JOIN (
                   SELECT dispensing_item_id, sum(quantity) AS back FROM medicine_returns GROUP BY dispensing_item_id
               ) AS r ON r.dispensing_item_id = i.id GROUP BY i.batch_id) AS p ON p.batch_id = b.id
           WHERE coalesce(m.received, 0) + coalesce(m.others, 0) <> b.on_hand + coalesce(p.kept, 0)""",
        later("Count the batch under Stock and enter it as a stock-take."),
    ),
    Rule(
        later("What came back and cannot be used again was written off"),
        "batches",
        """SELECT i.batch_id FROM medicine_returns r JOIN dispensing_items i ON i.id = r.dispensing_item_id
           WHERE NOT r.usable GROUP BY i.batch_id
           HAVING sum(r.quantity) > (SELECT -coalesce(sum(change), 0) FROM stock_movements m
                                     WHERE m.batch_id = i.batch_id AND m.reason IN ('WRITTEN_OFF', 'EXPIRED'))""",
        later("Write the units off under Stock."),
    ),
    Rule(
        later("What came of an order is what its batches were received with, of its medicine"),
        "orders",
        """SELECT o.number FROM purchase_orders o JOIN purchase_order_lines l ON l.purchase_order_id = o.id LEFT JOIN (
               SELECT b.purchase_order_line_id, b.medicine_id, sum(m.change) AS units
               FROM batches b JOIN stock_movements m ON m.batch_id = b.id AND m.reason = 'RECEIVED'
               WHERE b.purchase_order_line_id IS NOT NULL GROUP BY b.purchase_order_line_id, b.medicine_id) AS r
           ON r.purchase_order_line_id = l.id
           GROUP BY o.id HAVING bool_or(l.received <> coalesce(r.units, 0) OR r.medicine_id <> l.medicine_id)
           OR (o.state = 'CANCELLED' AND sum(l.received) > 0)""",
        later("Compare the delivery note with the batches under Stock, and count what differs as a stock-take."),
    ),
    Rule(
        later("A stock-take moved what was counted more or less, and nothing before it was posted"),
        "stock-takes",
        """SELECT DISTINCT t.id FROM stock_takes t JOIN stock_take_lines l ON l.stock_take_id = t.id LEFT JOIN (
               SELECT batch_id, reference, sum(change) AS change FROM stock_movements
               WHERE reason = 'ADJUSTED' AND reference <> '' GROUP BY batch_id, reference) AS m
           ON m.batch_id = l.batch_id AND m.reference = 'ST-' || t.id
           WHERE coalesce(m.change, 0) <> CASE t.state WHEN 'POSTED' THEN l.counted - l.booked ELSE 0 END""",
        later("Count its batches again in a new stock-take under Stock."),
    ),
)
