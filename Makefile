# Everything runs in a local virtual environment; nothing outside this folder is changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A stamp a purpose: installing again is skipped until pyproject.toml changes.
RUN := $(VENV)/.installed
DEV := $(VENV)/.installed-dev

.PHONY: demo test lint docs clean

demo: $(RUN)
	$(BIN)/analyzer demo --out demo-report
	@echo "Open demo-report/report.html in a browser."

test: $(DEV)
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(DEV)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "Open site/index.html in a browser."

clean:
	rm -rf $(VENV) demo-report report dist site

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(RUN): pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e .
	touch $@

$(DEV): pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	touch $@ $(RUN)
