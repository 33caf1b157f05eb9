PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup run test check fix lock soak

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what run and test need: system packages where missing, and .venv
	@scripts/setup test

run: ## start everything with demonstration data on http://127.0.0.1:8000 (PORT=… for another port)
	@scripts/setup run
	@exec $(PYTHON) -m config.run

test: ## run the whole suite: static checks, units, PostgreSQL, Redis, workers, browser
	@scripts/setup test
	@$(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: ## static checks alone: ruff, mypy, djlint, migrations, production settings
	@scripts/setup test
	@$(PYTHON) -m pytest tests/config/test_static_checks.py tests/config/test_production_settings.py

fix: ## repair formatting and what ruff can repair by itself
	@scripts/setup test
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m djlint --reformat --quiet templates || true

lock: ## write the hashed requirement files anew (UPGRADE=1 moves the pins)
	@scripts/lock $(if $(UPGRADE),--upgrade)

soak: ## the long proofs: kills at random points, large amounts of data
	@scripts/setup test
	@$(PYTHON) -m pytest -m soak
