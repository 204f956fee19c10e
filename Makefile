# The two commands of README.md, and the rest of daily work.
.PHONY: run test test-swift test-constant-time test-conformance bench format packages

SWIFT_BUILD_FLAGS ?=
# With Swift's own library inside, the server is faster and needs no Swift on the machine it runs on.
RELEASE = -c release --static-swift-stdlib

run: packages
	swift build $(RELEASE) --product pulsevault $(SWIFT_BUILD_FLAGS)
	swift build $(RELEASE) --product vaultcli $(SWIFT_BUILD_FLAGS)
	scripts/run.sh

test: packages test-swift test-constant-time test-conformance

test-swift: packages
	swift build --build-tests --explicit-target-dependency-import-check error $(SWIFT_BUILD_FLAGS)
	SWIFT_BACKTRACE=enable=no swift test --skip-build $(SWIFT_BUILD_FLAGS)

test-constant-time: packages
	scripts/constant-time.sh

test-conformance: packages
	swift build --product pulsevault --explicit-target-dependency-import-check error $(SWIFT_BUILD_FLAGS)
	PULSEVAULT_BIN=$(CURDIR)/.build/debug/pulsevault scripts/conformance.sh

bench: packages
	scripts/bench.sh

packages:
	scripts/install-packages.sh

format:
	swift format --in-place --recursive Sources Tests Package.swift
