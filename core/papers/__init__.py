"""Papers as PDF: records in, bytes out. Nothing is asked and nothing is stored here.

What people typed reaches the typesetter as data, never as markup. Names in any script are set with the fonts of the
machine; a letter that no font has shows as a box.
"""

from core.papers.token_slip import TokenSlip, token_slip

__all__ = ["TokenSlip", "token_slip"]
