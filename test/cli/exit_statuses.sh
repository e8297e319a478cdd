# The exit statuses are those of dgram(1), the same for all verbs: 0 for success, 1 if
# something failed or did not come, 2 for wrong arguments. Failures say why.
. "$SOURCE/test/lib/cli.sh"

verbs=$("$DGRAM" --help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p')

start echo echo 127.0.0.1:0
port=$(port_of echo)
start closed listen 127.0.0.1:0
closed=$(port_of closed)
kill "$pid"
expect_end "$pid" 0

# table: runs each line of standard input, "STATUS VERB ARGUMENT...". An echo
# server listens on $port, and nothing on $closed.
table() {
    while read -r status words; do
        [ -n "$words" ] || continue
        eval "set -- $words"
        verb=$1
        expect_status "$status" timeout 25 "$DGRAM" "$@"
        [ "$status" -eq 0 ] || [ -s "$work/err" ] || fail "no message: $*"
        [ "$status" -ne 2 ] || {
            expect_in err "^dgram $verb: "
            [ ! -s "$work/out" ] || fail "output: $*"
        }
    done
}

table <<'END_TABLE'
0 send 127.0.0.1:$port text
0 send 127.0.0.1:$port text --wait 20 --count 1
0 send 127.0.0.1:$port text --wait 0.01
0 send 127.0.0.1:$port
0 ping 127.0.0.1:$port --count 1 --timeout 20
0 flood 127.0.0.1:$port --seconds 0.05 --rate 100
0 listen 127.0.0.1:0 --seconds 0.05
0 sink 127.0.0.1:0 --seconds 0.05
0 mtu 127.0.0.1:$port
0 doctor

1 send 127.0.0.1:$closed text --wait 20 --count 1
1 send 127.0.0.1:$port text --wait 0.01 --count 2
1 send 127.0.0.1:$port --file "$work/none"
1 send 127.0.0.1:$port text --bind 192.0.2.1:0
1 send unix:$work/none text
1 send host.invalid:9 text
1 ping 127.0.0.1:$closed --count 1 --timeout 0.2
1 ping host.invalid:9 --count 1
1 flood 127.0.0.1:$closed --seconds 0.2 --rate 100
1 flood host.invalid:9 --seconds 0.1
1 listen 127.0.0.1:$port
1 listen 192.0.2.1:0
1 listen 127.0.0.1:0 --count 1 --seconds 0.05
1 listen 127.0.0.1:0 --join 239.1.2.3@192.0.2.1
1 listen unix:$work/none/socket
1 echo 127.0.0.1:$port
1 echo 127.0.0.1:0 --join 239.1.2.3@192.0.2.1
1 sink 127.0.0.1:$port
1 sink 192.0.2.1:0
1 mtu host.invalid

2 listen
2 listen 70000
2 listen 127.0.0.1:0 --count none
2 listen 127.0.0.1:0 --raw --json
2 listen unix:$work/socket --join 239.1.2.3
2 send
2 send 127.0.0.1 text
2 send 127.0.0.1:$port text --ttl 256
2 send 127.0.0.1:$port text --tos 1 --dscp EF
2 send 127.0.0.1:$port text --eol none
2 send unix:$work/socket text --ttl 3
2 echo
2 echo 127.0.0.1:0 --workers 0
2 ping
2 ping 127.0.0.1:$port --interval -1
2 flood
2 flood 127.0.0.1:$port --size 65508
2 flood 127.0.0.1:$port --rate 1 --bitrate 1M
2 sink
2 sink 127.0.0.1:0 --seconds never
2 mtu
2 doctor 127.0.0.1
END_TABLE

# Every verb: its help, an option that it does not have, output that cannot be written.
for verb in $verbs; do
    expect_status 0 "$DGRAM" "$verb" --help
    [ ! -s "$work/err" ] || fail "$verb --help: errors"
    expect_status 2 "$DGRAM" "$verb" --no-such-option
    expect_in err "^dgram $verb: "
    [ ! -c /dev/full ] || {
        "$DGRAM" "$verb" --help >/dev/full 2>"$work/err"
        [ $? -eq 1 ] || fail "$verb: its help was not written"
    }
done
expect_status 0 "$DGRAM" --version
expect_status 0 "$DGRAM" --help
expect_status 0 "$DGRAM" help listen
expect_in out '^usage: dgram listen'
expect_status 2 "$DGRAM" help lisen
expect_in err "did you mean 'listen'"
expect_status 2 "$DGRAM"
expect_status 2 "$DGRAM" no-such-verb

# A signal ends the verbs that run without end.
ends() {
    for signal in INT TERM; do
        start running "$@"
        wait_for running listening
        kill -$signal "$pid"
        expect_end "$pid" 0
    done
}
ends listen 127.0.0.1:0
ends echo 127.0.0.1:0
ends sink 127.0.0.1:0
start running ping "127.0.0.1:$port" --interval 0.05
wait_for running '^[0-9].* bytes from\|seq'
kill "$pid"
expect_end "$pid" 0
