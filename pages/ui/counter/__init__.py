"""Handing over, what is owed, what comes back, and the register."""
