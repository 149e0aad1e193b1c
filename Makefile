# Two commands are enough: `make demo` and `make test`. Everything lives in .venv/ of this checkout.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.maglia-setup
export PYTHONDONTWRITEBYTECODE :=

help: ## list these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) ## install the locked packages into .venv/ and find or build OPA
	@$(BIN)/python -m maglia.policy.binary --install

$(STAMP): requirements/lock.txt requirements/uv.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/lock.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline --editable .
	@touch $(STAMP)

demo: setup ## a fictional district of eight bodies, and a check across it
	@$(BIN)/maglia-demo

test: setup ## every test but the long ones
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadgroup --no-loadscope-reorder

long: setup ## the long tests alone
	@$(BIN)/python -m pytest -m long --numprocesses 2 --dist loadgroup --no-loadscope-reorder

torture: setup ## every fault, hundreds of rounds, under 45 minutes; goes on where it was stopped
	@$(BIN)/python -m tests.torture

check: setup ## format, lint, types, imports, stubs, policies, English words, README, pages made from data
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@PYTHONPATH=.:proto $(BIN)/lint-imports
	@$(BIN)/python proto/generate.py --check
	@cd proto && ../$(BIN)/buf lint && ../$(BIN)/buf breaking --against released.binpb
	@$(BIN)/python -m maglia.policy.binary --check policies
	@$(BIN)/python docs/catalog.py --check
	@$(BIN)/python docs/readme.py --check
	@$(BIN)/python docs/who_sees_what.py --check
	@$(BIN)/python docs/pictures.py --check
	@$(BIN)/python docs/figures.py --check
	@$(BIN)/python docs/curves.py --check
	@$(BIN)/python docs/scale.py --check

format: setup ## rewrite the code in the agreed format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup ## measure every figure the README quotes (QUICK=1 for the short form)
	@$(BIN)/python -m benchmarks $(if $(QUICK),--quick)

figures: setup ## publish the last run of the benchmarks: its page, its curves, the arithmetic of docs/scale.md
	@$(BIN)/python docs/figures.py --publish
	@$(BIN)/python docs/curves.py
	@$(BIN)/python docs/scale.py

psi: setup ## an environment with openmined.psi, which the benchmarks compare with where it can be had
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python benchmarks/psi/.venv
	@$(BIN)/uv pip sync --quiet --python benchmarks/psi/.venv/bin/python --require-hashes benchmarks/psi/requirements.txt

pictures: setup ## paint every screen anew, for the tests and for the pages of docs/it
	@$(BIN)/python -m pytest tests/snapshot --snapshot-update --numprocesses 2 --dist loadgroup --no-loadscope-reorder
	@$(BIN)/python docs/pictures.py

release: setup ## make today's contracts the ones that later changes must not break
	@cd proto && ../$(BIN)/buf build --output released.binpb

lock: $(STAMP) ## compile the lock again from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --group dev --output-file requirements/lock.txt pyproject.toml
	@grep -A40 '^uv==' requirements/lock.txt | awk 'NR==1 || /^ /{print; next} {exit}' > requirements/uv.txt

.PHONY: help setup demo test long torture check format bench figures psi pictures release lock
