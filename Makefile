# The human commands; CMake does the work.
BUILD = build

all:
	@sh tools/setup build
	@cmake -S . -B $(BUILD) >/dev/null
	@cmake --build $(BUILD) -j2

test: all
	@cd $(BUILD) && ctest --output-on-failure -j2

check:
	@sh tools/setup check
	@clang-format --dry-run --Werror $$(git ls-files '*.c' '*.h')

clean:
	rm -rf $(BUILD)

.PHONY: all test check clean
