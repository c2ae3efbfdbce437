# The same targets serve people and CI. `make demo` and `make test` need only python3 (>= 3.11, with venv), git and make.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet

.PHONY: install dev demo test check format bench migration docs clean

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
	$(BIN)/python -m pytest tests/e2e tests/bot/sandbox/test_in_a_browser.py

check: dev  ## format, lint, types, imports, migrations = models
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -p no:randomly tests/models/test_migrations.py

format: dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: dev  ## process time of the frequent commands beside a bare WeRoBot echo
	$(BIN)/python -m bench

migration: dev  ## make migration m="what changes"
	$(BIN)/python -m models.migrations.new "$(m)"

docs: dev  ## the example dialogues of the manuals, from the tests
	$(BIN)/python -m pytest -q -p no:randomly tests/handlers --write-manuals

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache build dist *.egg-info
