# Each target installs what it needs, then does one thing.
PYTHON ?= python3
export UV_PYTHON_DOWNLOADS = never
export UV_COMPILE_BYTECODE = 1
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
BIN := .venv/bin
CHROMIUM_NAMES := chromium chromium-browser google-chrome google-chrome-stable
CHROMIUM = $(or $(OUTSEND_CHROMIUM),$(foreach name,$(CHROMIUM_NAMES),$(shell command -v $(name))))
# Without a network both ways of getting one try again and again.
AT_MOST := $(shell command -v timeout >/dev/null && echo timeout 300)

.PHONY: setup demo test check bench fuzz chaos lock

setup: .venv/installed
demo: .venv/installed
	$(BIN)/outsend demo
test: .venv/installed-dev .venv/chromium .tools/conformance/installed
	$(BIN)/python -m compileall -q engine llms outsend_api outsend_mcp prompts tests  # the tests start many processes
	$(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder  # else files of few long tests come last
check: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
bench: .venv/installed-dev .peers/installed
	$(BIN)/python -m pytest tests/load -p no:xdist --deselect tests/load/test_openapi.py
fuzz: .venv/installed-dev
	$(BIN)/python -m pytest tests/load/test_openapi.py -p no:xdist -s
chaos: .venv/installed-dev
	$(BIN)/python -m pytest -m chaos -p no:xdist
lock: $(UV)
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements.lock pyproject.toml
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet --extra distributed --group dev -o requirements-dev.lock pyproject.toml
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet --no-deps -o requirements-data.lock requirements-data.in
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements-bench.lock requirements-bench.in

.tools/bin/uv:
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --target .tools uv==0.13.9

.venv/bin/python: | $(UV)
	$(UV) venv --quiet --python $(PYTHON) .venv

.venv/installed: requirements.lock pyproject.toml | $(UV) .venv/bin/python
	$(UV) pip install --quiet --python .venv --require-hashes -r requirements.lock
	$(UV) pip install --quiet --python .venv --no-deps -e .
	touch $@

.venv/installed-dev: requirements-dev.lock requirements-data.lock .venv/installed
	$(UV) pip install --quiet --python .venv --require-hashes -r requirements-dev.lock
	$(UV) pip install --quiet --python .venv --require-hashes --no-deps -r requirements-data.lock
	touch $@

# The protocol's official suite and Inspector, and the Node they need. Where they can't be had, their tests say so and
# are skipped.
.tools/conformance/installed: tests/conformance/package.json
	@mkdir -p $(@D) && cp $< $(@D)
	@if $(AT_MOST) npm install --prefix $(@D) --no-audit --no-fund --no-package-lock --no-update-notifier \
	    --fetch-retries 1 --fetch-retry-mintimeout 1000 --fetch-timeout 20000 --loglevel error && $(@D)/node_modules/.bin/node --version; \
	then touch $@; else echo "NO NODE 22 AND NO OFFICIAL SUITE could be had by npm: /mcp is not tested by it." >&2; fi

# Programs that `make bench` runs beside ours, in a venv of their own.
.peers/installed: requirements-bench.lock | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .peers
	$(UV) pip install --quiet --python .peers --require-hashes -r requirements-bench.lock
	touch $@

# One on PATH, else Playwright's, else the system's. Where none comes, the tests that render say so and are skipped.
.venv/chromium: | .venv/installed
	@if [ -n "$(CHROMIUM)" ] \
	  || PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT=10000 $(AT_MOST) $(BIN)/playwright install --no-shell chromium \
	  || { [ "$$(id -u)" = 0 ] && $(AT_MOST) sh -c \
	    "apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium"; }; \
	then touch $@; else echo "No Chromium was found or could be installed: pages are not rendered." >&2; fi
