# kvgraph: `make demo` and `make test` set everything up by themselves.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
STORE := build/demo-store
ONLY ?=
WITH ?=

.PHONY: install demo serve test check bench readme rml test-remote clean

# The pages of the workbench are built with Node; without them everything else works all the same.
install: $(VENV)/.installed
	@sh .ci/pages $(VENV) || \
	  echo "the pages of the workbench could not be built; kvgraph serve and view will say so" >&2

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "setting up $(VENV) (about a minute)" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -e .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@echo "installing what the tests need" >&2
	@$(PIP) -e '.[fast,plots,test]'
	@touch $@

demo: install
	@sh .ci/demo $(BIN)/kvgraph $(STORE)

# SPARQL, questions and analyses on this machine: make serve WITH="--port 8080 --store my-store"
serve: install
	@$(BIN)/kvgraph serve $(WITH)

# Mappings in RML and YARRRML are carried out by morph-kgc, in an environment of its own.
rml:
	@sh .ci/rml $(PYTHON) $(VENV)-rml

# HermiT, which checks that the ontology is consistent, needs Java; the pages need a browser.
test: $(VENV)/.tested rml
	@sh .ci/debian java default-jre-headless "the consistency check"
	@sh .ci/debian chromium chromium "the tests in a browser"
	@sh .ci/pages $(VENV) tools
	@sh .ci/pages $(VENV)
	@$(BIN)/python -m pytest -q -n auto --dist loadfile

# The same answers through kvgraph serve, Oxigraph's server and Virtuoso, all started by the tests.
test-remote: $(VENV)/.tested
	@sh .ci/debian virtuoso-t virtuoso-opensource "the comparison with Virtuoso"
	@$(BIN)/python -m pytest -q -n auto --dist loadgroup tests/remote/servers.py

check: $(VENV)/.tested
	@sh .ci/pages $(VENV) tools
	@sh .ci/pages $(VENV) npm run --silent check
	@sh .ci/pages $(VENV)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/cog --check README.md data/README.md
	@sh .ci/wheel "$(CURDIR)/$(BIN)/python"

readme: $(VENV)/.tested
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/cog -r README.md data/README.md

bench: $(VENV)/.tested
	@$(PIP) -e '.[bench]' || echo "a peer cannot be installed; its benchmark will say so" >&2
	@sh .ci/reticula $(VENV)-reticula
	@$(BIN)/python -m tests.benchmarks $(ONLY)

clean:
	rm -rf build dist $(VENV) $(VENV)-rml $(VENV)-reticula .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -rf src/kvgraph/static src/kvgraph/web/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
