"""The screen on the waiting room's wall: numbers and rooms, never a name. Nobody signs in to it."""

from pages.ui.queue.wall import wall

wall()
