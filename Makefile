# `make demo` and `make test` need Python (with venv), git and make; they set everything else up.
PYTHON ?= python3
BIN    := .venv/bin

.PHONY: demo test test-containers validate lint types golden numbers clean

demo: .venv/ready
	@work=$$(mktemp -d) && cp -R golden/_systems/nomadnet/before/. $$work && $(BIN)/autofix --dry-run $$work; status=$$?; rm -rf $$work; exit $$status

test: .venv/ready lint types
	$(BIN)/python -m pytest -n 2 -q

test-containers: .venv/ready
	$(BIN)/python -m tests.containers || test $$? -eq 77  # skipped, with a line that says why; never in CI
	$(BIN)/python -m tests.apps || test $$? -eq 77

validate: .venv/ready
	$(BIN)/python -m tests.validators || test $$? -eq 77  # skipped, with a line that says why; never in CI

lint: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/ready
	$(BIN)/mypy

golden: .venv/ready
	$(BIN)/python -m tests.golden --update

numbers: .venv/ready
	$(BIN)/python -m tests.numbers

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[bot]' --group dev
	touch $@

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache dist
