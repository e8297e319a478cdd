# What the tests of the command share; they read it with '.'.
# DGRAM is the command. Each test works in a directory of its own.
# shellcheck shell=sh
set -u
. "$SOURCE/test/lib/until_it.sh"

work=$(mktemp -d)
pids=
trap 'end' EXIT
trap 'exit 1' INT TERM

# Kills the processes that the test started, and no other.
end() {
    for pid in $pids; do
        kill "$pid" 2>/dev/null
    done
    wait
    rm -rf "$work"
}

print_file() {
    cat "$1"
}

# Ends the test, also from a subshell, such as a part of a pipeline: $$ is the test.
fail() {
    echo "FAILED: $*"
    for file in "$work"/*; do
        echo "-- ${file##*/}"
        print_file "$file"
    done
    kill -s TERM $$
    exit 1
}

# Sets $how so that 'unshare $how' makes a network namespace, or to nothing if that
# is not possible.
find_namespaces() {
    for how in -n -rn; do
        unshare $how true 2>/dev/null && break
        how=
    done
}

# need_namespaces TOOL...: ends the test as skipped if a tool is missing or no network
# namespace can be made.
need_namespaces() {
    find_namespaces
    for tool in "$@"; do
        command -v "$tool" >/dev/null 2>&1 || how=
    done
    [ -n "$how" ] && return
    echo "skipped: needs $*, and CAP_NET_ADMIN or user namespaces"
    exit 77
}

# clear_output NAME: empties the output of an earlier program of this name. The
# redirection of the next program does so, too, but maybe after the test reads it.
clear_output() {
    : >"$work/$1"
    : >"$work/$1.err"
}

# start NAME ARGUMENT...: runs the command in the background. Its output goes to
# $work/NAME and $work/NAME.err, its process is $pid.
start() {
    name=$1
    shift
    clear_output "$name"
    "$DGRAM" "$@" >"$work/$name" 2>"$work/$name.err" &
    pid=$!
    pids="$pids $pid"
}

has_line() {
    cat "$work/$1" "$work/$1.err" 2>/dev/null | grep -q -- "$2"
}

# wait_for NAME PATTERN: waits until a line of the output or of the errors matches,
# 10 s at most.
wait_for() {
    until_it has_line "$1" "$2" || fail "no line '$2' in $1"
}

# port_of NAME: prints the port that it listens on.
port_of() {
    wait_for "$1" listening
    cat "$work/$1" "$work/$1.err" 2>/dev/null |
        sed -n '/listening/{ s/.*[^0-9]\([0-9][0-9]*\)}*$/\1/p; q; }'
}

# expect_status STATUS COMMAND...: the output is in $work/out and $work/err.
expect_status() {
    wanted=$1
    shift
    "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    [ $status -eq "$wanted" ] || fail "status $status, not $wanted: $*"
}

# expect_end PID STATUS
expect_end() {
    wait "$1"
    status=$?
    [ $status -eq "$2" ] || fail "process ended with $status, not $2"
}

# expect_lines NAME: compares the output with standard input.
expect_lines() {
    cat >"$work/expected"
    diff "$work/expected" "$work/$1" || fail "$1 is not as expected"
}

expect_in() {
    grep -q -- "$2" "$work/$1" || fail "'$2' is not in $1"
}
