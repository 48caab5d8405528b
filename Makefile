# Two commands: `make run` and `make test`. The rest is for those who build it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# With a key or an address of one's own the embedded engine is not needed, and not installed.
REMOTE := $(OPENAI_API_KEY)$(VOICEAPP_UPSTREAM_KEY)$(VOICEAPP_UPSTREAM_URL)
WANTED := $(if $(findstring embedded,$(VOICEAPP_PROFILE)),requirements-engine.txt,$(if $(REMOTE),requirements.txt,requirements-engine.txt))

.PHONY: run test test-page test-rest check bench soak shots clean

run: $(VENV)/installed-$(WANTED)
	@$(BIN)/python -m voiceapp.vendor
	@exec $(BIN)/gunicorn -c gunicorn.conf.py wsgi:app

test: $(VENV)/installed-requirements-dev.txt
	$(BIN)/python tests/prepare.py
	$(BIN)/python -m voiceapp.vendor
	npm --prefix tests/js ci --silent --no-audit --no-fund
	@$(MAKE) --no-print-directory --jobs=2 test-page test-rest

# Talks in real time, so it mostly waits: the rest runs beside it.
test-page:
	$(BIN)/pytest tests/browser

test-rest: check
	npm --prefix tests/js test --silent
	$(BIN)/pytest --ignore tests/browser

check:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	npm --prefix tests/js run lint --silent
	npm --prefix tests/js run types --silent

bench: $(VENV)/installed-requirements-dev.txt
	$(BIN)/python -m benchmarks.relay

soak: $(VENV)/installed-requirements-dev.txt
	$(BIN)/python -m voiceapp.vendor
	$(BIN)/python -m tests.soak

shots: $(VENV)/installed-requirements-dev.txt
	$(BIN)/python tests/prepare.py
	$(BIN)/python -m voiceapp.vendor
	npm --prefix tests/js ci --silent --no-audit --no-fund
	$(BIN)/python -m tests.shots

clean:
	rm -rf $(VENV) tests/js/node_modules benchmarks/peer/node_modules voiceapp/static/vendor

$(VENV)/installed-%: % | $(VENV)/bin/python
	@echo "Installing $<"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# The dev and engine lists include shorter ones.
$(VENV)/installed-requirements-engine.txt: requirements.txt
$(VENV)/installed-requirements-dev.txt: requirements-engine.txt requirements-redis.txt requirements.txt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("VoiceApp needs Python 3.11 or newer; this is %d.%d. Name another with: make PYTHON=python3.12" % v[:2])'
	@$(PYTHON) -m venv $(VENV)
