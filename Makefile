# Two commands for everyone: `make run` shows it, `make test` proves it. The rest is for developers.
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint bench accept lock setup clean

setup: $(VENV)/.ready

# uv where there is one, pip otherwise: both check every hash of requirements.lock.
$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PY) -c 'import sys; v=sys.version_info[:2]; sys.exit(0 if (3,11) <= v < (3,13) else "Crossbeat needs Python 3.11 or 3.12, this is %d.%d: set PY, as in make PY=python3.12 run" % v)'
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python $(PY) $(VENV) && \
	  uv pip install --python $(BIN)/python --require-hashes -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(PY) -m venv $(VENV) && \
	  $(BIN)/python -m pip install --progress-bar on --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e . ; \
	fi
	@touch $@

run: setup
	@$(BIN)/crossbeat demo

# As many processes as tests/conftest.py says, each with a stack of its own: tests of servers wait as much as they work.
test: setup
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup
	@$(BIN)/python -m bench

accept: setup
	@$(BIN)/python -m schemas.accept
	@$(BIN)/python -m infra.settings_page
	@$(BIN)/python -m infra.patterns_page

lock:
	@uv lock --quiet && uv export --quiet --format requirements-txt --no-emit-project --no-header --no-annotate -o requirements.lock >/dev/null && rm -f uv.lock

clean:
	@rm -rf $(VENV) build *.egg-info
