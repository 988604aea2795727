# The chores of the project, each by one name; CI calls the same ones.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Fixtures in a folder named broken are broken on purpose.
TURTLE := $(shell find ontology shapes tests examples -name '*.ttl' -not -path '*/broken/*')

.PHONY: help venv test lint types layout check format build ask-score ask-train ask-fit coverage-terms coverage-phrasings mutants updates ci clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(BIN)/pytest  ## an environment with all that the targets below need

$(BIN)/pytest: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -e '.[test]'
	@touch $@

test: venv  ## the whole suite
	$(BIN)/pytest

lint: venv  ## style of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: venv  ## types of the code
	$(BIN)/mypy

layout: venv  ## layout of the Turtle files
	$(BIN)/turtlefmt --check $(TURTLE)

check: lint types layout test  ## all of the above

ask-score: venv  ## how many questions in plain words are answered right
	$(BIN)/python tests/ask/score.py

# Each of their processes has work for one core; numpy would start threads in each for all of them.
ask-train ask-fit: export OPENBLAS_NUM_THREADS = 1

ask-train: venv  ## train the network that reads questions, once to check it and once to keep (an hour, and more where questions are new)
	$(BIN)/pip install -q -e '.[train]'
	$(BIN)/python -m tests.ask.train --check
	$(BIN)/python -m tests.ask.train

ask-fit: venv  ## the weights of confidence, fitted to questions that the network has not learned
	$(BIN)/python -m tests.ask.fit

coverage-terms: venv  ## the terms of the ontology that no question uses
	$(BIN)/python tests/ask/coverage.py

coverage-phrasings: venv  ## the phrasings that come to nothing
	$(BIN)/python -m tests.ask.phrasings

mutants: venv  ## the share of wrong edits of a fact that validation notices
	$(BIN)/python benchmarks/mutants.py

updates: venv  ## the questions whose answers UPDATE (a claim or a page) changes
	$(BIN)/python benchmarks/updates.py $(UPDATE)

format: venv  ## lay out code and Turtle in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/turtlefmt $(TURTLE)

build: venv  ## sdist and wheel, into dist/
	$(BIN)/python -m build

ci:  ## what CI runs, from a fresh environment
	.ci/run

clean:  ## remove what the other targets made
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
