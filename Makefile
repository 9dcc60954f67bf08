# make demo     a shop with suppliers, shoppers and parcels, on this machine alone
# make test     everything that must hold, on SQLite and PostgreSQL; installs what is missing
# make lint     style and tidy modules
# make bench    how fast it is here, on both databases
# make generate what is drawn or written by program: queries, state pages, openapi.json
# make build    bin/doorstep
# make screenshots  a picture of every page in screenshots/

GO       ?= go
DATABASE ?=
ARGS     ?=
TOOLS    := $(CURDIR)/tools/go.mod
TOOL     := $(GO) tool -modfile=$(TOOLS)
BIN      := bin/doorstep

.PHONY: help build demo test race lint vet bench generate screenshots clean

help:
	@sed -n 's/^# make/make/p' Makefile

# No C compiler is needed: both database drivers are Go.
build:
	@CGO_ENABLED=0 $(GO) build -trimpath -o $(BIN) ./cmd/doorstep

demo: build
	@$(BIN) demo $(if $(DATABASE),--database $(DATABASE)) $(ARGS)

test:
	@scripts/install.sh postgres chromium compiler
	@scripts/pg.sh run scripts/test.sh

# The race detector over the packages where goroutines meet; part of `make test`.
race:
	@scripts/install.sh postgres compiler
	@scripts/pg.sh run scripts/test.sh race

vet:
	@$(GO) vet ./...

lint: vet
	@$(TOOL) golangci-lint run ./...
	@$(GO) mod tidy -diff
	@cd tools && $(GO) mod tidy -diff

# make oversold    1,000 buyers for 10 units, on SQLite and over three nodes of PostgreSQL
.PHONY: oversold
oversold:
	@DOORSTEP_BUYERS=1000 $(GO) test -count=1 -run TenMugs -v ./internal/flow

bench: build
	@scripts/install.sh postgres
	@DOORSTEP_PG_SAFE=1 scripts/pg.sh run scripts/bench.sh $(BIN) $(ARGS)

generate:
	@scripts/generate.sh $(TOOLS)

# make screenshots PAGES='claim|door' LOOKS=390 ONLY=normal OUT=folder  takes a part; each may be left out
screenshots:
	@scripts/install.sh chromium fonts
	@$(GO) run ./e2e/cmd/screenshots $(if $(ONLY),-only '$(value ONLY)') $(if $(PAGES),-pages '$(value PAGES)') $(if $(LOOKS),-looks '$(value LOOKS)') $(if $(OUT),-out '$(value OUT)') $(ARGS)

clean:
	@rm -rf bin coverage.out

# make fuzz     every fuzz target for FUZZTIME (20s) each
# make vulncheck  known weaknesses in what is built in; asks vuln.go.dev
.PHONY: fuzz vulncheck
fuzz:
	@scripts/fuzz.sh

vulncheck:
	@$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

# make crash    ORDERS=10000 orders on each database while everything is killed; the verdict must be zero
# make cluster  three nodes under load in this terminal: one is lost, all are restarted in turn
ORDERS ?= 10000
.PHONY: crash cluster
crash:
	@scripts/install.sh postgres
	@CGO_ENABLED=0 $(GO) build -trimpath -o bin/crashlab ./internal/crash/cmd/crashlab
	@bin/crashlab -orders $(ORDERS) -report bin/crash.json $(ARGS)

cluster:
	@scripts/install.sh postgres
	@CGO_ENABLED=0 $(GO) build -trimpath -o bin/crashlab ./internal/crash/cmd/crashlab
	@bin/crashlab -cluster -hasty -every 10s -orders 500 $(ARGS)

# make histories N=10000  random histories through the whole program, and what the audit finds; SEED=n lives one alone
N      ?= 10000
MEMORY := $(if $(wildcard /dev/shm/.),GOTMPDIR=$${TMPDIR:-/tmp} TMPDIR=/dev/shm)
.PHONY: histories
histories:
	@scripts/install.sh postgres
	@DOORSTEP_HISTORIES=$(N) $(if $(SEED),DOORSTEP_SEED=$(SEED)) scripts/pg.sh run env $(MEMORY) $(GO) test -count=1 -run '^TestHistories$$' -v -timeout 5h ./internal/flow
