# The targets people type; CI types the same. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build up down test check bench screenshots clean

SLIPWAY := .venv/bin/slipway
COMMIT := $(shell git rev-parse --verify --quiet HEAD 2>/dev/null)
COMMIT_TIME := $(shell TZ=UTC git show --no-patch --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd HEAD 2>/dev/null)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what is missing (apt and uv); nothing to do takes no time
	@tools/setup

build: setup ## build every service's image and print the table
	@$(SLIPWAY) call --commit "$(COMMIT)" --commit-time "$(COMMIT_TIME)" build

up: ## the whole application on this machine, with stand-ins; no token needed
	@tools/setup stack
	@tools/up

down: ## remove what `make up` made
	@if [[ -x .venv/bin/python ]]; then tools/up down; fi

test: ## every test: units, the engine, the pipeline and the services' own
	@tools/setup tests
	@tools/test

check: setup ## every check but the audit, which needs the network: code, services, compose, workflows, secrets
	@tools/check
	@$(SLIPWAY) check compose dockerfiles format lint locks migrations secrets shell test types workflows

bench: setup ## the same images built, then published, by Slipway and by others, side by side
	@.venv/bin/python tests/bench/bench.py
	@.venv/bin/python tests/bench/publish.py

screenshots: ## take the pictures of docs/ anew
	@tools/setup stack
	@tools/setup browser
	@tools/screenshots

clean: down ## remove the environments and the engine's cache
	@if [[ -x $(SLIPWAY) ]]; then $(SLIPWAY) prune; fi
	@rm -rf .venv .slipway
