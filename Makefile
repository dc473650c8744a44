# Run, test and check Demarche with git, make and Python 3.11 or newer; `make` alone lists the targets.
#
# Everything is installed into .venv, out of the lock files alone, by whatever package index pip is set up for.
# Nothing outside this folder is touched but a private temporary folder, which goes when the command ends.

.DEFAULT_GOAL := help
.SUFFIXES:
.NOTPARALLEL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory
.PHONY: help run test check fix migrate bench bench-imports bench-files bench-shifts check-openapi check-timelinejs lock clean venv

PY := .venv/bin/python
# Two processes run the tests, each with a PostgreSQL of its own; as many as there are processors would be too many where
# a container sees those of its host. One alone, for a debugger: ARGS='-n 0 --pdb'.
IN_PARALLEL := -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 1
# Which Python makes .venv: the first of these that is new enough, or the one named by PYTHON=.
PYTHONS := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11)
# With extras kept: pip before 23.3 would look for name[extra] anew, and refuse whatever is newer than the lock.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header

# `make run DATABASE_URL=…`: taken as typed; make would read a dollar sign in a password as a variable of its own.
ifeq ($(origin DATABASE_URL),command line)
override export DATABASE_URL := $(value DATABASE_URL)
endif

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: .venv/.run-stamp .venv/bin/demarche ## start the API; PORT=, HOST= and DATABASE_URL= are passed on to it
	@exec $(PY) -m api serve

test: .venv/.dev-stamp .venv/bin/demarche ## run the tests; ARGS='-k actors -x' is passed on to pytest
	@$(private_folder) $(PY) -m pytest $(IN_PARALLEL) $(ARGS)

check: .venv/.dev-stamp .venv/bin/demarche ## lint, format, types and layers; changes no file
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command(["--no-logo"])'

fix: .venv/.dev-stamp ## repair what ruff can repair
	@code=0; $(PY) -m ruff check --fix || code=$$?; $(PY) -m ruff format || code=$$?; exit $$code

migrate: .venv/.run-stamp .venv/bin/demarche ## bring the database of DATABASE_URL= to today's schema
	@exec $(PY) -m api migrate $(ARGS)

bench: .venv/.dev-stamp ## measure; ARGS= is passed on
	@$(private_folder) $(PY) -m tests.benchmarks $(ARGS)

bench-imports: .venv/.dev-stamp ## measure how fast files are taken in; ARGS= is passed on
	@$(private_folder) $(PY) -m tests.benchmarks.imports $(ARGS)

bench-files: .venv/.dev-stamp ## send 100,000 records out and in again, and take in a file of 2 GB; ARGS= is passed on
	@$(private_folder) $(PY) -m tests.benchmarks.files $(ARGS)

bench-shifts: .venv/.bench-stamp ## measure how surely shifts are found, beside the library ruptures
	@$(PY) -m tests.benchmarks.shifts

check-openapi: .venv/.openapi-stamp ## put the OpenAPI document to the tools that our users have
	@$(private_folder) export PATH="$(CURDIR)/.venv/bin:$$PATH" npm_config_cache="$$folder/npm"; \
	$(PY) -m tests.openapi_tools $(ARGS)

check-timelinejs: .venv/.openapi-stamp ## show timelines of the demo set by TimelineJS, in a browser
	@$(private_folder) export PATH="$(CURDIR)/.venv/bin:$$PATH" npm_config_cache="$$folder/npm"; \
	$(PY) -m tests.timelinejs_tools

lock: ## make the lock files again after a change in pyproject.toml (needs uv); ARGS=--upgrade takes the newest
	@command -v uv >/dev/null || { echo 'make lock needs uv on the PATH; nothing else here does.' >&2; exit 1; }
	$(LOCK) $(ARGS) pyproject.toml --output-file requirements.lock
	$(LOCK) $(ARGS) pyproject.toml --group dev --output-file requirements-dev.lock
	$(LOCK) $(ARGS) --group openapi --output-file requirements-openapi.lock
	$(LOCK) $(ARGS) --group bench --output-file requirements-bench.lock

clean: ## remove .venv and every cache; the data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# From here on: how .venv is made. A stamp is set only after its install succeeded, and .venv/.installing stands while
# one is under way: killed in between, it may have left a package without its programs, so .venv is made anew.
# `venv` is a prerequisite only where there is no sound .venv, so that a second `make run` starts at once.

NO_VENV := $(shell test ! -e .venv/.installing && \
	$(PY) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || echo venv)

.venv/.run-stamp: requirements.lock $(NO_VENV)
	@$(call install,requirements.lock)
	@touch $@

# The program, to be called from anywhere. No package is made of it, so that all that is installed comes out of the lock files.
.venv/bin/demarche: Makefile
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s" -P -m api "$$@"\n' "$(CURDIR)" "$(CURDIR)/$(PY)" >$@ && chmod +x $@

# The development lock holds all of the run lock too.
.venv/.dev-stamp: requirements-dev.lock $(NO_VENV)
	@$(call install,requirements-dev.lock)
	@touch .venv/.run-stamp $@

.venv/.openapi-stamp: requirements-openapi.lock .venv/.dev-stamp
	@$(call install,requirements-openapi.lock)
	@touch $@

.venv/.bench-stamp: requirements-bench.lock .venv/.dev-stamp
	@$(call install,requirements-bench.lock)
	@touch $@

venv:
	@if test -s .venv/.installing && kill -0 "$$(cat .venv/.installing)" 2>/dev/null; then \
		echo 'Another make is installing into .venv: let it end, then try again (or `make clean`, if none is).' >&2; exit 1; \
	fi; \
	new=; bare=; \
	for python in $(PYTHONS); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
		if "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then new=$$python; break; fi; \
		bare=$${bare:-$$python}; \
	done; \
	if test -z "$$new" && test -n "$$bare"; then \
		echo "$$bare cannot make a virtual environment (it lacks venv or ensurepip);" \
			"on Debian and Ubuntu: sudo apt install $${bare##*/}-venv" >&2; exit 1; \
	elif test -z "$$new"; then \
		echo 'Demarche needs Python 3.11 or newer, and found none (tried: $(PYTHONS));' \
			'install one (on Debian and Ubuntu: sudo apt install python3 python3-venv)' \
			'or name yours: make PYTHON=/path/to/python3 …' >&2; exit 1; \
	fi; \
	echo "Making .venv with $$("$$new" --version) …"; \
	rm -rf .venv && mkdir -p .venv/tmp && echo $$$$ >.venv/.installing && export TMPDIR="$(CURDIR)/.venv/tmp" || exit 1; \
	if RUSTUP_HOME="$$TMPDIR" "$$new" -m venv .venv >.venv/venv.log 2>&1; then rm .venv/.installing; else \
		echo "$$new could not make a virtual environment in .venv: $$(tail -n 1 .venv/venv.log)" >&2; exit 1; \
	fi

# A folder of our own for all that is temporary. Others may pass through it, not look into it: as root, the tests run
# PostgreSQL as another user. What a killed test leaves in it is still being cleared for a moment, hence the second rm.
define private_folder
folder=$$(mktemp -d) && chmod 711 "$$folder" || exit 1; export TMPDIR="$$folder"; \
trap 'rm -rf "$$folder" 2>/dev/null || { sleep 2; rm -rf "$$folder"; }' EXIT; \
trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM;
endef

# pip in silence: what it said is kept, and one sentence stands for it when it fails. Its questions (a password for an
# index) would be asked in silence too, so it may not ask. Its cache would be in the home folder, so it has none; it asks
# a Rust compiler for its version, and where rustup stands in for one that writes into the home folder too.
define install
trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM; \
echo 'Installing $(1) into .venv (a minute or so, this once) …'; \
mkdir -p .venv/tmp && echo $$$$ >.venv/.installing && export TMPDIR="$(CURDIR)/.venv/tmp" || exit 1; \
RUSTUP_HOME="$$TMPDIR" PIP_USER=0 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
$(PY) -m pip install --no-input --progress-bar off --require-hashes -r $(1) >.venv/pip.log 2>&1; code=$$?; \
test $$code -gt 128 || rm -rf .venv/.installing .venv/tmp; \
if test $$code -ne 0; then \
	echo "$(1) could not be installed; is the package index within reach? pip said:" \
		"$$(grep '^ERROR' .venv/pip.log | tail -n 1) (and more, in .venv/pip.log). The same command tries again." >&2; \
	exit 1; \
fi
endef
