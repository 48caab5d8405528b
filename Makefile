# Two commands: `make run` and `make test`. The rest is for those who build it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
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

.PHONY: run test test-page test-page-first test-page-last test-rest test-quick test-node test-core test-modules check check-node check-python node-packages bench fuzz soak shots clean

run: $(VENV)/installed-$(WANTED)
	@$(BIN)/python -m voiceapp.ops.vendor
	@exec $(BIN)/gunicorn -c gunicorn.conf.py wsgi:app

test: $(VENV)/installed-requirements-dev.txt
	$(BIN)/python tests/prepare.py
	$(BIN)/python -m voiceapp.ops.vendor
	@$(MAKE) --no-print-directory node-packages
	@$(MAKE) --no-print-directory --jobs=3 test-page-first test-page-last test-rest

# Talks in real time, so it mostly waits: the rest runs beside it.
test-page: test-page-first test-page-last

test-page-first:
	$(BIN)/pytest tests/browser/test_[a-m]*.py

test-page-last:
	$(BIN)/pytest tests/browser/test_[n-z]*.py

test-rest: check test-node
	$(BIN)/pytest --ignore tests/browser

QUICK = -m "not real_time and not slow and not models" --hypothesis-profile quick

# Before a commit: the checks, and all tests that need no browser, no model and no clock of the world outside.
test-quick: $(VENV)/installed-requirements-dev.txt node-packages
	@$(BIN)/python -m voiceapp.ops.vendor
	@$(MAKE) --no-print-directory --jobs=3 test-modules test-core test-node check-python check-node

test-node:
	npm --prefix tests/js test --silent

# In two processes: the modules' tests wait for sockets half of the time.
test-core:
	$(BIN)/pytest tests/conversation tests/engine $(QUICK)

test-modules:
	$(BIN)/pytest --ignore tests/conversation --ignore tests/engine --ignore tests/browser --ignore tests/hostile $(QUICK)

check: check-python check-node

check-python:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check-node:
	npm --prefix tests/js run lint --silent
	npm --prefix tests/js run types --silent

bench: $(VENV)/installed-requirements-dev.txt
	$(BIN)/python -m benchmarks.relay

fuzz: $(VENV)/installed-requirements-dev.txt
	$(BIN)/python -m tests.fuzz

soak: $(VENV)/installed-requirements-dev.txt
	$(BIN)/python -m voiceapp.ops.vendor
	$(BIN)/python -m tests.soak

shots: $(VENV)/installed-requirements-dev.txt
	$(BIN)/python tests/prepare.py
	$(BIN)/python -m voiceapp.ops.vendor
	@$(MAKE) --no-print-directory node-packages
	$(BIN)/python -m tests.shots

node-packages: tests/js/node_modules/.package-lock.json

# npm writes it last.
tests/js/node_modules/.package-lock.json: tests/js/package-lock.json
	npm --prefix tests/js ci --loglevel=error --no-audit --no-fund || { echo "The page's test tools could not be installed. $(REGISTRY)" >&2; exit 1; }

clean:
	rm -rf $(VENV) tests/js/node_modules benchmarks/peer/node_modules voiceapp/static/vendor

$(VENV)/installed-%: % | $(VENV)/bin/pip
	@echo "Installing $<"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $< || { echo "The packages of $< could not be installed. $(REGISTRY)" >&2; exit 1; }
	@touch $@

# The dev and engine lists include shorter ones.
$(VENV)/installed-requirements-engine.txt: requirements.txt
$(VENV)/installed-requirements-dev.txt: requirements-engine.txt requirements-redis.txt requirements.txt

# pip is what comes last: without it the environment is half made (Debian's Python lacks what puts it there), and is
# completed or made anew.
$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("VoiceApp needs Python 3.11 or newer; this is %d.%d. Choose another with: make PYTHON=python3.12" % v[:2])'
	@{ [ -f $(VENV)/pyvenv.cfg ] && $(BIN)/python -m ensurepip --default-pip >/dev/null 2>&1 && [ -e $@ ]; } \
	|| { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); } \
	|| { rm -rf $(VENV); echo "The Python environment $(VENV) could not be made. On Debian and Ubuntu: sudo apt install python3-venv. Then run make again." >&2; exit 1; }
