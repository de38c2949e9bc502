"""How fast the screens are, in Chromium: `python -m tests.bench.screens --help`.

Each screen of each role is opened by a click in the navigation, and the commonest things are done on it. A stopwatch
inside the page runs from the click to the last change of the document before it is still. Beside each such click, in
the same browser, a button of a bare Streamlit page is clicked: every figure is told as a multiple of that. Two data
folders are measured in turns. Further: how soon the sign-in stands, what fifty walls cost, and what a session weighs.
Nothing is asserted about times.
"""
