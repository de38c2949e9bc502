"""The clinic's workflows: every rule of the day, with no screen and no job in it."""
