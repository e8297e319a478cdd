# A signal ends what receives, but datagrams that had come before are still counted,
# printed and echoed.
. "$SOURCE/test/lib/cli.sh"

seq 200 >"$work/lines"

# takes VERB PATTERN COUNT: this many lines of its output match.
takes() {
    start "$1" "$1" 127.0.0.1:0
    port=$(port_of "$1")
    kill -STOP "$pid"
    "$DGRAM" send "127.0.0.1:$port" --file "$work/lines" || fail 'not sent'
    kill -INT "$pid"
    kill -CONT "$pid"
    expect_end "$pid" 0
    [ "$(grep -c "$2" "$work/$1")" -eq "$3" ] || fail "$1"
}

takes sink '^200 datagrams' 1
takes listen 'got: ' 200
takes echo '^200 received' 1
