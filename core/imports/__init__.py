"""Bringing in what another program exported: patients, medicines, batches, each from a CSV file.

Reading and writing are apart. `preview` reads a file, says what is wrong with which line and column, what is already
there and what would be added, and writes nothing; `save` does the same and adds it, all in the caller's transaction.
A row is rejected when it cannot be trusted; what is merely left out or doubtful is a note, and the row is taken.
Who may be on record already is told, and taken or left out as the importer decides. A second run adds nothing: each
record keeps the source and its old number, or a hash of what tells it apart.
"""
