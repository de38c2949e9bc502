"""A visit, from the first measurement to what is added after it was signed."""
