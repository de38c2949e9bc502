"""`python -m core.cli`: the `qure` command where its script is not on the path."""

from core.cli import main

if __name__ == "__main__":
    main()
