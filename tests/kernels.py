"""Notebooks as Jupyter reads and runs them."""

PATIENCE = 300  # seconds for each cell


def read(text):
    """The notebook; fails where the text is no valid one."""
    import nbformat  # here and below: loading it takes seconds, and few of a run's processes need it

    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    return notebook


def run(notebook, folder, **options):
    """All its cells, in a kernel of its own that works in `folder`; fails where a cell does. Outputs are kept in it."""
    import nbclient

    where = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=PATIENCE, resources=where).execute(**options)
