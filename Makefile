# Every target prepares what it needs by itself. Nothing here leaves this folder, but for system
# libraries, which scripts/setup.sh installs when it may and names when it may not.

UV_VERSION := 0.13.9
# One more than there are cores: what waits for a server, a browser or another process leaves its core idle.
PYTEST_ARGS ?= -n $(shell expr $$(nproc) + 1)
# Tests reach loopback and nothing else.
PYTEST = .venv/bin/python -m pytest --allow-hosts=127.0.0.1,::1 --allow-unix-socket
LOCK_ARGS ?=
BENCH_ARGS ?=
AUDIT_ARGS ?=
CASES ?= tests/assess/cases

# `fewest`: one version of each package for every Python, so that the same input gives the same bytes.
UV_COMPILE = .venv/bin/uv pip compile --quiet --universal --fork-strategy fewest \
	--python-version 3.11 --generate-hashes --custom-compile-command 'make lock' --group build

# Every process that a target starts would compile the libraries anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test cases lint audit soak bench lock fonts clean setup setup-dev setup-fonts setup-lock

help: ## show this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1	/p' Makefile | expand -t 8

demo: setup ## set up, then issue and verify the sample reports in out/demo
	.venv/bin/reportgen demo --out out/demo

test: lint ## lint, then run the tests; PYTEST_ARGS overrides '-n' with the cores and one
	$(PYTEST) $(PYTEST_ARGS)

cases: setup ## run the sentence cases; CASES=folder runs an analyst's own
	@.venv/bin/python -m scripts.run_cases $(CASES)

lint: setup-dev ## ruff, mypy and the order of the rooms
	.venv/bin/python -m ruff check
	.venv/bin/python -m ruff format --check
	.venv/bin/python -m mypy
	.venv/bin/lint-imports

audit: setup-dev ## ask whether a locked package has a known vulnerability; AUDIT_ARGS names an own source
	@.venv/bin/python -m scripts.audit_packages $(AUDIT_ARGS)

soak: setup-dev ## the long runs: memory, races, random faults
	$(PYTEST) -m soak

bench: setup-dev ## measure speed, size and memory beside other typesetters; BENCH_ARGS=--quick to see that it runs
	.venv/bin/python -m benchmarks $(BENCH_ARGS)

lock: setup-lock ## resolve both locks anew; LOCK_ARGS=--upgrade takes newer versions
	.venv/bin/python -m pip install -qq --disable-pip-version-check 'uv==$(UV_VERSION)'
	$(UV_COMPILE) $(LOCK_ARGS) -o requirements.lock pyproject.toml >/dev/null
	$(UV_COMPILE) $(LOCK_ARGS) --extra test -c requirements.lock -o requirements-dev.lock pyproject.toml >/dev/null

fonts: setup-fonts ## cut the font subsets in fonts/ from the system's fonts
	.venv/bin/python -m scripts.build_fonts

clean: ## remove everything that can be made again, but .venv
	rm -rf out dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
	find . -name .venv -prune -o -name __pycache__ -type d -prune -exec rm -rf '{}' +

setup:
	@sh scripts/setup.sh run

setup-dev:
	@sh scripts/setup.sh dev

setup-fonts:
	@sh scripts/setup.sh fonts

setup-lock:
	@sh scripts/setup.sh lock
