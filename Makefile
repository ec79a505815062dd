# The two commands a newcomer needs are `make demo` and `make test`; each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo test generate drift lint types unit

help:
	@echo "make demo      run the whole story against the sandbox (LIVE=1: the reading part against the real API)"
	@echo "make test      everything CI checks"
	@echo "make generate  vendored description -> orange_ordering_client/_generated"
	@echo "make drift     fail if the committed code is not what the inputs generate"

setup: $(STAMP)

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; say which one: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable '.[sandbox,validate]' --group generate --group test --group check
	@touch $@

demo: setup
	@$(BIN)/python docs/demo.py

test: lint types drift unit

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy
	$(BIN)/pyright

generate: setup
	$(BIN)/python -m openapi.build generate

drift: setup
	$(BIN)/python -m openapi.build drift

unit: setup
	$(BIN)/pytest --cov --cov-report=term -n 2
