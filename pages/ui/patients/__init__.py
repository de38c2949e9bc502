"""Whose record it is: the form, the card, the file, and two records that become one."""
