"""One file per screen: no SQL, no tables, no rule of the clinic; those are in core."""
