# Programs that may open few files. Tests read this with '.' after cli.sh.
# shellcheck shell=sh

# limited FILES COMMAND...: runs the command with a limit of open files.
limited() {
    (
        # The search for leaks opens files itself.
        export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
        exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&- # what the test inherited
        ulimit -n "$1"
        shift
        exec "$@"
    )
}

# expect_no_loop PROGRAM: without descriptors for its event loop, the program reports
# an error and ends with 1. It gets the first arguments that are no wrong usage. With
# fewer descriptors, libuv itself aborts the process.
expect_no_loop() {
    for words in '' 9 '127.0.0.1 9' '127.0.0.1 9 9' '9 file' '127.0.0.1' \
        '224.0.0.1 9 lo' '127.0.0.1 9 127.0.0.1 127.0.0.1'; do
        # shellcheck disable=SC2086 # words
        limited 8 timeout 20 "$1" $words >"$work/limited" 2>&1 </dev/null
        status=$?
        [ $status -eq 2 ] || break
    done
    [ $status -eq 1 ] && [ -s "$work/limited" ] ||
        fail "$1 $words without a loop: status $status, $(cat "$work/limited")"
}
