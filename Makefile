PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
unexport PYTHONDONTWRITEBYTECODE # every process would compile all that it imports anew

.PHONY: demo test fast check bench growth adapter setup clean

demo: .venv/.local ## set everything up and run the main job on the bundled sample shop
	@$(BIN)/newaisle demo --home .demo

test: check fast ## set everything up, run the checks and all tests, those with the real models too
	$(BIN)/newaisle models pull
	$(BIN)/python -m pytest -q -m models

fast: .venv/.dev ## the tests that need neither models nor a network
	$(BIN)/python -m pytest -q -n 2 --dist worksteal

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: .venv/.bench ## newaisle beside LangChain, and the figures of the main job: make bench DATA=folder
	$(BIN)/newaisle models pull
	$(BIN)/python -m benchmarks.side_by_side $(DATA)
	$(BIN)/python -m benchmarks.main_job $(DATA)

growth: .venv/.bench ## generated shops of up to a million products: over an hour
	$(BIN)/python -m benchmarks.growth

adapter: .venv/.train ## train the adapter that words reasons anew, from its pairs: about twenty minutes on two cores
	$(BIN)/newaisle models pull smollm2-135m
	$(BIN)/python -m newaisle.agent.models.adapters.training.train

setup: .venv/.dev

.venv/.base: pyproject.toml
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) cannot make virtual environments: install its venv package (Debian: python3-venv)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	@echo "installing newaisle (about a minute)"
	@$(BIN)/pip install --quiet -e .
	@touch $@

.venv/.local: .venv/.base
	@$(BIN)/python -m newaisle.agent.llm.build
	@touch $@

.venv/.dev: .venv/.local
	@$(BIN)/pip install --quiet -e '.[dev]'
	@touch $@

.venv/.train: .venv/.local
	@$(BIN)/pip install --quiet -e '.[train]'
	@touch $@

.venv/.bench: .venv/.local
	@$(BIN)/pip install --quiet -e '.[bench]'
	@touch $@

clean:
	rm -rf .venv .demo bench
