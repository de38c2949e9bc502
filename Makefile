# Short names for what README.md and .ci/run say. In a virtual environment; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help install run test check format docs words clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1	/' | expand -t 18

install:  ## Qure with what its tests and checks need, from this folder
	pip install -e '.[test]'

run:  ## the app, as the README starts it
	streamlit run streamlit_app.py

test:  ## all tests, side by side
	pytest -n auto

check:  ## what .ci/run looks at before the tests
	ruff check .
	ruff format --check .
	mypy
	lint-imports --no-cache

format:  ## the layout of the code, and whatever else ruff mends by itself
	ruff check --fix .
	ruff format .

docs:  ## the pages of docs/ that are made from the code
	python -m tests.verbs.table
	python -m core.analytics.dictionary > docs/data-dictionary.md
	QURE_WRITE_PERMISSIONS=1 QURE_WRITE_KEYS=1 QURE_WRITE_API_PAGE=1 \
	  pytest -q tests/test_docs.py tests/pages/test_keys.py tests/api/test_api_rights.py

words:  ## core/languages brought up to date with the texts of the code
	QURE_WRITE_LANGUAGES=1 pytest -q tests/test_languages.py

clean:  ## what tools leave behind; no record of a clinic
	find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -r {} +
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build
