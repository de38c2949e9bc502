"""Shelves, deliveries, orders, suppliers, stock-takes and recalls."""
