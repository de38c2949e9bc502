"""What is simulated here, and how it is looked at."""

from sqlalchemy import text

DAYS, PATIENTS = 45, 12
# Made by workflows, at the moment of the simulation.
# The patient leaves at the first signature; a visit that was reopened has a later one.
LEFT_AT = """SELECT least(v.completed_at, min(r.completed_at)) FROM visit_reopenings r WHERE r.visit_id = v.id"""


def rows(session, query):
    return session.execute(text(query)).all()
