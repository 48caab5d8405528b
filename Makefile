# Two commands: `make run` and `make test`. The rest is for those who build it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEV := $(VENV)/installed-requirements-dev.txt
# With a key or an address of one's own the embedded engine is not needed, and not installed.
REMOTE := $(OPENAI_API_KEY)$(VOICEAPP_UPSTREAM_KEY)$(VOICEAPP_UPSTREAM_URL)
WANTED := $(if $(findstring embedded,$(VOICEAPP_PROFILE)),requirements-engine.txt,$(if $(REMOTE),requirements.txt,requirements-engine.txt))

# How long a registry that does not answer is waited for; set them otherwise and that counts.
export PIP_RETRIES ?= 2
export PIP_DEFAULT_TIMEOUT ?= 15
export npm_config_fetch_retries ?= 1
export npm_config_fetch_retry_mintimeout ?= 1000
export npm_config_fetch_retry_maxtimeout ?= 5000
export npm_config_fetch_timeout ?= 30000
REGISTRY = The reason is above. Set PIP_INDEX_URL and npm_config_registry for your own registry,\
 PIP_CERT and NODE_EXTRA_CA_CERTS for your own certificates, HTTPS_PROXY for a proxy. Then run make again.

# One pytest may serve the next with what it compiled.
unexport PYTHONDONTWRITEBYTECODE
# Three parts that talk in real time at once, and a fourth that computes and takes what these leave of two cores; when
# that is over, one more of the others. With four from the start the browsers wait for one another. Each part's words
# come together.
JOBS = 4
PARTS = $(MAKE) --no-print-directory --jobs=$(JOBS) --keep-going --output-sync
# In an order in which they end at the same time: the longest first, and late what hears a browser's sound in Firefox,
# when fewer compute. Each part of the browser's starts one of its own.
REAL_TIME = test-resume test-page-t-z test-page-eg-l test-page-m-q test-page-a-d test-calls test-served test-page-r \
 test-page-s test-hostile test-page-f test-voice
SERVED = $(filter-out test-page-%,$(REAL_TIME))
# These compute, and let the others go first: while pip installs what needs no Python, then one after the other.
NODE = test-node check-node
COMPUTED = test-core test-engine test-modules check-python
BEHIND = nice -n 5
# Real models, and judgements that count only in time.
VOICE = tests/engine/test_voice_mode.py tests/engine/serving/test_voice_call.py
AGAIN = tests/output/again.txt

.PHONY: run test test-quick test-page test-computed $(SERVED) $(NODE) $(COMPUTED) check programs vendor node-packages
.PHONY: bench fuzz soak shots clean

run: $(VENV)/installed-$(WANTED)
	@$(BIN)/python -m voiceapp.ops.vendor
	@exec $(BIN)/python -m voiceapp run

# Whatever needs no Python begins while pip still installs. What talks in real time and failed beside the others is
# tried once more, alone.
test: programs
	@rm -f $(AGAIN)
	@PYTEST_ADDOPTS="$$PYTEST_ADDOPTS --again=$(AGAIN)" $(PARTS) $(NODE) test-computed $(REAL_TIME)
	@[ ! -e $(AGAIN) ] || { echo "Once more, alone: $$(cat $(AGAIN))"; $(BIN)/pytest @$(AGAIN); }

# Before a commit: the checks, and all tests that need no browser, no model and no clock of the world outside.
# Where nothing depends on the time, each part may wait for another.
test-quick: JOBS = 6
test-quick: export PYTEST_ADDOPTS += -m "not real_time and not slow and not models" --hypothesis-profile quick
test-quick:
	@$(PARTS) VOICE= $(NODE) $(COMPUTED) $(filter-out test-hostile test-voice,$(SERVED))

# One at a time, whatever else runs.
test-computed: JOBS = 1
test-computed: vendor
	@MAKEFLAGS= $(PARTS) $(MAKEOVERRIDES) $(COMPUTED)

test-page: $(filter test-page-%,$(REAL_TIME))
test-page-%: vendor node-packages
	$(BIN)/pytest tests/browser/test_[$*]*.py
test-hostile: vendor
	$(BIN)/pytest tests/hostile
test-core: vendor
	$(BEHIND) $(BIN)/pytest tests/conversation
test-engine: vendor
	$(BEHIND) $(BIN)/pytest tests/engine $(VOICE:%=--ignore=%)
test-voice: vendor
	$(BIN)/pytest $(VOICE)
test-calls: vendor
	$(BIN)/pytest tests/call tests/page tests/store
test-resume: vendor
	$(BIN)/pytest tests/resume
test-served: vendor
	$(BIN)/pytest tests/net tests/ops tests/upstream tests/web
test-modules: vendor
	$(BEHIND) $(BIN)/pytest $(addprefix --ignore=tests/,browser hostile conversation engine call page store resume net ops upstream web)
test-node: node-packages
	$(BEHIND) npm --prefix tests/js test --silent

check: check-python check-node
check-python: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BEHIND) $(BIN)/mypy
check-node: node-packages
	$(BEHIND) npm --prefix tests/js run lint --silent
	$(BEHIND) npm --prefix tests/js run types --silent

# A peer that cannot be installed here is left out.
bench: $(DEV)
	-@npm --prefix benchmarks/peer ci --loglevel=error --no-audit --no-fund
	-@cd benchmarks && ../$(BIN)/python -m venv peer/.venv && peer/.venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m benchmarks.relay
shots: programs node-packages
fuzz soak shots: vendor
	$(BIN)/python -m tests.$@
	$(if $(filter soak,$@),$(BIN)/python -m tests.resume.soak)

programs: $(VENV)/bin/pip
	@$(BIN)/python tests/prepare.py
vendor: $(DEV)
	@$(BIN)/python -m voiceapp.ops.vendor
# npm writes it last.
node-packages: tests/js/node_modules/.package-lock.json
tests/js/node_modules/.package-lock.json: tests/js/package-lock.json
	@npm --prefix tests/js ci --loglevel=error --no-audit --no-fund || { echo "The page's test tools could not be installed. $(REGISTRY)" >&2; exit 1; }

clean:
	rm -rf $(VENV) tests/js/node_modules benchmarks/peer/node_modules benchmarks/peer/.venv voiceapp/static/vendor voiceapp/engine/vendor

# What is used of a package Python compiles when it is: all of it would take a third of the time.
$(VENV)/installed-%: % | $(VENV)/bin/pip
	@echo "Installing $<"
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -r $< || { echo "The packages of $< could not be installed. $(REGISTRY)" >&2; exit 1; }
	@touch $@
# The dev and engine lists include shorter ones.
$(VENV)/installed-requirements-engine.txt: requirements.txt
$(DEV): requirements-engine.txt requirements-redis.txt requirements-mcp.txt requirements.txt

# pip is what comes last: without it the environment is half made (Debian's Python lacks what puts it there), and is
# completed or made anew.
$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("VoiceApp needs Python 3.11 or newer; this is %d.%d. Choose another with: make PYTHON=python3.12" % v[:2])'
	@{ [ -f $(VENV)/pyvenv.cfg ] && $(BIN)/python -m ensurepip --default-pip >/dev/null 2>&1 && [ -e $@ ]; } \
	|| { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); } \
	|| { rm -rf $(VENV); echo "The Python environment $(VENV) could not be made. On Debian and Ubuntu: sudo apt install python3-venv. Then run make again." >&2; exit 1; }
