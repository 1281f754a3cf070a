# Every target sets up what it needs: Python 3.11 or newer, make and git are enough.
.DEFAULT_GOAL := help
.PHONY: help demo test check format types lint pages locks bench simulate chaos sam-local localstack matrix oslo fuzz mutants terraform clean

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3; do \
  "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
# Of a pinned pip: older ones fail on extras among requirements with hashes.
INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes

# Tests run in parallel: three workers on two cores, because some tests only wait for processes.
WORKERS ?= 3
PYTEST := $(BIN)/pytest -q --numprocesses $(WORKERS)

help: ## prints this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.local ## runs the sample image through the whole workflow, on this machine
	$(BIN)/imagedrop demo

test: $(VENV)/.test ## runs the tests that need no root and no Docker, without the long ones: a few minutes
	$(PYTEST) -m 'not long'

check: $(VENV)/.test ## checks format, lint, types, import rules, template and generated pages; runs all tests
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	PYTHONPATH=layers/core:local:cli $(BIN)/lint-imports --no-logo
	$(BIN)/cfn-lint template.yaml
	$(PYTEST)

format: $(VENV)/.test ## formats the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pages: $(VENV)/.test ## generates the pages of docs/ that are made from the code
	$(BIN)/python -m docs_pages.findings > docs/findings.md
	$(BIN)/python -m docs_pages.settings > docs/settings.md
	$(BIN)/python -m docs_pages.cli > docs/cli.md
	$(BIN)/python -m docs_pages.simulators > docs/internals/simulators.md

sam-local: $(VENV)/.test ## runs every function in its Lambda container, and compares it with the local stack (needs Docker)
	@if docker info >/dev/null 2>&1; then $(MAKE) --no-print-directory $(VENV)-sam/.done; fi
	$(BIN)/python tests/sam_local/run.py --sam $(abspath $(VENV)-sam)/bin/sam
	IMAGEDROP_TEST_SAM=$(abspath $(VENV)-sam)/bin/sam $(BIN)/pytest -q tests/sam_local/test_plain_invoke.py

localstack: $(VENV)/.test ## deploys the template to the LocalStack at AWS_ENDPOINT_URL and runs the end-to-end tests on it (needs Docker)
	@if [ -n "$$AWS_ENDPOINT_URL" ]; then $(MAKE) --no-print-directory $(VENV)-sam/.done; fi
	$(BIN)/python -m tests.localstack --sam $(abspath $(VENV)-sam)/bin/sam

bench: $(VENV)/.test $(VENV)-bench/.done ## benchmarks, compared with other tools as ratios; `python3 -m bench.images` builds the images
	$(BIN)/python -m bench

simulate: $(VENV)/.test ## runs the handlers in random histories with faults: SEEDS=n histories, or prints history SEED=n (SHORT=1: reduced); STRIKES=1: a fault at every port call of fixed scenarios; PAIRS=1: two faults; ADAPTERS=1: with the real adapters; LASTING=1: one fault never heals
	$(BIN)/python -m tests.simulation.$(if $(STRIKES)$(PAIRS),systematic $(if $(PAIRS),--pairs,--all),run $(if $(ADAPTERS),--adapters) $(if $(LASTING),--lasting) $(if $(SEED),--seed $(SEED) $(if $(SHORT),--short),--seeds $(or $(SEEDS),1000)))

chaos: $(VENV)/.test ## runs drops through the real processes, with kills and faults: DROPS=n, SEED=n; CALM=1: no faults, measures the cost
	$(BIN)/python -m $(if $(CALM),tests.chaos.load,tests.chaos.run) --drops $(or $(DROPS),100) $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))

fuzz: $(VENV)/.test ## inspects RUNS=n randomly changed images, or the one of SEED=n
	$(BIN)/python -m tests.fuzz $(if $(SEED),--seed $(SEED),--runs $(or $(RUNS),1000))

mutants: $(VENV)/.test ## changes COUNT=300 places of the code, one at a time, and shows which changes no test notices: SEED=n
	$(BIN)/python -m tests.mutants --seed $(or $(SEED),1) --count $(or $(COUNT),300)

matrix: $(VENV)/.test ## inspects every test disk in every format and compares with dissect (needs root and Debian's tools)
	@if [ "$$(id -u)" = 0 ]; then $(MAKE) --no-print-directory $(VENV)-matrix/.done; fi
	$(BIN)/python -m tests.matrix --python $(VENV)-matrix/bin/python

oslo: $(VENV)/.test ## inspects the images of OpenStack's tests and compares with OpenStack's inspectors (needs qemu-img)
	@if command -v qemu-img >/dev/null; then $(MAKE) --no-print-directory $(VENV)-oslo/.done; fi
	$(BIN)/python -m tests.oslo --python $(VENV)-oslo/bin/python

terraform: $(VENV)-terraform/.done ## checks the Terraform module in deploy/huawei with Terraform: format and syntax
	$(VENV)-terraform/bin/python -m tests.terraform

locks: $(VENV)/.test ## pins the requirements again (needs uv)
	scripts/locks

clean: ## removes everything that the targets installed and built
	rm -rf $(VENV) $(VENV)-sam $(VENV)-matrix $(VENV)-oslo $(VENV)-bench $(VENV)-terraform .aws-sam .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo 'imagedrop needs Python 3.11 or newer; none was found (set PYTHON=...)' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(INSTALL) -r requirements/pip.txt
	@touch $@

$(VENV)/.local: requirements/local.txt pyproject.toml | $(VENV)/.python
	$(BIN)/python $(INSTALL) -r requirements/local.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.local
	$(BIN)/python $(INSTALL) -r requirements/test.txt
	@touch $@

$(VENV)-bench/.done: requirements/bench.txt | $(VENV)/.python
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python $(INSTALL) -r requirements/pip.txt
	$(VENV)-bench/bin/python $(INSTALL) -r requirements/bench.txt
	@touch $@

$(VENV)-matrix/.done: requirements/matrix.txt | $(VENV)/.python
	$(PYTHON) -m venv $(VENV)-matrix
	$(VENV)-matrix/bin/python $(INSTALL) -r requirements/pip.txt
	$(VENV)-matrix/bin/python $(INSTALL) -r requirements/matrix.txt
	@touch $@

$(VENV)-terraform/.done: requirements/terraform.txt | $(VENV)/.python
	$(PYTHON) -m venv $(VENV)-terraform
	$(VENV)-terraform/bin/python $(INSTALL) -r requirements/pip.txt
	$(VENV)-terraform/bin/python $(INSTALL) -r requirements/terraform.txt
	@touch $@

$(VENV)-oslo/.done: requirements/oslo.txt | $(VENV)/.python
	$(PYTHON) -m venv $(VENV)-oslo
	$(VENV)-oslo/bin/python $(INSTALL) -r requirements/pip.txt
	$(VENV)-oslo/bin/python $(INSTALL) -r requirements/oslo.txt
	@touch $@

$(VENV)-sam/.done: requirements/sam.txt | $(VENV)/.python
	$(PYTHON) -m venv $(VENV)-sam
	$(VENV)-sam/bin/python $(INSTALL) -r requirements/pip.txt
	$(VENV)-sam/bin/python $(INSTALL) -r requirements/sam.txt
	@touch $@
