"""A prescription while it is written, and as it was issued."""
