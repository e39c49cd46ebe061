# Works with GNU Make 3.81 (macOS) and later. `make help` lists the targets.
# Arguments for pytest: make test ARGS="tests/domain -k verdict". Newer versions: make lock ARGS=--upgrade.

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
KILLS ?= 500
MINUTES ?= 20
ATTACKS ?=
SAMPLE ?= 60
SEED ?=
SBOM ?= dist/assessor.cdx.json
# Without --python-version a lock made by a newer Python would leave out what 3.11 needs.
COMPILE := $(BIN)/uv pip compile --quiet pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(ARGS)

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-deep check format docs lock clean torture soak mutation attack sbom audit-dependencies bench bench-smoke screenshots

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv and install what the lock names (quick when nothing changed)
	@sh tools/setup.sh $(VENV)

demo: setup ## serve the demonstration on 127.0.0.1 and print its address
	@$(BIN)/assessor demo $(ARGS)

test: setup ## run the tests, with a real Chromium where one can be had
	@sh tools/test.sh $(VENV) $(ARGS)

test-deep: setup ## run what takes minutes: a million rows, hundreds of lives, every page in every look, mutants
	@DEPTH=deep sh tools/test.sh $(VENV) -rA $(ARGS)
	$(if $(ARGS),,@$(MAKE) mutation)

mutation: setup ## change the code in small ways (SAMPLE=60 a package, drawn by SEED), and see what no test notices
	@$(BIN)/python -m tests.mutation --sample $(SAMPLE) $(if $(SEED),--seed $(SEED)) $(ARGS)

check: setup ## formatting, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict assessor tests
	$(BIN)/lint-imports

format: setup ## let ruff rewrite what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

torture: setup ## end the service KILLS times (500 in all, on both databases), and count the damage
	@$(BIN)/python -m tests.torture --kills $(KILLS) $(ARGS)

soak: setup ## serve whole lives for MINUTES (20), and fail when memory, files or latency grow
	@$(BIN)/python -m tests.soak --minutes $(MINUTES) $(ARGS)

attack: setup ## play attacks on interviewer, judge, pages and API: our own, or ATTACKS=PATH of a file of payloads
	@$(BIN)/python -m tests.attacks $(ATTACKS) $(ARGS)

bench: setup ## measure beside others (installs them in a cache of their own), and write docs/benchmarks.md
	@$(BIN)/python -m tests.bench --write docs/benchmarks.md $(ARGS)

bench-smoke: setup ## run the benchmarks for a minute without the others, to see that they work
	@$(BIN)/python -m tests.bench --smoke $(ARGS)

screenshots: setup ## take pictures of every page in every state, into var/screenshots (ARGS=FOLDER for another)
	@$(BIN)/python -m tests.e2e.gallery $(ARGS)

docs: setup ## write the generated pages
	$(BIN)/python -c "from assessor.settings import markdown_table; print(markdown_table(), end='')" > docs/settings.md
	$(BIN)/python -c "from assessor.simulation.capacity import markdown_page; print(markdown_page(), end='')" > docs/capacity.md
	$(BIN)/assessor processing-record > docs/processing.md
	$(BIN)/python -m tests.bench.charts

lock: setup ## compile both locks again, with hashes and without addresses
	$(COMPILE) -o requirements.lock
	$(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock

sbom: setup ## write what the service is made of, as CycloneDX (SBOM=PATH for another file)
	@$(BIN)/python -m tools.sbom $(SBOM)

audit-dependencies: setup ## ask a public database about known vulnerabilities in what is locked
	$(BIN)/uv tool run pip-audit --requirement requirements.lock --require-hashes --disable-pip $(ARGS)

clean: ## remove what the tools and the build left behind; .venv and var stay
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist mutants
	find assessor tests -name __pycache__ -type d -prune -exec rm -rf {} +
