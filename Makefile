# Everything a newcomer needs is one of these; `make help` lists them.
# A fresh machine needs Python 3.11 or newer, make and git: every target does its own set-up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.run-ready
DEV_READY := $(VENV)/.dev-ready
FUZZ_SECONDS ?= 60
WORKERS ?= 2

# Dozens of processes are started from here: each would compile all it imports anew.
unexport PYTHONDONTWRITEBYTECODE

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

CLIENT := client/dist/manifest.json
CLIENT_PACKAGES := client/node_modules/.package-lock.json
CLIENT_SOURCES := $(shell find client/src client/build.mjs app/web -type f ! -name '*.pyc' 2>/dev/null)

$(CLIENT_PACKAGES): client/package-lock.json $(RUN_READY)
	$(BIN)/python -m scripts.node npm ci --prefix client --no-audit --no-fund --loglevel=error
	@touch $@

$(CLIENT): $(CLIENT_PACKAGES) $(CLIENT_SOURCES)
	$(BIN)/python -m scripts.node client/build.mjs

.PHONY: client
client: $(CLIENT) ## build what browsers run: style sheets, programs, the worker that seals bids

.PHONY: setup
setup: $(RUN_READY) $(CLIENT) ## make the virtual environment with what running needs, and build the client

.PHONY: setup-dev
setup-dev: $(DEV_READY) $(CLIENT) ## install all that any test can use: the age program, Chromium, node, strace, forge, anvil
	bash scripts/setup_dev.sh

.PHONY: demo
demo: $(RUN_READY) $(CLIENT) ## hold three tenders on this machine, told as a story, verified and tampered with; STAY=0 ends then
	@$(BIN)/sunseal demo

.PHONY: serve
serve: $(RUN_READY) $(CLIENT) ## run everything on this machine, until Ctrl-C; what it keeps is in var/stack
	@$(BIN)/sunseal stack run

.PHONY: test
test: $(DEV_READY) $(CLIENT) ## run the tests in WORKERS (2) processes (under 15 minutes on two cores)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

.PHONY: test-long
test-long: $(DEV_READY) $(CLIENT) ## run only the long tests, or those in LONG (folders, --ignore=...)
	$(BIN)/python -m pytest -m long $(LONG)

.PHONY: test-all
test-all: test test-long ## run every test, the long ones too

.PHONY: lint
lint: $(DEV_READY) $(CLIENT_PACKAGES) ## ruff, mypy --strict, import-linter, tsc --strict, bandit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.node client/node_modules/typescript/bin/tsc --project client
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml app bidding contracts crypto custody devchain guarantees keyholder ledger mailboxes oversight paper parties statutes storage verifier

.PHONY: format
format: $(DEV_READY) ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: bench
bench: setup-dev ## measure against the peers; prints a table and writes var/bench.json
	$(BIN)/python -m scripts.bench

.PHONY: soak
soak: $(DEV_READY) $(CLIENT) ## ten minutes of bidding, openings, guarantees and browsing while random processes are killed
	SUNSEAL_SOAK_SECONDS=600 $(BIN)/python -m pytest -m long tests/e2e/soak

.PHONY: screenshots
screenshots: setup-dev ## take pictures of every page, two widths and two languages, into var/screenshots
	$(BIN)/python -m scripts.screenshots

.PHONY: fuzz
fuzz: $(DEV_READY) ## fuzz each parser for FUZZ_SECONDS (60)
	$(BIN)/python -m scripts.fuzz --seconds $(FUZZ_SECONDS)

.PHONY: lock
lock: $(DEV_READY) ## write the exact versions anew from setup.cfg
	$(BIN)/python -m scripts.lock

.PHONY: clean
clean: ## remove the virtual environment and everything generated
	rm -rf $(VENV) client/dist client/node_modules build *.egg-info .mypy_cache .ruff_cache .import_linter_cache .pytest_cache .hypothesis
