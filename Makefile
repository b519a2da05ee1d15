# Everything a newcomer needs: `make demo` and `make test` set up their own environment first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := demo-out
AUDIT := .venv-audit
SBOM := dist/judgekit-certified.cdx.json

.PHONY: demo test fuzz test-fast test-engine test-ray test-integrations check lint types layers docs audit sbom clean

demo: $(VENV)/.demo
	rm -rf $(DEMO) && mkdir -p $(DEMO) && cp calibration/demo/labels.jsonl $(DEMO)
	$(BIN)/judgekit score calibration/demo/original.jsonl calibration/demo/unlearned.jsonl calibration/demo/collapsed.jsonl --out $(DEMO)/opinions
	$(BIN)/judgekit calibrate $(DEMO)/opinions/* --rubric forgetting --labels $(DEMO)/labels.jsonl --agreement 0.9 --out $(DEMO)/forgetting.json
	$(BIN)/judgekit calibrate $(DEMO)/opinions/* --rubric utility --labels $(DEMO)/labels.jsonl --agreement 0.9 --out $(DEMO)/utility.json
	$(BIN)/judgekit score calibration/demo/original.jsonl calibration/demo/unlearned.jsonl calibration/demo/collapsed.jsonl --labels $(DEMO)/labels.jsonl --calibration $(DEMO)/forgetting.json --calibration $(DEMO)/utility.json --out $(DEMO)/runs
	$(BIN)/judgekit report $(DEMO)/runs/original $(DEMO)/runs/unlearned $(DEMO)/runs/collapsed --out $(DEMO)/report.html

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2

test-fast: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 -m "not slow and not browser and not vllm and not ray"

# By default a million cases, or an hour: make fuzz FUZZ='--cases 10000 --seconds 600'
fuzz: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet atheris
	$(BIN)/python -m tests.fuzz $(FUZZ)

test-engine:
	bash tests/engine/run.sh

test-integrations:
	bash tests/integrations/run.sh

test-ray: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --editable '.[report,dev,ray]'
	$(BIN)/python -m pytest -m ray

# Known weaknesses and licenses of what comes with judgekit; a warning where no advisory service can be asked.
audit: $(VENV)/.dev $(AUDIT)/.tools
	PATH="$(CURDIR)/$(AUDIT)/bin:$$PATH" $(BIN)/python -m tests.security.audit

# The software bill of materials of a release (CycloneDX): what `pip install` brings on this day.
sbom: $(AUDIT)/.tools
	rm -rf .venv-sbom && $(PYTHON) -m venv --without-pip .venv-sbom && mkdir -p dist
	$(AUDIT)/bin/python -m pip --python .venv-sbom/bin/python install --quiet .
	$(AUDIT)/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type library --output-reproducible --of JSON -o $(SBOM) .venv-sbom/bin/python

docs: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --editable '.[report,dev,docs]'
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build/html
	$(BIN)/python -m pytest tests/docs/test_site.py

check: lint types layers

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32

layers: $(VENV)/.dev
	$(BIN)/lint-imports

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(AUDIT)/.tools:
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --upgrade pip pip-audit pip-licenses cyclonedx-bom
	touch $@

$(VENV)/.demo: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[report]'
	touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[report,dev]'
	touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) .venv-* $(DEMO) docs/_build .mypy_cache .pytest_cache .ruff_cache .hypothesis
