# Everything runs in a local virtual environment; nothing outside this folder is changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A stamp a purpose: installing again is skipped until pyproject.toml changes.
RUN := $(VENV)/.installed
DEV := $(VENV)/.installed-dev

.PHONY: demo test lint clean

demo: $(RUN)
	$(BIN)/analyzer demo --out demo-report
	@echo "Open demo-report/report.html in a browser."

test: $(DEV)
	$(BIN)/python -m pytest

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) demo-report report dist

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(RUN): pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e .
	touch $@

$(DEV): pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	touch $@ $(RUN)
