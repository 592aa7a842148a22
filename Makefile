# One gate, the same here and in continuous integration. Needs Python 3.11 as python3, make, and a package index.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
STAGE ?= local
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/made
LOCAL_VENV := .venv-local
LOCAL_READY := $(LOCAL_VENV)/made

.PHONY: help venv test lint types package deploy run token faults

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# --- workbench: one environment, made again only when the pins change --------------------------------------
$(READY): requirements.txt requirements-dev.txt
	test -x $(PY) || python3 -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

venv: $(READY)  ## make the workbench (.venv)

# --- checks ----------------------------------------------------------------------------------------------
test: lint types $(LOCAL_READY)  ## everything: lint, types, all tests, package checks of every stage
	$(PY) -m pytest -q -n 2 --dist loadfile

lint: $(READY)  ## ruff: rules and format
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(READY)  ## mypy, strict
	$(PY) -m mypy

# --- rules that are written by a program ------------------------------------------------------------------
.PHONY: checks holidays law playbooks purposes relief rules-due
holidays: $(READY)  ## write the public-holiday calendars anew
	$(PY) -m infra.generate_holidays

rules-due: $(READY)  ## list the rule files that somebody should read again   (ON=YYYY-MM-DD)
	$(PY) -m infra.rules_due $(ON)

.PHONY: locales notices
locales: $(READY)  ## write anew how each language writes days, hours, numbers and money (CLDR)
	$(PY) -m infra.generate_locales

notices: $(READY)  ## every notice to the customer in every language, to look at in a browser: build/notices/index.html
	$(PY) -m infra.notices_page

purposes: $(READY)  ## write docs/PURPOSES.md anew: every purpose in each carrier's own words
	$(PY) -m infra.purposes_page

checks: $(READY)  ## write docs/CHECKS.md anew: every rule that is not sure, and who must look before production
	$(PY) -m infra.checks_page

playbooks: $(READY)  ## write docs/PLAYBOOKS.md anew: what to do about every kind of exception, in English and Chinese
	$(PY) -m infra.playbooks_page

law: $(READY)  ## write docs/LAW.md anew: the rights of consumers in every country, and which rows may refuse
	$(PY) -m infra.law_page

relief: $(READY)  ## write docs/RELIEF.md anew: every kind of relief in every country, or why there is none
	$(PY) -m infra.relief_page

# --- package and deploy ----------------------------------------------------------------------------------
package: $(READY)  ## build/STAGE/: sam.json, deployment.zip, hash   (STAGE=local|dev|prod)
	$(PY) -m infra.package $(STAGE)

deploy: package  ## STAGE=dev|prod BUCKET=name: package, upload, change set, wait (needs an AWS account)
	$(PY) -m infra.deploy $(STAGE) $(BUCKET)

# --- run: the embedded AWS and its story -----------------------------------------------------------------
$(LOCAL_READY): requirements-local.txt
	@echo "making $(LOCAL_VENV), the environment of the embedded AWS (about 20 s)"
	test -x $(LOCAL_VENV)/bin/python || python3 -m venv $(LOCAL_VENV)
	$(LOCAL_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-local.txt
	touch $@

run: $(READY) $(LOCAL_READY)  ## the whole system here: embedded AWS, simulated carriers, one ring that comes home and one that is lost   (CARRIER=fedex|dhl|ems STORY=home|lost|repair|swap ONCE=1)
	@exec $(PY) -m infra.local.run

token: $(READY)  ## a new API token, shown once   (HOLDER= ROLE= SCOPES= DAYS= STAGE=)
	@exec $(PY) -m infra.local.mint

.PHONY: redrive replay erase-again recall
redrive: $(READY)  ## dead letters of a queue, counted by reason; GO=1 sends them back   (QUEUE= REASON= MOST= AGAIN=1 STAGE=)
	@exec $(PY) -m infra.redrive

replay: $(READY)  ## a track made anew from its raw bodies, beside the kept one   (CARRIER= NUMBER= SINCE= UNTIL= WRITE=1 STAGE=)
	@exec $(PY) -m infra.replay

recall: $(READY)  ## hand a file of sales in to a recall, and open a return for each it reaches   (RECALL= FILE= URL= GO=1)
	@exec $(PY) -m infra.recall

erase-again: $(READY)  ## after a restore: forget again whoever was forgotten since   (STAGE=)
	@exec $(PY) -m infra.erase_again

.PHONY: chain
chain: $(READY)  ## whether log and evidence of cases are as they were written; what is not is printed   (CASE= | ALL=1 STAGE=)
	@exec $(PY) -m infra.chain

faults: $(READY)  ## every call of each carrier's stories broken in every way, as a table of how the runs ended
	@$(PY) -m tests.faults.report
	@FAULTS=all $(PY) -m pytest -q -n 2 tests/faults/test_couriers_may_fail.py tests/faults/test_customs_may_fail.py tests/faults/test_repairs_may_fail.py \
		tests/workflows/test_dock_may_fail.py tests/workflows/test_keep_claims.py tests/faults/test_the_end_may_fail.py

# --- bench -----------------------------------------------------------------------------------------------
.PHONY: bench
bench: $(READY) $(LOCAL_READY)  ## the numbers that were promised: bar, measured, ok; and what 1,000 returns cost
	@$(PY) -m tests.benchmarks.bench

.PHONY: money
money: $(READY)  ## ten thousand random orders and a thousand settlements in any order: no rule of money broken
	@$(PY) -m tests.benchmarks.money

.PHONY: watched
watched: $(READY)  ## in virtual time: the rules over ten thousand parcels, and the whole watch over fewer   (PARCELS=1000)
	@$(PY) -m tests.benchmarks.watch_fleet
	@$(PY) -m tests.benchmarks.watched $(or $(PARCELS),1000)

.PHONY: random-ends
random-ends: $(READY)  ## random cases from arrival to end, whatever people, provider, messages and time do   (CASES=10000 SEED=1)
	@$(PY) -m tests.benchmarks.random_ends $(or $(CASES),10000) $(or $(SEED),1)

.PHONY: fleet
fleet: $(READY)  ## ten thousand parcels over twenty days of virtual time: how often each carrier is asked, against its quota
	@$(PY) -m tests.benchmarks.fleet
