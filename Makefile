# Everything a newcomer needs is one of these; `make help` lists them.
# A fresh machine needs Python 3.11 or newer, make and git: every target does its own set-up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.run-ready
DEV_READY := $(VENV)/.dev-ready
FUZZ_SECONDS ?= 60

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets, a line each
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Sunseal needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "could not make a virtual environment; on Debian: apt-get install python3-venv"; exit 1; }

$(RUN_READY): requirements/run.lock setup.cfg | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

$(DEV_READY): requirements/dev.lock $(RUN_READY)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

.PHONY: setup
setup: $(RUN_READY) ## make the virtual environment with what running needs

.PHONY: setup-dev
setup-dev: $(DEV_READY) ## install all that any test can use: the age program, Chromium, node, strace, forge, anvil
	bash scripts/setup_dev.sh

.PHONY: demo
demo: $(RUN_READY) ## show what the core can do: a key ceremony of 3, a file sealed, opened by 2, refused by 1
	@$(BIN)/sunseal demo

.PHONY: test
test: $(DEV_READY) ## run the tests (under 15 minutes on two cores)
	$(BIN)/python -m pytest

.PHONY: test-long
test-long: $(DEV_READY) ## run only the long tests
	$(BIN)/python -m pytest -m long

.PHONY: test-all
test-all: test test-long ## run every test, the long ones too

.PHONY: lint
lint: $(DEV_READY) ## ruff, mypy --strict, import-linter, bandit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml app bidding contracts crypto custody devchain guarantees keyholder ledger oversight parties statutes storage verifier

.PHONY: format
format: $(DEV_READY) ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: bench
bench: $(DEV_READY) ## measure against the peers; prints a table and writes var/bench.json
	$(BIN)/python -m scripts.bench

.PHONY: fuzz
fuzz: $(DEV_READY) ## fuzz each parser for FUZZ_SECONDS (60)
	$(BIN)/python -m scripts.fuzz --seconds $(FUZZ_SECONDS)

.PHONY: lock
lock: $(DEV_READY) ## write the exact versions anew from setup.cfg
	$(BIN)/python -m scripts.lock

.PHONY: clean
clean: ## remove the virtual environment and everything generated
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .import_linter_cache .pytest_cache .hypothesis
