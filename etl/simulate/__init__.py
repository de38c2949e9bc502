"""A believable clinic, made up: a year of patients, queues, bills and stock in the tables of an empty clinic.

The same seed makes the same clinic, row by row, for the same set-up and the same last day. Nothing here runs after a
patient has really come: the simulation ends the day before today and leaves the present to the users.
"""

from etl.simulate.load import ClinicInUse
from etl.simulate.simulation import Simulated, run

__all__ = ["ClinicInUse", "Simulated", "run"]
