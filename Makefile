# Every target makes its own virtual environment when it is missing or out of date, with no more than it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/.runs
READY := $(VENV)/.ready
MEASURES := $(VENV)/.measures

PIP := $(BIN)/python -m pip --disable-pip-version-check

# Installs the pins of a file, whose list is complete, each file checked against its hash before it is unpacked; then
# Aftershow itself.
define install
$(PIP) install --quiet --no-deps --require-hashes --requirement $(1)
$(PIP) install --quiet --no-deps --no-build-isolation --editable .
@$(PIP) check
endef

.PHONY: demo test proof check fix bench clean

demo: $(RUNS)
	$(BIN)/aftershow demo

test: $(READY)
	$(BIN)/pytest -n 2 --dist loadfile

# What takes minutes: processes that are killed in the middle of their work.
proof: $(READY)
	$(BIN)/pytest -m proof

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/aftershow check

fix: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m aftershow.campaign.schemas config/schema
	$(BIN)/python -m aftershow.ledger.drawing docs/states.md
	$(BIN)/python -m aftershow.campaign.pages docs/*.md

bench: $(MEASURES)
	$(BIN)/python -m bench

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Aftershow needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/to-run.txt: constraints.txt | $(BIN)/python
	@sed '/^# To test/,$$d' $< > $@

$(VENV)/to-test.txt: constraints.txt | $(BIN)/python
	@sed '/^# To measure/,$$d' $< > $@

$(RUNS): $(VENV)/to-run.txt pyproject.toml
	$(call install,$<)
	@touch $@

$(READY): $(VENV)/to-test.txt pyproject.toml
	$(call install,$<)
	@touch $@ $(RUNS)

$(MEASURES): constraints.txt pyproject.toml | $(READY)
	$(call install,$<)
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache demo
