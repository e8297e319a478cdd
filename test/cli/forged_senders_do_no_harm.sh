# A forged sender, such as port 0, cannot be answered. The command and the
# examples still answer the other clients.
. "$SOURCE/test/lib/cli.sh"

[ -x "$BUILD/test/forged_client" ] || {
    echo 'skipped: forged_client is for Linux'
    exit 77
}

# example NAME ARGUMENT...: runs it in the background, as $pid.
example() {
    name=$1
    shift
    "$EXAMPLES/$name" "$@" >"$work/$name" 2>"$work/$name.err" &
    pid=$!
    pids="$pids $pid"
}

# ask NAME PROCESS: all requests that are not forged are answered.
ask() {
    "$BUILD/test/forged_client" "$(port_of "$1")" "$2" >"$work/asked" 2>&1
    status=$?
    if [ $status = 77 ]; then
        cat "$work/asked"
        exit 77
    fi
    [ $status = 0 ] || fail "$1: $(cat "$work/asked")"
    echo "$1: $(cat "$work/asked")"
}

start echo echo 127.0.0.1:0
ask echo "$pid"
kill -INT "$pid"
expect_end "$pid" 0
expect_in echo '^1320 received' # the forged ones, too
start workers echo 127.0.0.1:0 --workers 2
ask workers 0

# The command reports the reason once.
start listen listen 127.0.0.1:0 --echo
ask listen "$pid"
kill -INT "$pid"
expect_end "$pid" 0
[ "$(grep -c 'a sender with port 0 cannot be answered' "$work/listen.err")" -eq 1 ] ||
    fail 'not reported once'
grep 'ERR_' "$work/listen.err" && fail 'a code instead of words'

example batch_echo 0
ask batch_echo "$pid"
example preforked_echo 0
ask preforked_echo 0
example thread_per_core 0 2
ask thread_per_core "$pid"
