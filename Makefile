# Everything a newcomer and the continuous integration need. `make` alone lists it.

PYTHON ?= python3
# Each has servers of its own and mostly waits for them.
TEST_PROCESSES ?= 3
BIN := .venv/bin
INSTALLED := .venv/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help setup run demo real-log bench bench-decide test check format reference lock exit-status-check clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | \
		while IFS='|' read -r name text; do printf '  make %-18s %s\n' "$$name" "$$text"; done

setup: $(INSTALLED) ## create .venv with the locked packages and this project

$(INSTALLED): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "Creating .venv and installing the locked packages (a minute or two at first) ..."
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

run: setup ## start the local stack: PostgreSQL, Temporal with its UI, workers (Ctrl-C ends it)
	@$(BIN)/crm-triggers run

demo: setup ## watch triggers move items, on a stack of its own that is gone afterwards
	@$(BIN)/crm-triggers demo

real-log: setup ## replay a real event log through the triggers
	@$(BIN)/crm-triggers real-log

bench: setup ## measure against the floor, side by side
	@$(BIN)/python -m benchmarks

bench-decide: setup ## measure decide() alone against its target
	@$(BIN)/python -m benchmarks.decide

test: check ## check, then run every test
	@$(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --dist loadfile

check: setup ## lint, formatting, types, architecture; stops at the first that fails
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## bring the code into its form
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

reference: setup ## write the reference of the trigger kinds from their declarations
	@$(BIN)/python -m starter.reference > docs/reference/trigger-kinds.md

lock: setup ## resolve the dependencies anew into requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--quiet --output-file requirements.lock

exit-status-check: setup ## run one command many times: its exit status must be its own, every time
	@$(BIN)/python -m tests.exit_status

clean: ## remove the environment and what the tools left behind (the local stack's data stays)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	@find . -type d -name __pycache__ -prune -exec rm -rf {} +
