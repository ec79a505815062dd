# The two commands a newcomer needs are `make demo` and `make test`; each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-fleet chaos-fleet test generate drift update contract chaos bench lint types mypy pyright unit official mutants test-all docs docs-check

help:
	@echo "make demo                  the whole story against a sandbox (LIVE=1: its reading part against the real API)"
	@echo "make demo-fleet            four processes share orders and token by PostgreSQL; one is killed"
	@echo "make test                  everything CI checks"
	@echo "make update SPEC=FILE|URL  take a new description in, and say what breaks (SPEC=live: from the API itself)"
	@echo "make test-all              the suite on every Python found, against the built wheel"
	@echo "make generate              description, overlay and templates -> orange_ordering_client/_generated"
	@echo "make drift                 fail if the committed code is not what the inputs generate"
	@echo "make contract              does all agree with the description? (LIVE=1: does the real API?)"
	@echo "make official              everything, in copies that have a twin of the official file in place"
	@echo "make chaos                 10,000 orders through a failing server, the client killed five times; then 200 kills"
	@echo "make chaos-fleet           3,000 orders by six processes, killed, their database restarted and cut off; and what they share"
	@echo "make mutants               change one thing at a time: do the tests notice? (PARTS=\"retry auth\")"
	@echo "make docs                  the documentation site, into build/site"
	@echo "make docs-check            open it in a browser: links, search, phone, light and dark (BROWSER=/path)"
	@echo "make bench                 measure beside the peers; writes build/bench.json"

setup: $(STAMP)

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; say which one: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable '.[sandbox,validate,contract,aiohttp,intents,cli,postgres]' --group generate --group test --group check
	@touch $@

demo: setup
	@$(BIN)/python docs/demo.py

demo-fleet: setup
	@$(BIN)/python -W ignore docs/demo_fleet.py

# Each of the three takes one core.
test: lint
	@$(MAKE) --no-print-directory -j2 mypy pyright drift
	@$(MAKE) --no-print-directory unit

test-all: setup
	$(BIN)/python -m tests.every_python $(PYTHONS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: mypy pyright

mypy: setup
	$(BIN)/mypy

pyright: setup
	$(BIN)/pyright

generate: setup
	$(BIN)/python -m openapi.build generate

drift: setup
	$(BIN)/python -m openapi.build drift

# Four workers for two cores: many tests wait for sockets and programs. The report comes from a step of its own: in one
# that also has a limit, SlipCover 1.1 deletes what the workers measured before it reports.
unit: setup
	@mkdir -p build
	$(BIN)/python -W "ignore:Unable to activate:RuntimeWarning" -m slipcover --json --out build/coverage.json \
		-m pytest -n 4 --dist loadgroup -p tests.measuring -p slipcover.pytest_plugin
	$(BIN)/python -m slipcover --merge build/coverage.json --out build/coverage.json --skip-covered --fail-under 100

update: setup
	@$(BIN)/python -m openapi.update "$(SPEC)" $(if $(JSON),--json) $(if $(DRY_RUN),--dry-run)

ifdef LIVE
contract: setup
	@$(BIN)/python -m orange_ordering_client.contract --live
else
contract: setup drift
	$(BIN)/python -m openapi.build check
	$(BIN)/python -m openapi_spec_validator orange_ordering_client/_generated/description.json
	$(BIN)/pytest -q tests/contract tests/openapi/test_description.py tests/openapi/prepare/test_steps.py
	$(BIN)/python -m orange_ordering_client.contract tests/contract/exchanges
	$(BIN)/python -m tests.sandbox.schemathesis_run --max-examples 200
endif

# The whole check with each twin of the official file in place, in scratch copies; SUITE=broad: the tests with that only.
official: setup
	$(BIN)/python -m tests.official.run $(if $(SUITE),--suite $(SUITE))

chaos: setup
	$(BIN)/python -m tests.chaos

chaos-fleet: setup
	$(BIN)/python -W ignore -m tests.fleet.chaos
	$(BIN)/python -W ignore -m tests.fleet.explore
	$(BIN)/python -W ignore -m tests.fleet.measure

# Not a part of `make test`: some parts take an hour. Its environment and results are under build/mutants.
build/mutants/venv/.installed: pyproject.toml
	@$(PYTHON) -m venv build/mutants/venv
	@build/mutants/venv/bin/pip install --quiet --upgrade pip
	build/mutants/venv/bin/pip install --quiet --editable '.[sandbox,validate,contract,aiohttp,intents]' --group test --group mutants
	@touch $@

mutants: build/mutants/venv/.installed
	build/mutants/venv/bin/python -m tests.mutants $(PARTS)

$(VENV)/.docs: $(STAMP)
	$(BIN)/pip install --quiet --group docs
	@touch $@

MERMAID := build/mermaid/package/dist/mermaid.min.js

$(MERMAID): docs/site/mermaid.py | $(VENV)/.docs
	@$(BIN)/python docs/site/mermaid.py build/mermaid
	@touch $@

docs: $(VENV)/.docs $(MERMAID)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --config-file docs/site/mkdocs.yml
	@echo "build/site/index.html"

docs-check: docs
	@$(BIN)/python -m tests.docs.browsing build/site

# Installed as users have it, not editable: what is imported is compiled by then.
bench:
	@$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet '.[aiohttp,postgres,sandbox]' -r benchmarks/requirements.txt
	.venv-bench/bin/python -m benchmarks
