.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16
