# What the tests beside other tools share, on top of cli.sh.
# shellcheck shell=sh
. "$SOURCE/test/lib/cli.sh"

# fail() prints the files. Here they may be long, or no text.
print_file() {
    [ -f "$1" ] && head -c 300 "$1" | cat -v | cut -c 1-200
}

# skip REASON
skip() {
    echo "skipped: $*"
    exit 77
}

# needs TOOL...: ends the test as skipped if a tool, or Linux's table of sockets, is
# missing.
needs() {
    for tool in "$@"; do
        command -v "$tool" >/dev/null || skip "$tool is not installed"
    done
    [ -r /proc/net/udp ] || skip 'no /proc/net/udp'
}

# start_tool NAME COMMAND...: runs another tool in the background, as start() of cli.sh
# runs dgram.
start_tool() {
    name=$1
    shift
    clear_output "$name"
    "$@" >"$work/$name" 2>"$work/$name.err" </dev/null &
    pid=$!
    pids="$pids $pid"
}

# The port of the first UDP socket of a process, or nothing.
udp_port_of() {
    for inode in $(ls -l "/proc/$1/fd" 2>/dev/null |
        sed -n 's/.*socket:\[\([0-9]*\)\]$/\1/p'); do
        hex=$(awk -v inode="$inode" '$10 == inode { sub(/.*:/, "", $2); print $2 }' \
            /proc/net/udp /proc/net/udp6)
        [ -z "$hex" ] || [ "$hex" = 0000 ] || {
            printf '%d' "0x$hex"
            return
        }
    done
}

find_port() {
    port=$(udp_port_of "$1") && [ -n "$port" ]
}

# await_port PID: waits until the tool has bound its UDP socket, 10 s at most. Its port
# is $port.
await_port() {
    until_it find_port "$1" || fail "process $1 has no UDP socket"
}

# await_file PATH: waits until it exists, 10 s at most.
await_file() {
    until_it test -e "$1" || fail "no $1"
}

has_bytes() {
    [ "$(wc -c <"$work/$1")" -ge "$2" ]
}

# await_bytes NAME COUNT: waits until the output has this many bytes, 10 s at most.
await_bytes() {
    until_it has_bytes "$1" "$2" || fail "$1 has not $2 bytes"
}

# make_bytes NAME COUNT: a file with bytes of all kinds.
make_bytes() {
    awk 'BEGIN { for (i = 0; i < 256; i++) printf "\\%03o", i }' >"$work/octal"
    # shellcheck disable=SC2059 # the format is made of escapes
    printf "$(cat "$work/octal")" >"$work/all"
    while [ "$(wc -c <"$work/all")" -lt "$2" ]; do
        cat "$work/all" "$work/all" >"$work/twice"
        mv "$work/twice" "$work/all"
    done
    head -c "$2" "$work/all" >"$work/$1"
    rm -f "$work/all" "$work/octal"
}

# expect_bytes NAME FILE: both are equal.
expect_bytes() {
    cmp "$work/$1" "$work/$2" || fail "$1 is not $2"
}
