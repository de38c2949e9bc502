"""Bills, payments, money given back, and the drawer."""
