# Everything installs what is missing first; variables are described in the README.
#   make run [SIZE=small|large] [ONCE=1] [HTTP_PORT=8069]
#   make test [TESTS="path …"] [K=expression] [JOBS=2]
#   make test-all | test-faults [K=expression] [FAULT_MATRIX=20] | test-crashes [CRASHES=100]
#   make mutants [MUTANTS=values]
#   make suites [SUITES="sale_timesheet …"]
#   make extension [ODOO_URL=https://odoo.example.com] [PAGES_URL=https://…]

PYTHON ?= python3
ODOO_HOME ?= $(CURDIR)/.odoo
DATABASE ?= portal
export PYTHON ODOO_HOME

TOOLS = $(PYTHON) -m tools
SYNC_TESTS = zoho_projects_connector/tests/sync/
FAULTS = test_fault_matrix.py test_deletions_property.py

.PHONY: help install run test test-all test-faults test-crashes mutants suites terms lint bench pictures extension shell db stop clean

help:
	@sed -n 's/^#   //p' Makefile
	@echo "make lint | bench | terms | pictures | shell | db | stop | clean"

install:
	@$(TOOLS) install

run test-all mutants suites terms lint bench pictures extension stop clean:
	@$(TOOLS) $@

test:
	@$(TOOLS) test $(if $(K),-k "$(K)") $(TESTS)

test-faults: export FAULT_MATRIX ?= 1
test-faults: export DELETION_RUNS ?= 10000
test-faults: export DELETION_SYNCS ?= 100
test-faults:
	@$(TOOLS) test $(if $(K),-k "$(K)") $(addprefix $(SYNC_TESTS),$(FAULTS))

test-crashes: export CRASHES ?= 100
test-crashes:
	@$(TOOLS) test tests/kill

shell: install
	@eval "$$($(TOOLS) env)" && python -m odoo shell -c "$(ODOO_HOME)/conf/$(DATABASE).conf" --no-http

db: install
	@eval "$$($(TOOLS) env)" && psql "$(DATABASE)"
