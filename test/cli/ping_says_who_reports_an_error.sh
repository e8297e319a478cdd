# ping prints who reported an error of the path, to a connected socket or not,
# and counts the errors by code. A closed port fails no send.
. "$SOURCE/test/lib/cli.sh"

start sink sink 127.0.0.1:0
port=$(port_of sink)
kill -INT "$pid"
expect_end "$pid" 0
for broadcast in '' --broadcast; do
    # shellcheck disable=SC2086 # no word for ''
    expect_status 1 "$DGRAM" ping "127.0.0.1:$port" --count 3 --interval 0.05 \
        --timeout 1 $broadcast
    grep '^no reply' "$work/out" >"$work/lines"
    expect_lines lines <<'END'
no reply: 127.0.0.1: connection refused
no reply: 127.0.0.1: connection refused
no reply: 127.0.0.1: connection refused
END
    expect_in out '^3 sent, 0 received, 100% loss'
    expect_in out '^errors: 3 ECONNREFUSED from 127.0.0.1$'
    [ "$(grep -c 'start the receiver' "$work/err")" = 1 ] || fail 'advice'
    # shellcheck disable=SC2086 # no word for ''
    expect_status 1 "$DGRAM" ping "127.0.0.1:$port" --count 1 --timeout 1 \
        --json $broadcast
    expect_in out '^{"event":"error","code":"ECONNREFUSED","reporter":"127.0.0.1","icmp_type":3,"icmp_code":3}$'
    expect_in out '"errors":{"ECONNREFUSED":1},"reports":'
    expect_in out '"reports":\[{"code":"ECONNREFUSED","reporter":"127.0.0.1","count":1}\]}$'
done
