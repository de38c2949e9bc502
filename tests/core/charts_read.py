"""How tests of figures draw them, and read what is told."""

import numpy as np

from core.analytics.feed import ClinicInfo

RUPEES = ClinicInfo("Lotus Clinic", "INR", "IN", "Asia/Kolkata")


def title(figure):
    return figure.layout.title.text.replace("<br>", " ")


def subtitle(figure):
    return figure.layout.title.subtitle.text.replace("<br>", " ")


def hovers(figure):
    """What the pointer shows, of all marks."""
    told = [words for trace in figure.data if trace.customdata is not None for words in np.ravel(trace.customdata)]
    return [words.replace("<br>", " ") for words in told if words]
