# `make` alone lists what there is. Only `make run` and `make test` need to be known.
#
#   PYTHON=/path/to/python3.12   which Python makes .venv (default: the first of 3.11 or newer that is found)
#   PORT=8001                    another port for `make run`
#   ARGS="-x tests/public"       more arguments for pytest, as in: make test-sqlite ARGS="-x tests/public"

PYTHON ?=
ARGS ?=
TEST_PROCESSES ?= 2
VENV = .venv/bin/python
export PYTHON

.PHONY: help run test test-sqlite test-postgres test-browser test-image check format audit look bench clean packages dev-packages
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: packages ## make everything ready and serve the site on http://127.0.0.1:8000
	@exec $(VENV) manage.py start

test: ## every test, on SQLite, on PostgreSQL and in a browser
	@$(MAKE) test-sqlite
	@$(MAKE) test-postgres
	@$(MAKE) test-browser

test-sqlite: dev-packages ## only the tests without a browser, on SQLite
	@echo "Tests on SQLite"
	@TEST_ON=sqlite $(VENV) -m pytest -n $(TEST_PROCESSES) -m "not browser and not image" $(ARGS)

# tests/content and tests/imaging touch no database, and tests/server brings its own, so once is enough.
test-postgres: dev-packages ## the same on a real PostgreSQL: an embedded one, or TEST_DATABASE_URL
	@echo "Tests on PostgreSQL"
	@TEST_ON=postgres $(VENV) -m pytest -n $(TEST_PROCESSES) -m "not browser and not image" --ignore=tests/content --ignore=tests/imaging --ignore=tests/server $(ARGS)

test-browser: dev-packages ## only the tests in a real Chromium
	@echo "Tests in a browser"
	@TEST_ON=sqlite $(VENV) -m pytest -n $(TEST_PROCESSES) --dist loadfile -m browser tests/browser $(ARGS)

# Not a part of `make test`: it needs root on a Linux machine, with Debian's buildah and mmdebstrap.
test-image: dev-packages ## build the images of the Dockerfile without Docker, and run them
	@echo "Tests of the images"
	@TEST_ON=sqlite $(VENV) -m pytest -m image tests/image $(ARGS)

check: dev-packages ## lint, format, missing migrations, Django's own checks
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@SECRET_KEY=only-for-these-checks $(VENV) manage.py makemigrations --check --dry-run
	@SECRET_KEY=only-for-these-checks $(VENV) manage.py check

format: dev-packages ## put the code into the common format
	@$(VENV) -m ruff check --fix .
	@$(VENV) -m ruff format .

# Not a part of `make test`: what it finds changes without a change here, and it needs the network.
audit: dev-packages ## ask PyPI's advisories about every pinned package
	@$(VENV) tests/audit.py

look: dev-packages ## pictures of every page, at 390 and 1440 pixels, light and dark, into var/look/
	@$(VENV) tests/look.py $(ARGS)

bench: dev-packages ## measure speed, memory and weight; the table goes into docs/performance.md (ARGS=--quick: short)
	@PYTHONPATH=tests:tests/server $(VENV) tests/bench/run.py $(ARGS)

clean: ## remove .venv and caches; var/ with the site's data stays
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# .venv holds a copy of each requirements file that is installed in it. The copy goes before an installation begins and
# comes back when it has ended well, so one that was cut off is noticed, and the whole .venv is then made anew.

packages:
	@if cmp -s requirements.txt .venv/requirements.txt && $(VENV) -c '' 2>/dev/null; then exit 0; fi; \
	stop() { echo "$$1" >&2; exit 1; }; \
	test -w . || stop "The folder $$(pwd) cannot be written to. Make it writable for this user, or use a copy of it."; \
	if ! test -f .venv/requirements.txt || ! $(VENV) -c '' 2>/dev/null; then \
		python=""; found=""; \
		if test -n "$$PYTHON"; then set -- "$$PYTHON"; else set -- python3 python3.13 python3.12 python3.11 python; fi; \
		for candidate in "$$@"; do \
			version=$$("$$candidate" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue; \
			if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
				python="$$candidate"; break; \
			fi; \
			test -n "$$found" || found=" ($$candidate is Python $$version)"; \
		done; \
		test -n "$$python" || stop "Python 3.11 or newer is needed and was not found$$found. Install one from your package manager or python.org, or name it: make run PYTHON=/path/to/python3.12"; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || stop "$$python has no venv module. On Debian or Ubuntu: sudo apt install python3-venv. Then run make again."; \
		echo "Making .venv with Python $$version …"; \
		"$$python" -m venv --clear .venv || stop "Python could not make .venv, see above. Remove the folder .venv and run make again."; \
	fi; \
	rm -f .venv/requirements.txt; \
	echo "Installing the packages of requirements.txt (about half a minute) …"; \
	PIP_USER=0 $(VENV) -m pip install --quiet --disable-pip-version-check --no-input -r requirements.txt \
		|| stop "The packages could not be installed, see above. Look at the network connection and run make again."; \
	cp requirements.txt .venv/requirements.txt

dev-packages: packages
	@if cmp -s requirements-dev.txt .venv/requirements-dev.txt; then exit 0; fi; \
	rm -f .venv/requirements-dev.txt; \
	echo "Installing the packages of requirements-dev.txt (about half a minute) …"; \
	PIP_USER=0 $(VENV) -m pip install --quiet --disable-pip-version-check --no-input -r requirements-dev.txt \
		|| { echo "The packages could not be installed, see above. Look at the network connection and run make again." >&2; exit 1; }; \
	cp requirements-dev.txt .venv/requirements-dev.txt
