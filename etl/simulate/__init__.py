"""A believable clinic, made up: a year of patients, queues, bills and stock in the tables of an empty clinic.

The same seed makes the same clinic, row by row, for the same set-up and the same last day. Nothing here runs after a
patient has really come: the simulation ends the day before today and leaves the present to the users, with slots for
the days to come and some people booked in them.
"""

from etl.simulate.load import ClinicAtWork, ClinicInUse
from etl.simulate.simulation import Simulated, run
from etl.simulate.staff import Login

__all__ = ["ClinicAtWork", "ClinicInUse", "Login", "Simulated", "run"]
