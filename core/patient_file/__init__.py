"""What has been with a patient, as one line of time: visits, prescriptions, bills, papers, and coming or not coming.

Each kind is only for whoever may see it. Nothing is told twice: an appointment that was come to is told by its token,
and a token by its visit where the visit may be seen; a prescription brings its paper along.
"""

from core.patient_file.records import NEEDS, Entry, Kind, Timeline
from core.patient_file.timeline import PAGE, timeline

__all__ = ["NEEDS", "PAGE", "Entry", "Kind", "Timeline", "timeline"]
