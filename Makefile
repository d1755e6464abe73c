# Touchtone. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help install run lint test ci bench bench-views simulate clean

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed

# Commands and tests start hundreds of processes: each would compile all it imports if nothing could be kept.
export PYTHONDONTWRITEBYTECODE :=

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-11s %s\n", $$1, $$2}'

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable '.[dev,postgres]'
	@touch $@

install: $(STAMP) ## make .venv and install everything into it

run: $(STAMP) ## serve the menus of menus/ on port 8000
	$(BIN)/ivr serve

lint: $(STAMP) ## style, types and the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: $(STAMP) lint ## lint, then every test but the long ones
	$(BIN)/python -m pytest -n auto -m 'not long'

ci: $(STAMP) ## the long tests, and those that need PostgreSQL or Chromium, which it installs
	$(BIN)/python -m pytest -n auto -m long --ignore tests/browser
	.ci/with-chromium $(BIN)/python -m pytest -n 2 tests/browser
	.ci/with-postgres $(BIN)/python -m pytest -n auto -k postgresql tests/store tests/log tests/reports

bench: $(STAMP) ## benchmarks; writes docs/performance.md
	$(BIN)/python -m bench

bench-views: $(STAMP) ## the pages of /reports at 10,000, 100,000 and a million calls
	.ci/with-postgres $(BIN)/python -m bench.views 10000 100000 1000000

simulate: $(STAMP) ## waits on the real routing beside queueing theory
	$(BIN)/python -m bench.waits

clean: ## remove what the targets made (not var/, which holds data)
	rm -rf .venv .mypy_cache .ruff_cache .import_linter_cache *.egg-info
