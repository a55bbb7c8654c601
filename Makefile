# Everything a contributor types. Needs Python 3.11 or later, make and a package index; the rest is installed
# into .venv from the hash-pinned lock in requirements/.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
# Bytecode, as any other package has it once it is installed: without, a check takes half as long again.
COMPILE := $(BIN)/python -m compileall -q src
# What the installed package's metadata is made from: a change here installs it again.
OURS := pyproject.toml src/cloison/__init__.py

.DEFAULT_GOAL := help
.PHONY: help demo test lint form types imports budgets format bench prove parity corpus lock clean distclean
.DELETE_ON_ERROR:

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

demo: $(VENV)/.run  ## secure an embedded example environment
	@$(BIN)/cloison demo

test: $(VENV)/.test  ## run the tests (ARGS="tests/reach -k zones" for some)
	$(BIN)/python -m pytest -n 2 $(ARGS)

lint: form types imports budgets  ## form, types, import contracts, style budgets

form: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy --strict src tools

imports: $(VENV)/.test
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/contracts.py

budgets: $(VENV)/.test
	$(BIN)/python tools/budgets.py

format: $(VENV)/.test  ## write the form that lint asks for
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.test  ## how fast, as ratios
	$(BIN)/python bench/run.py $(ARGS)

prove: $(VENV)/.test  ## the long proofs, with their figures (ARGS="oracle" for one)
	$(BIN)/python tools/prove.py $(ARGS)

parity: $(VENV)/.test  ## lay the emulator's answers beside Azure's, and write docs/parity.md
	$(BIN)/python tools/parity.py $(ARGS)

corpus: $(VENV)/.test  ## check a folder of other people's templates (ARGS="FOLDER")
	$(BIN)/python tools/corpus.py $(ARGS)

lock: $(VENV)/.lock  ## pin again after pyproject.toml changed (UPGRADE=--upgrade for newer versions)
	BIN=$(BIN) sh tools/lock.sh $(UPGRADE)

clean:  ## remove what tests, tools and builds leave behind
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

distclean: clean  ## remove the virtual environment as well
	rm -rf $(VENV)

# Three stamps, each newer than the locks that it was installed from. Runs install little, tests all.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Cloison needs Python 3.11 or later; name one with PYTHON=")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt requirements/build.txt $(OURS) | $(BIN)/python
	@echo "installing Cloison into $(VENV)"
	@$(PIP) --require-hashes -r requirements/run.txt -r requirements/build.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@$(COMPILE)
	@touch $@

$(VENV)/.test: requirements/test.txt $(OURS) | $(BIN)/python
	@echo "installing Cloison and its test tools into $(VENV)"
	@$(PIP) --require-hashes -r requirements/test.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@$(COMPILE)
	@touch $@ $(VENV)/.run

$(VENV)/.lock: requirements/lock.txt | $(BIN)/python
	@$(PIP) --require-hashes -r requirements/lock.txt
	@touch $@
