# An error of standard output is printed and the status is 1: for each verb,
# each format, and help.
. "$SOURCE/test/lib/cli.sh"

[ -c /dev/full ] || {
    echo 'skipped: no /dev/full here'
    exit 77
}

# full ARGUMENT...: the command prints to a full device.
full() {
    timeout 30 "$DGRAM" "$@" >/dev/full 2>"$work/err" </dev/null
    status=$?
    [ $status -eq 1 ] || fail "status $status: $*"
    expect_in err 'dgram: cannot write to standard output: no space left'
    [ "$(sort -u "$work/err" | wc -l)" = 1 ] || fail "more than that: $*"
}

start echo echo 127.0.0.1:0
port=$(port_of echo)
for form in '' --json; do
    # shellcheck disable=SC2086 # no word for no form
    {
        full ping "127.0.0.1:$port" --count 1 $form
        full flood "127.0.0.1:$port" --seconds 0.05 --rate 100 $form
        full mtu "127.0.0.1:$port" $form
    }
done
for verb in listen echo sink; do
    full $verb 127.0.0.1:0 --json
done
full echo 127.0.0.1:0 --workers 2 --json

# Without --json these print nothing until a datagram comes, or the end.
for verb in listen echo sink; do
    clear_output text
    "$DGRAM" $verb 127.0.0.1:0 >/dev/full 2>"$work/text.err" &
    pid=$!
    pids="$pids $pid"
    expect_status 0 "$DGRAM" send "127.0.0.1:$(port_of text)" text
    [ $verb = listen ] || kill -INT $pid
    expect_end $pid 1
    expect_in text.err 'dgram: cannot write to standard output: no space left'
done
full send "127.0.0.1:$port" text --wait 5 --count 1
full --help
full --version
for verb in listen send echo ping flood sink mtu doctor; do
    full $verb --help
done

# If nothing is printed, nothing fails.
"$DGRAM" send "127.0.0.1:$port" text >/dev/full || fail 'nothing to print'

