# Every command a developer types. Only Python ≥ 3.11 and make are assumed; `make` alone lists the commands.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
BIN := .venv/bin
SOURCES := ecp workers migrations tests scripts bench config.py wsgi.py
HERE = $(wildcard $(SOURCES))

RUNTIME := .venv/.installed
DEVELOPMENT := .venv/.installed-dev
TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard ecp/translations/*/*/LC_MESSAGES/*.po ecp/cli/locale/*/LC_MESSAGES/*.po))
FONTS := ecp/fonts/.ready
ASSETS := ecp/web/static/vendor/.ready

.PHONY: help setup assets run test check lint types imports bench verify backup docs lock screenshots db revision worker format

help: ## cette liste
	@grep -hE '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 14

# ---- what users type

setup: $(RUNTIME) $(BIN)/ecp $(FONTS) $(ASSETS) $(TRANSLATIONS) ## installe tout ce qu’il faut dans .venv

run: setup ## installe, démarre tout, affiche l’adresse et les accès ; Ctrl-C arrête tout
	@exec $(BIN)/ecp serve

test: setup $(DEVELOPMENT) ## installe, lance tous les essais, navigateur compris (TESTS="…" en choisit)
	@$(BIN)/python scripts/browser.py
	$(BIN)/python -m pytest $(TESTS)

check: lint types imports ## style, types et contrats d’import

verify: setup ## vérifie tout ce que les livres promettent
	@$(BIN)/ecp verify

backup: setup ## sauvegarde complète dans var/backups
	@$(BIN)/ecp backup

# ---- what developers type

lint: $(DEVELOPMENT) ## ruff : règles et mise en forme
	$(BIN)/ruff check $(HERE)
	$(BIN)/ruff format --check $(HERE)

types: $(DEVELOPMENT) ## mypy, strict
	$(BIN)/mypy

imports: $(DEVELOPMENT) ## les flèches descendent
	@PYTHONPATH=. $(BIN)/lint-imports --no-cache

format: $(DEVELOPMENT) ## met le code en forme
	$(BIN)/ruff check --fix-only --quiet $(HERE)
	$(BIN)/ruff format $(HERE)

worker: setup ## les tâches de fond seules
	@exec $(BIN)/ecp serve --only worker

db: setup ## amène la base à la dernière migration
	@$(BIN)/ecp database upgrade

revision: setup $(DEVELOPMENT) ## nouvelle migration : make revision TITLE="chart and journals"
	@$(BIN)/ecp database revision "$(TITLE)"

bench: setup $(DEVELOPMENT) ## mesure le produit et son plancher dans le même passage
	$(BIN)/python -m bench

screenshots: setup $(DEVELOPMENT) ## refait les images des écrans dans screenshots/
	@$(BIN)/python scripts/browser.py
	$(BIN)/python scripts/screenshots.py

docs: $(DEVELOPMENT) ## la documentation en pages HTML dans build/docs
	@$(BIN)/python scripts/docs.py

lock: $(BIN)/python ## recalcule les versions et empreintes des bibliothèques
	@sh scripts/lock.sh

# ---- what the above stand on

$(BIN)/python:
	@sh scripts/venv.sh

$(RUNTIME): requirements.lock $(BIN)/python
	@$(BIN)/python scripts/install.py requirements.lock
	@touch $@

$(DEVELOPMENT): requirements-dev.lock $(RUNTIME)
	@$(BIN)/python scripts/install.py requirements-dev.lock
	@touch $@

$(BIN)/ecp: scripts/ecp.sh $(RUNTIME)
	@cp scripts/ecp.sh $@ && chmod 755 $@

%.mo: %.po $(RUNTIME)
	@$(BIN)/python -m babel.messages.frontend --quiet compile --input-file $< --output-file $@

assets: $(FONTS) $(ASSETS) ## polices, icônes et htmx, tirés de npm

$(FONTS): scripts/fonts.py $(ASSETS)
	@$(BIN)/python scripts/fonts.py
	@touch $@

$(ASSETS): scripts/assets.py package-lock.json ecp/web/icons.txt $(RUNTIME)
	@$(BIN)/python scripts/assets.py
	@touch $@
