"""How old unpaid bills are called: at the cash desk as in reports."""

from core.words import later

# From how many days on, each up to the next.
AGES = {later("0–30 days"): 0, later("31–60 days"): 31, later("61–90 days"): 61, later("Over 90 days"): 91}
