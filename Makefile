# The estate on one machine. `make up` and `make test` need Python 3.11 or later and make, nothing else.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
# Checkov and the other scanners pin libraries that the rest has in other versions, so each set has an environment.
SCANNER        := .venv-compliance
SCANNER_STAMP  := $(SCANNER)/.installed
ANALYSES       := .venv-analyses
ANALYSES_STAMP := $(ANALYSES)/.installed
INSTALLED      := $(STAMP) $(SCANNER_STAMP) $(ANALYSES_STAMP)

# Set, it would have every process compile all of the project's code anew, for set-up compiles only what it installs.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up down test check full bench prove lock setup
.DEFAULT_GOAL := up

setup: $(INSTALLED)

$(STAMP): requirements.lock requirements.bootstrap.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is %d.%d. Name another with PYTHON=..." % sys.version_info[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.bootstrap.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes requirements.bootstrap.lock requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(SCANNER_STAMP): compliance/checkov/requirements.lock | $(STAMP)
	@test -x $(SCANNER)/bin/python || $(BIN)/python -m venv --without-pip $(SCANNER)
	@VIRTUAL_ENV=$(CURDIR)/$(SCANNER) $(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes \
		compliance/checkov/requirements.lock
	@touch $@

$(ANALYSES_STAMP): compliance/analyses/requirements.lock | $(STAMP)
	@test -x $(ANALYSES)/bin/python || $(BIN)/python -m venv --without-pip $(ANALYSES)
	@VIRTUAL_ENV=$(CURDIR)/$(ANALYSES) $(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes \
		compliance/analyses/requirements.lock
	@touch $@

up: $(INSTALLED)
	@$(BIN)/estate up --detach

down: $(STAMP)
	@$(BIN)/estate down

test: $(INSTALLED)
	@$(BIN)/pytest

check: $(INSTALLED)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/basedpyright
	@$(BIN)/pytest

# The slow, full-size runs that `make test` leaves out.
full: $(INSTALLED)
	@$(BIN)/pytest -m full

# The runs behind docs/resilience.md, on an environment that is up: 75 minutes, or those of PARTS="control-cases".
prove: $(INSTALLED)
	@$(BIN)/python -m tests.prove $(PARTS)

bench: $(INSTALLED)
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.scan_bench

# Resolves pyproject.toml again, and with its versions what the workload's image installs. Requirements files with
# hashes name no package index, so that the same lock serves behind any mirror (docs/decisions/0001).
lock: $(STAMP)
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --quiet -o requirements.lock
	@$(BIN)/uv pip compile workload/requirements.in -c requirements.lock --python-version 3.11 \
		--python-platform x86_64-unknown-linux-gnu --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--quiet -o workload/requirements.lock
	@$(BIN)/uv pip compile compliance/checkov/requirements.in --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --quiet -o compliance/checkov/requirements.lock
	@$(BIN)/uv pip compile compliance/analyses/requirements.in --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --quiet -o compliance/analyses/requirements.lock
