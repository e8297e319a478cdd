# What the tests of the documentation share; they read it with '.'.
# shellcheck shell=sh
. "$SOURCE/test/lib/cli.sh"
export SOURCE BUILD

# fail() of cli.sh prints the files of the test. Here they are whole pages.
fail() {
    echo "FAILED: $*"
    exit 1
}

# run_examples LEAST PAGE...: all C and C++ examples of the pages compile and print
# what they say; there are at least LEAST.
run_examples() {
    least=$1
    shift
    for page in "$@"; do
        sh "$SOURCE/tools/doc-examples" "$page" "$work"
    done | grep '\.cc*$' >"$work/list"
    [ "$(wc -l <"$work/list")" -ge "$least" ] ||
        fail "$(wc -l <"$work/list") examples, not $least"
    xargs -n 1 -P 2 sh "$SOURCE/tools/run-example" <"$work/list" >"$work/output" ||
        fail "$(cat "$work/output")"
    cat "$work/output"
}
