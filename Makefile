# Everything an operator or developer types. `make` alone lists it.

.DEFAULT_GOAL := help
.NOTPARALLEL:
PY := .venv/bin/python
# The first of these that is 3.11 or newer makes .venv.
PYTHON ?= python3 python3.13 python3.12 python3.11
DATE ?=
PORT ?= 8000
ARGS ?=
GOLD ?=

# Machines made of an image often keep Python from writing what it has compiled. The tests start Python again and again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help:  ## this list
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)$$/make \1\t\2/p' Makefile | expand -t 20

# ---- use it

.PHONY: run
run: runtime  ## set everything up and serve http://localhost:8000, with a demo on an empty database; Ctrl-C stops [PORT=8001]
	@exec env DEBUG=True $(PY) manage.py up --demo --port $(PORT)

.PHONY: demo
demo: runtime  ## one whole day from collecting to mails in var/outbox, then exit [DATE=2024-11-22]
	@exec env DEBUG=True $(PY) manage.py demo $(if $(DATE),--date $(DATE))

.PHONY: digest
digest: runtime  ## build one day's digest, today's when no date is given [DATE=2024-11-22]
	@DEBUG=True $(PY) manage.py migrate --verbosity 0
	@exec env DEBUG=True $(PY) manage.py build_digest $(if $(DATE),--date $(DATE))

.PHONY: reset
reset:  ## delete var/: database, mails, keys; asks first
	@printf 'This deletes var/ with the database, all mails in the outbox and the keys. Type yes: '; \
	read answer && [ "$$answer" = yes ] && rm -rf var && echo 'Deleted.' || { echo 'Nothing was deleted.'; exit 1; }

# ---- work on it

.PHONY: test
test: everything  ## the whole suite, on SQLite and on a real PostgreSQL and Redis [ARGS=…]
	env -u DATABASE_URL -u REDIS_URL $(PY) -m pytest -n 2 $(ARGS)
	$(PY) -m tests.services -- $(PY) -m pytest -n 2 -m 'not once' $(ARGS)

# Settings as an operator would have them; the key is nobody's.
AS_IN_PRODUCTION := DEBUG=False SECRET_KEY=$(shell seq -s x 50) SITE_URL=https://papers.example.com \
	ALLOWED_HOSTS=papers.example.com FROM_EMAIL=digest@papers.example.com

.PHONY: check
check: everything  ## formatter, linter, types, templates, migrations, translations, documents
	$(PY) -m ruff format --check
	$(PY) -m ruff check
	$(PY) -m mypy
	$(PY) -m djlint --lint --quiet templates/web templates/admin
	$(PY) manage.py makemigrations --check --dry-run
	$(AS_IN_PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	$(PY) -m pytest -q tests/test_imports.py tests/newsletter/test_translations.py \
		tests/newsletter/test_settings_documented.py tests/subscribers/test_gallery.py
	$(PY) -m tests.mjml

.PHONY: gallery
gallery: runtime  ## every mail as files and pictures, in var/gallery; look at index.html there [ARGS=--only=daily-ko]
	@exec env DEBUG=True $(PY) manage.py gallery $(ARGS)

.PHONY: pages
pages: everything  ## every kind of page seen by Lighthouse, axe and an HTML validator; table in var/pages
	$(PY) -m tests.pages $(ARGS)

.PHONY: bench
bench: everything  ## measure speed beside its peers, tables in var/bench; half an hour [N=1000000] [ARGS=--only=share]
	$(PY) -m tests.bench $(if $(N),--n $(N)) $(ARGS)

.PHONY: faults
faults: everything  ## kill, cut off and refuse everything on purpose, count mails; table in var/faults [SEEDS=3] [ONLY=F01,F11]
	$(PY) -m tests.faults $(if $(SEEDS),--seeds $(SEEDS)) $(if $(ONLY),--only $(ONLY)) $(ARGS)

.PHONY: format
format: everything  ## let the formatter and the linter mend what they can
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

.PHONY: eval
eval: runtime  ## figures on labelled papers: classification, faithfulness, the built-in writer [GOLD=path]
	@[ -n "$(GOLD)" ] || { echo 'Say where the labelled papers are: make eval GOLD=path (a .jsonl file or a folder).' >&2; exit 1; }
	@exec env DEBUG=True $(PY) manage.py evaluate "$(GOLD)"

.PHONY: messages
messages: everything  ## collect the texts to translate and compile the translations; needs gettext
	@command -v xgettext >/dev/null || { echo 'xgettext is missing: sudo apt install gettext' >&2; exit 1; }
	$(PY) manage.py makemessages --all --extension py,html,txt,mjml --add-location file --no-obsolete --no-wrap \
		--ignore .venv --ignore tests --ignore var
	$(PY) manage.py compilemessages --ignore .venv

# ---- set-up: .venv is made once, and brought up to date when what it was made from has changed

.PHONY: runtime everything
runtime: WANTED = requirements.txt
everything: WANTED = requirements-dev.txt
runtime everything:
	@stamp=.venv/installed-$(WANTED); \
	state() { { cat requirements.txt $(WANTED) constraints.txt; $(PY) -V; } 2>&1 | cksum; }; \
	if [ "$$(cat $$stamp 2>/dev/null)" = "$$(state)" ]; then exit 0; fi; \
	$(PY) -m pip --version >/dev/null 2>&1 || $(MAKE) --no-print-directory .venv || exit 1; \
	echo 'Installing $(WANTED) into .venv, which takes a minute the first time …'; \
	$(PY) -m pip install --quiet --disable-pip-version-check -r $(WANTED) -c constraints.txt || exit 1; \
	state > $$stamp

# Debian and Ubuntu keep ensurepip in a package of its own; without it, the machine's pip serves the new .venv as well.
.PHONY: .venv
.venv:
	@python=; for each in $(PYTHON); do \
		$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && python=$$each && break; \
	done; \
	[ -n "$$python" ] || { echo 'Python 3.11 or newer is needed: sudo apt install python3 python3-venv' >&2; exit 1; }; \
	$$python -m venv --clear --without-pip .venv || exit 1; \
	if $(PY) -m ensurepip --default-pip >/dev/null 2>&1; then exit 0; fi; \
	$$python -m pip --version >/dev/null 2>&1 || { echo 'pip is missing: sudo apt install python3-venv' >&2; exit 1; }; \
	$$python -m pip --python $(PY) install --quiet --disable-pip-version-check pip
