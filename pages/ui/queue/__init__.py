"""Who waits, who is called, and the waiting room's screen."""
