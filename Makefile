# `make help` lists what there is. Everything lives in .venv; nothing else on the machine is touched.
PYTHON ?= python3
CORES ?= all
CONFIG ?= config/config.yaml
# One build of torch fits all: only its version is pinned. Empty takes the package index's own build, which on
# Linux brings CUDA (some GB). A machine without a GPU is served by PyTorch's CPU index:
#   make TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
TORCH ?=

BIN := .venv/bin
# pip of PYTHON works on .venv from outside, so that Debian's separate venv package is not needed.
PIP := $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check
REPORT = $(shell sed -n 's|^study: *["'"'"']\{0,1\}\([A-Za-z0-9_-]*\).*|results/\1/report.html|p' $(CONFIG))
START := $(shell date +%s)

.DEFAULT_GOAL := demo
.PHONY: demo graphs estimate power overlap test test-slurm lint docs bench lock verify profiles clean help

demo: .venv/installed $(CONFIG)  ## run the study of CONFIG and write its report (default)
	@study=$$(date +%s) && \
	$(BIN)/snakemake --configfile $(CONFIG) --profile profiles/local --cores $(CORES) && \
	now=$$(date +%s) && \
	echo "Report: $(REPORT) (study $$((now - study)) s, in all $$((now - $(START))) s)"

graphs: .venv/installed-graphs  ## add what the encoders of graphs need (gradients.encoders: gcn, gat)

# Snakemake's own lines go to standard error; the page is shown even if it was there
estimate: .venv/installed $(CONFIG)  ## say what the study of CONFIG will cost, before it is trained
	@$(BIN)/snakemake --configfile $(CONFIG) --profile profiles/local --cores $(CORES) estimate >/dev/null
	@cat $(REPORT:report.html=estimate/estimate.txt)

power: .venv/installed $(CONFIG)  ## compare designs for the study of CONFIG: effects detected, trainings needed
	@$(BIN)/snakemake --configfile $(CONFIG) --profile profiles/local --cores $(CORES) power >/dev/null
	@cat $(REPORT:report.html=power/power.txt)

overlap: .venv/installed $(CONFIG)  ## say whether the tasks of CONFIG share enough compounds to compare gradients
	@$(BIN)/snakemake --configfile $(CONFIG) --profile profiles/local --cores $(CORES) overlap >/dev/null
	@cat $(REPORT:report.html=overlap/overlap.txt)

test: .venv/installed-test  ## run the tests
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

test-slurm: .venv/installed-test  ## run the tests on a Slurm of their own (root; Debian's packages, see CONTRIBUTING.md)
	$(BIN)/python -m pytest -n0 -rs tests/slurm

lint: .venv/installed-test  ## check style, types and the workflow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/mypy
	$(BIN)/snakemake --lint

docs: .venv/installed  ## rewrite what is generated: config/README.md, its schema, docs/tables.md, README's graph
	$(BIN)/python -m mtlcurves.config_docs
	$(BIN)/python -m mtlcurves.table_docs
	$(BIN)/snakemake --rulegraph mermaid-js | $(BIN)/python -m mtlcurves.rulegraph_docs

bench: .venv/installed  ## time the training engines on this machine (about 10 minutes)
	$(BIN)/python -m mtlcurves.bench

lock: .venv/installed  ## resolve the newest packages and pin them
	$(BIN)/python envs/lock.py $(TORCH)

verify: .venv/installed-test  ## the long checks (hours); writes docs/verification.md
	$(BIN)/python -m pytest -m verify tests

PROFILES := $(or $(XDG_CONFIG_HOME),$(HOME)/.config)/snakemake
profiles: .venv/installed  ## link the profiles to where `snakemake --profile slurm` looks for them
	mkdir -p $(PROFILES)
	ln -sfn $(CURDIR)/profiles/slurm $(CURDIR)/profiles/local $(PROFILES)/

clean:  ## remove .venv and the tools' caches; results stay
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

help:  ## list the goals and the knobs
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r goal what; do \
	  printf '  make %-10s %s\n' "$$goal" "$$what"; done
	@echo; printf '  %-14s %s\n' \
	  "PYTHON" "interpreter for .venv, 3.11 or newer (now: $(PYTHON))" \
	  "CORES" "cores the study may use (now: $(CORES))" \
	  "CONFIG" "configuration of the study (now: $(CONFIG))" \
	  "TORCH_INDEX" "package index for torch alone; https://download.pytorch.org/whl/cpu has no CUDA" \
	  "TORCH" "version of torch that \`make lock\` pins (now: the pinned one)"

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("mtlcurves needs Python 3.11 or newer: make PYTHON=...")'
	$(PYTHON) -m venv --without-pip .venv
	$(if $(TORCH_INDEX),$(PIP) install --no-deps --index-url $(TORCH_INDEX) $$(grep '^torch==' requirements.lock))
	$(PIP) install --requirement requirements.lock
	$(PIP) install --no-deps --editable .
	@touch $@

.venv/installed-graphs: requirements-graphs.lock .venv/installed
	$(PIP) install --requirement requirements-graphs.lock
	@touch $@

.venv/installed-test: requirements-test.lock .venv/installed-graphs
	$(PIP) install --requirement requirements-test.lock
	@touch $@
