"""Slots, bookings, hours and leave, and whom to remind."""
