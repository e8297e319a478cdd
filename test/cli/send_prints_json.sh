# send --json prints answers and errors as objects, and a result at the end.
. "$SOURCE/test/lib/cli.sh"

start echo echo 127.0.0.1:0
port=$(port_of echo)
expect_status 0 "$DGRAM" send "127.0.0.1:$port" --json a 'b"' --wait 60 --count 2
[ "$(wc -l <"$work/out")" = 3 ] || fail 'not three objects'
message='{"event":"message","time":[0-9.]*,"address":"127.0.0.1","family":"IPv4"'
expect_in out "^$message,\"port\":$port,\"size\":1,\"truncated\":false,\"text\":\"a\",\"hex\":\"61\"}\$"
expect_in out '"text":"b\\"","hex":"6222"}$'
sed 1,2d "$work/out" >"$work/result"
expect_lines result <<'OUT'
{"event":"result","sent":2,"bytes":3,"failed":0,"answers":2,"errors":{}}
OUT
expect_status 0 "$DGRAM" send "127.0.0.1:$port" --json --verbose a --wait 60 --count 1
expect_in out '"local":"127.0.0.1"'
expect_status 0 "$DGRAM" send "127.0.0.1:$port" --json x
expect_lines out <<'OUT'
{"event":"result","sent":1,"bytes":1,"failed":0,"answers":0,"errors":{}}
OUT

# Errors are objects, and are also printed for people.
{
    echo first
    head -c 70000 /dev/zero | tr '\0' x
    printf '\nlast\n'
} >"$work/lines"
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --json --file "$work/lines"
expect_in out '^{"event":"error","code":"EMSGSIZE","line":2}$'
expect_in out '"sent":2,"bytes":9,"failed":1,"answers":0,"errors":{"EMSGSIZE":1}}$'
expect_in err 'line 2: send EMSGSIZE'
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --json --whole --file "$work/lines"
expect_in out '^{"event":"error","code":"EMSGSIZE"}$'
rm "$work/lines"
kill -INT "$pid"
expect_end "$pid" 0
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --json x --wait 60
expect_in out '^{"event":"error","code":"ECONNREFUSED"}$'
expect_in out '"failed":0,"answers":0,"errors":{"ECONNREFUSED":1}}$'
expect_status 1 "$DGRAM" send unix:missing/socket --json a b
expect_in out '^{"event":"error","code":"ENOENT","text":1}$'
expect_in out '^{"event":"error","code":"ENOENT","text":2}$'
expect_in out '"sent":0,"bytes":0,"failed":2,"answers":0,"errors":{"ENOENT":2}}$'

# A signal is no error: the result says what was done.
start silent listen 127.0.0.1:0
start ended send "127.0.0.1:$(port_of silent)" --json x --wait 60
sender=$pid
wait_for silent 'got: x'
kill -INT "$sender"
expect_end "$sender" 0
expect_in ended '^{"event":"result","sent":1,"bytes":1,'

# The result counts all datagrams that the system accepted, also the last ones. A slow
# receiver may have lost some.
start sink sink 127.0.0.1:0 --json
sink=$pid
start endless send "127.0.0.1:$(port_of sink)" --json --repeat 0 --rate 200000 x
sleep 0.2
kill -INT "$pid"
expect_end "$pid" 0
sleep 0.1
kill -INT "$sink"
expect_end "$sink" 0
sent=$(sed -n 's/.*"event":"result","sent":\([0-9]*\),.*/\1/p' "$work/endless")
received=$(sed -n 's/.*"datagrams":\([0-9]*\),.*/\1/p' "$work/sink")
[ "$received" -gt 0 ] || fail 'nothing was received'
[ "$received" -le "$sent" ] || fail "$received datagrams came, $sent were sent"

# Nothing was tried: there is no result.
expect_status 1 "$DGRAM" send 127.0.0.1:9 --json x --bind 192.0.2.1:0
[ ! -s "$work/out" ] || fail 'a result of nothing'
