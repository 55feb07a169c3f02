# Everything runs in .venv, made here with plain venv and pip.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.made

.PHONY: demo test check fmt bench golden clean

demo: $(STAMP)            ## the whole job on bundled papers, over a real SMTP server
	$(BIN)/digest demo --out demo-out

test: $(STAMP)            ## all tests
	$(BIN)/pytest -q -n auto --maxprocesses 8 --dist worksteal

check: $(STAMP)           ## what must pass before a commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n auto --maxprocesses 8 --dist worksteal --cov --cov-report=term --cov-fail-under=90

fmt: $(STAMP)             ## format, and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)           ## speed of ranking, rendering and sending, as tables
	$(BIN)/python benchmarks/rank_speed.py
	$(BIN)/python benchmarks/letters.py
	$(BIN)/python benchmarks/dkim_speed.py
	$(BIN)/python benchmarks/steps.py
	$(BIN)/python benchmarks/transport.py --quick
	$(BIN)/python benchmarks/end_to_end.py --quick
	@echo; echo "benchmarks/README.md tells of the longer ones."

clean:
	rm -rf .venv demo-out .pytest_cache .ruff_cache .mypy_cache .coverage

# pip 25.1 brought --group; an older pip is brought up to date first.
$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "digest needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $(STAMP)
