# Every command of a developer, a line each. `make` lists them.
.DEFAULT_GOAL := help
BIN := .venv/bin
.PHONY: help run test quick proofs benchmarks lint types format migration lock

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: ## open the product with demo data
	./run

test: ## every test, browser ones too
	./run test

quick: ## tests without a browser, those that failed last time first
	$(BIN)/pytest -n auto --ff -m "not browser"

proofs: ## the long proofs of docs/reliability.md, with figures
	nice -n 10 $(BIN)/python -m tests.proofs.long

benchmarks: ## every figure of benchmarks/RESULTS.md anew (an hour of a quiet machine)
	$(BIN)/python -m benchmarks --keep

lint: ## style and the import rules of the house
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports

types: ## type check
	$(BIN)/mypy

format: ## put the code into shape
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

migration: ## write a migration for changed tables: make migration m="what changed"
	$(BIN)/procession make-migration "$(m)"

lock: ## renew the locks from pyproject.toml (needs uv)
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links pyproject.toml --group dev -o requirements-dev.lock
