# virt-ra-tester: everything a person or CI does here. `make help` lists the targets.

# The agent under test: `make conformance AGENT=ocf:heartbeat:VirtualDomain`, or a path.
# Empty: the bundled reference agent.
AGENT ?=
# More arguments for `virt-ra-tester run`: filters, `--jobs 1`, `--report DIR`.
ARGS ?=
# The folders of finished runs for `make findings`, and the folder that it writes.
RESULTS ?=
INTO ?= docs/findings
# How often `make bench` runs the suite.
RUNS ?= 3
# The suite of Debian that `make bare-smoke` fills a folder with; empty: this machine's.
SUITE ?=
# Not empty: `make vagrant` takes its nodes down at the end.
DOWN ?=

# Where `make install` puts things, and the folder that stands for / while a package is made.
PREFIX ?= /usr/local
DESTDIR ?=
# The folder of programs that are built already, such as target/release; empty: `make install` builds them.
BUILT ?=

# CI builds what Cargo.lock says and nothing else.
LOCKED := $(if $(CI),--locked)

.DEFAULT_GOAL := help
# Two at once would install packages at the same time.
.NOTPARALLEL:
.PHONY: help install install-agent packages deps test-deps conformance test docs findings lint bench clean bare-smoke vagrant vagrant-down vagrant-smoke xen-smoke

help:
	@echo 'make conformance [AGENT=..] [ARGS=..]   judge an agent (the bundled one, unless told otherwise); make turns'
	@echo '                                        every exit code but 0 into 2: scripts/conformance keeps them apart'
	@echo 'make vagrant [AGENT=..] [ARGS=..]       the same on two whole machines, kept up (DOWN=1: not)'
	@echo 'make vagrant-down                       take those machines down'
	@echo 'make vagrant-smoke                      build, boot, and judge a few cases on them'
	@echo 'make bare-smoke [SUITE=trixie]          install and run everything in a bare Debian 12, or another one'
	@echo 'make xen-smoke                          boot two machines with a real Xen, and run its stock agents there'
	@echo 'make test                               everything that CI runs'
	@echo 'make install [PREFIX=..] [DESTDIR=..]   install the command, its agent, manual pages and completions'
	@echo 'make install-agent [DESTDIR=..]         install that agent as ocf:vrt:domain, for a cluster'
	@echo 'make packages                           build the .deb and the .rpm of the command and of the agent'
	@echo 'make docs                               build the book into docs/book'
	@echo 'make findings RESULTS=".." [INTO=..]    write docs/findings, the page of many runs, from their results'
	@echo 'make deps                               install what is missing (as root)'
	@echo 'make lint                               formatting and clippy'
	@echo 'make bench [RUNS=3]                     time the whole suite'
	@echo 'make clean                              remove what was built, and all results'

deps:
	@scripts/deps

conformance:
	@scripts/conformance $(if $(AGENT),--agent '$(AGENT)') $(ARGS)

vagrant:
	@code=0; scripts/conformance --vagrant $(if $(AGENT),--agent '$(AGENT)') $(ARGS) || code=$$?; \
	$(if $(DOWN),vagrant/lab down;) exit $$code

vagrant-down:
	@vagrant/lab down

vagrant-smoke:
	@scripts/vagrant-smoke

bare-smoke:
	@SUITE='$(SUITE)' scripts/bare-smoke

xen-smoke:
	@scripts/xen-smoke

# The tests start the two programs from target/debug: they are built first. Examples in documentation
# go before the rest, so that the last count that is printed is one of real tests. Whole machines come last, where
# this one can have them.
test: test-deps lint
	@scripts/msrv
	@scripts/docs --or-skip
	cargo build $(LOCKED) --workspace --bins --examples
	@scripts/bare-smoke
	cargo test $(LOCKED) --workspace --doc
	cargo test $(LOCKED) --workspace --lib --bins --tests --no-fail-fast
	@scripts/xen-smoke
	@scripts/vagrant-smoke

install:
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' BUILT='$(BUILT)' scripts/install

install-agent:
	@DESTDIR='$(DESTDIR)' BUILT='$(BUILT)' scripts/install --agent

packages:
	@BUILT='$(BUILT)' scripts/packages

test-deps:
	@scripts/deps --tests

docs:
	@scripts/docs

findings:
	@INTO='$(INTO)' scripts/findings $(RESULTS)

lint: deps
	cargo fmt --all --check
	cargo clippy $(LOCKED) --workspace --all-targets -- -D warnings

bench:
	@scripts/bench $(RUNS)

clean:
	cargo clean
	rm -rf results docs/book
