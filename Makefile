# The same targets serve people and CI. `make demo` and `make test` need only python3 (>= 3.11, with venv), git and make.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet

# What Python compiles is kept, whatever the surroundings say: the tests start some two hundred processes.
unexport PYTHONDONTWRITEBYTECODE

# Begun in this order, two at a time; the types take as long as all the others together.
CHECKS := check-types check-format check-lint check-imports check-collection check-migrations

.PHONY: install dev demo test check $(CHECKS) format bench faults drill simulate migration docs clean

.venv/.runtime: requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	$(PIP) install --require-hashes -r requirements-dev.txt
	touch $@

install: .venv/.runtime  ## .venv with what runs in production

dev: .venv/.dev  ## and what tests and checks need

demo: install  ## the stand-in, the sample organisation, one address
	$(BIN)/xianfeng demo

test: dev  ## the whole suite, on SQLite and on a real PostgreSQL
	$(BIN)/python -m pytest -n auto --ignore=tests/e2e --ignore=tests/bot/sandbox/test_in_a_browser.py
	$(BIN)/python -m pytest -n 2 --no-loadscope-reorder tests/e2e tests/bot/sandbox/test_in_a_browser.py

check: dev  ## format, lint, types, imports, migrations = models
	$(MAKE) --jobs=2 --no-print-directory $(CHECKS)

check-format:
	$(BIN)/ruff format --check .

check-lint:
	$(BIN)/ruff check .

check-types:
	$(BIN)/mypy

check-imports:
	$(BIN)/lint-imports

check-collection:
	$(BIN)/python -m pytest -qq --collect-only tests >.venv/.collected || { cat .venv/.collected; exit 1; }

check-migrations:
	$(BIN)/python -m pytest -q -p no:randomly tests/models/test_migrations.py

format: dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: dev  ## everything that is measured; one part: make bench PART=http
	$(BIN)/python -m bench $(PART)

faults: dev  ## make faults SEED=1 MINUTES=10: processes killed and paused, the database crashed, under traffic
	$(BIN)/python -m tests.faults --seed $(or $(SEED),1) --minutes $(or $(MINUTES),5)

drill: dev  ## a synchronous standby, then the primary, lost under traffic (docs/deploy)
	$(BIN)/python -m tests.faults.drill --seed $(or $(SEED),1)

SEED ?= 1
BRANCHES ?= 25
MONTHS ?= 12
DATABASE ?=

simulate: dev  ## months of branches by seed, with faults at every step: make simulate SEED=1 BRANCHES=25 MONTHS=12
	$(BIN)/python -m tests.simulation --seed $(SEED) --branches $(BRANCHES) --months $(MONTHS) --database "$(DATABASE)"

migration: dev  ## make migration m="what changes"
	$(BIN)/python -m models.migrations.new "$(m)"

docs: dev  ## the example dialogues of the manuals, from the tests
	$(BIN)/python -m pytest -q -p no:randomly tests/handlers --write-manuals

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache build dist *.egg-info
