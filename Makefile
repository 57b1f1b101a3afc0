# The commands of the house. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

TARGET := $(or $(CARGO_TARGET_DIR),target)
export ROLLCALL_ASSETS ?= $(CURDIR)/.rollcall
CARGO := cargo
step = @printf '\n\033[1m== %s\033[0m\n' "$(1)"

.PHONY: help setup portal build run demo-once test faults doors fuzz lint fix gen promise bench deb dist clean

help: ## List the commands.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | column -t -s $$'\t'

setup: ## Fetch and make everything outside Cargo (idempotent).
	@python3 setup/setup.py

portal: setup ## Build the portal.
	$(call step,portal)
	@python3 setup/portal.py

build: portal ## Build the programs `rollcall` and `rollcall-edge`.
	$(call step,build)
	@$(CARGO) build --locked --workspace --bins

run: build ## Set up everything and run the demo: real video, real recognition, portal and GraphQL.
	$(call step,demo)
	@$(TARGET)/debug/rollcall demo

demo-once: build ## The demo until its clips end; fails when a known person was missed or a stranger was punched.
	@$(TARGET)/debug/rollcall demo --once

test: build ## Set up everything and pass every test.
	$(call step,tests of set-up, the model exporter and the fuzzer)
	@python3 -m unittest discover -s setup
	@$(ROLLCALL_ASSETS)/venv/bin/python -m unittest discover -s models/export
	@$(ROLLCALL_ASSETS)/fuzz-venv/bin/python -m unittest discover -s fuzz
	$(call step,tests of the workspace)
	@$(CARGO) test --locked --workspace --no-fail-fast
	$(call step,tests of the portal)
	@cd portal && npm run --silent test
	$(call step,fuzzing of the HTTP edge)
	@$(FUZZ)

FUZZ_SECONDS ?= 45
FUZZ_SEED ?= 1
FUZZ = $(ROLLCALL_ASSETS)/fuzz-venv/bin/python fuzz/fuzz.py --hub $(TARGET)/debug/rollcall \
	--seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED) --out $(TARGET)/fuzz $(FUZZ_OPTIONS)

fuzz: build ## Fuzz the HTTP edge for FUZZ_SECONDS (45) with FUZZ_SEED (1); FUZZ_OPTIONS="--only shiftCreate --verbose".
	$(call step,fuzzing of the HTTP edge)
	@$(FUZZ)

lint: portal ## Formatting, clippy, generated files unchanged, TypeScript.
	$(call step,rustfmt)
	@$(CARGO) fmt --all --check
	$(call step,clippy)
	@$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(call step,portal: types and lint)
	@cd portal && npm run --silent lint && npm run --silent codegen:check && npm run --silent breaking

fix: ## Apply formatting and clippy's suggestions.
	@$(CARGO) fmt --all
	@$(CARGO) clippy --workspace --all-targets --fix --allow-dirty --allow-staged

gen: ## Regenerate the committed generated files (GraphQL SDL, schema dump, portal types).
	@ROLLCALL_UPDATE=1 $(CARGO) test --locked -p rollcall-api --test api sdl
	@ROLLCALL_UPDATE=1 $(CARGO) test --locked -p rollcall-api --test api rights
	@ROLLCALL_UPDATE=1 $(CARGO) test --locked -p rollcall-store --test migrate
	@cd portal && npm run --silent codegen

promise: portal ## Make the present GraphQL schema the one that later changes may not break (at a release).
	@cd portal && npm run --silent breaking -- --accept

faults: setup ## Mistreat agent, network, disk and database in 100 seeded rounds (part of `make test`: six).
	@ROLLCALL_FAULT_ROUNDS=100 $(CARGO) test --locked -p rollcall-edge --test faults -- --nocapture

MINUTES ?= 60
doors: setup ## Two RTSP cameras for MINUTES (60) with the network cut in the middle third: the same attendance as undisturbed.
	@ROLLCALL_DOOR_MINUTES=$(MINUTES) $(CARGO) test --locked -p rollcall-edge --test agent -- --ignored --nocapture two_cameras

bench: setup ## Benchmarks in release, as ratios against baselines of the same run; also target/bench*.json.
	@$(CARGO) bench --locked -p rollcall-edge --bench rollcall
	@$(CARGO) bench --locked -p rollcall-domain --bench derive
	@$(CARGO) bench --locked -p rollcall-worker --bench derivation
	@$(CARGO) bench --locked -p rollcall-api --bench http
	@$(CARGO) bench --locked -p rollcall-api --bench live

deb: setup ## Debian package of the agent, with ONNX Runtime and models, into target/debian.
	@python3 setup/deb.py --target-dir $(TARGET)

dist: portal ## Release builds of both programs.
	@$(CARGO) build --locked --release --workspace --bins

clean: ## Remove build outputs (not the downloads in .rollcall).
	@$(CARGO) clean
	@rm -rf portal/dist
