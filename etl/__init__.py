"""What feeds MongoDB from PostgreSQL. One file per collection; `python -m etl` runs them."""
