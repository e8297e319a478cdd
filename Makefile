# Commands for people; CMake and the scripts in tools/ do the work.
MAKEFLAGS += --no-print-directory
BUILD = build
PREFIX = /usr/local
DESTDIR =

all: ## Build the library and the command into build/; installs nothing
	@sh tools/setup --dry-run run
	@cmake -S . -B $(BUILD) -DCMAKE_INSTALL_PREFIX=$(PREFIX) -DDGRAM_TESTS=OFF \
	    >$(BUILD).log || { cat $(BUILD).log; exit 1; }
	@rm -f $(BUILD).log
	@cmake --build $(BUILD) -j 2

run: ## Build, and start a server that prints what it receives
	@sh tools/setup run
	@$(MAKE) all
	@exec $(BUILD)/dgram listen 41234

setup: ## Install what run, check and test need (FOR="bench fuzz": other targets)
	@for purpose in $(or $(FOR),run check test); do \
	    sh tools/setup $$purpose || exit; done

node: ## Build the Node addon, in node/
	@sh tools/setup --dry-run node
	@sh tools/build-node

npm: ## Make the npm packages for this machine, in build/npm/
	@sh tools/setup --dry-run node
	@sh tools/pack-node

test: ## Run all tests, on each platform layer and under sanitizers
	@sh tools/setup test
	@sh tools/run-tests

test-one: ## Build and run one test: T=socket/bind_happens_once, T=node/exit
	@sh tools/test-one "$(T)"

site: ## Build the web page of the documentation, docs/site/index.html
	@sh tools/setup site
	@node tools/site/make.js

site-test: site ## Test the web page in a headless Chromium (SHOTS=DIR)
	@sh tools/setup site-test
	@node tools/site/test.js --all docs/site "$$(command -v chromium || \
	    command -v chromium-browser || command -v google-chrome)" $(SHOTS)

check: ## Check style, warnings, layers, public headers, ABI and manual pages
	@sh tools/setup check
	@sh tools/check

bench: ## Compare with system calls, other libraries, node:dgram (QUICK=1, RECORD=1)
	@sh tools/setup bench
	@cmake -S . -B $(BUILD)/bench -DDGRAM_BENCH=ON -DDGRAM_TESTS=OFF >/dev/null
	@cmake --build $(BUILD)/bench -j 2 >/dev/null
	@sh bench/peers/build $(BUILD)/bench/bench
	@RECORD=$(RECORD) sh bench/run $(BUILD)/bench/bench
	@RECORD=$(RECORD) sh node/bench/run.sh $(BUILD)/bench/bench

bench-command: all ## Compare the command with iperf3 (QUICK=1, RECORD=1)
	@sh tools/setup bench-command
	@QUICK=$(QUICK) RECORD=$(RECORD) sh bench/iperf3 $(BUILD)/dgram $(BUILD)/bench

fuzz: ## Fuzz each target for SECONDS (60)
	@sh tools/setup fuzz
	@sh tools/fuzz $(or $(SECONDS),60)

model: ## Compare the library with its model for SEEDS (100000)
	@sh tools/setup run
	@cmake -S . -B $(BUILD)/model -DDGRAM_SANITIZE=address,undefined >/dev/null
	@cmake --build $(BUILD)/model -j 2 --target model >/dev/null
	@$(BUILD)/model/test/model $(or $(FIRST),1) $(or $(SEEDS),100000)

soak: ## Use all features at once for SECONDS (1800); fail on a leak or a loss
	@sh tools/setup run
	@cmake -S . -B $(BUILD)/soak >/dev/null
	@cmake --build $(BUILD)/soak -j 2 --target soak >/dev/null
	@$(BUILD)/soak/test/soak $(or $(SECONDS),1800) $(DATAGRAMS)

coverage: ## Print how many lines and branches of src/ the tests reach
	@sh tools/setup test
	@sh tools/coverage

mutate: ## Change the logic files line by line; the tests must fail (FILES=...)
	@sh tools/setup test
	@sh tools/mutate $(FILES)

.PHONY: fuzz model soak coverage mutate

install: all ## Install below PREFIX (and DESTDIR)
	@DESTDIR=$(DESTDIR) cmake --install $(BUILD) --prefix $(PREFIX)

abi: all ## Record the ABI of a release in abi/
	@sh tools/setup check
	@sh tools/check-abi . $(BUILD)/libdgram.so --record

portability: ## Build for other processors and systems, and test where possible (an hour)
	@sh tools/setup portability
	@sh tools/portability

dist: ## Build the source tarball in build/dist/
	@sh tools/dist

deb: ## Build the Debian packages in build/deb/
	@sh tools/setup --dry-run deb
	@sh tools/build-deb

release: ## Build everything that is published, in build/release/ (VERIFY=1: twice)
	@sh tools/setup release
	@VERIFY=$(VERIFY) sh tools/release/run

package-test: ## Install the Node package with npm, pnpm and Yarn, and bundle it
	@sh tools/setup package-test
	@sh tools/package-test

format: ## Format all C files
	@sh tools/format

clean: ## Remove build/
	@rm -rf $(BUILD)

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' \
	    Makefile

.PHONY: site site-test all run setup node npm test test-one check bench bench-command install abi portability dist deb release package-test format clean help
