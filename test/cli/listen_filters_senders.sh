# listen --from ignores other senders: it neither prints, counts nor answers
# their datagrams.
. "$SOURCE/test/lib/cli.sh"

[ "$(uname)" = Linux ] || { echo 'skipped: needs 127.0.0.2'; exit 77; }

# send FROM TEXT...: sends from an address of this host.
send() {
    from=$1
    shift
    "$DGRAM" send "127.0.0.1:$port" --source "$from" "$@" || fail "send $*"
}

start text listen 127.0.0.1:0 --from 127.0.1.0/24 --from 127.0.0.2 --count 3 \
    --reply yes
port=$(port_of text)
send 127.0.0.1 no
send 127.0.1.9 one
send 127.0.2.1 no
"$DGRAM" send "127.0.0.1:$port" no --wait 0.1 --count 1 >"$work/answer" 2>&1 &&
    fail 'it was answered'
send 127.0.0.2 two
"$DGRAM" send "127.0.0.1:$port" --source 127.0.1.200 three --wait 10 --count 1 \
    >"$work/answer" || fail 'no answer'
expect_end "$pid" 0
sed -i 's/:[0-9]*$//' "$work/text"
expect_lines text <<END
server got: one from 127.0.1.9
server got: two from 127.0.0.2
server got: three from 127.0.1.200
END

# A socket for both families.
if "$DGRAM" listen '[::]:0' --seconds 0.01 2>"$work/err"; then
    start both listen '[::]:0' --from 127.0.0.2 --count 1
    port=$(port_of both)
    send 127.0.0.1 no
    "$DGRAM" send "[::1]:$port" no || fail 'send to ::1'
    send 127.0.0.2 mapped
    expect_end "$pid" 0
    expect_in both '^server got: mapped from \[::ffff:127.0.0.2\]:'
    [ "$(wc -l <"$work/both")" -eq 1 ] || fail 'others were accepted'
fi

# A port.
start port listen 127.0.0.1:0
port=$(port_of port) # a port that is free soon
kill -INT "$pid"
expect_end "$pid" 0
start only listen 127.0.0.1:0 --from "127.0.0.1:$port" --count 1
to=$(port_of only)
"$DGRAM" send "127.0.0.1:$to" no || fail send
"$DGRAM" send "127.0.0.1:$to" --bind "127.0.0.1:$port" yes || fail send
expect_end "$pid" 0
expect_in only "^server got: yes from 127.0.0.1:$port\$"

# Unix sockets have names.
cd "$work" || exit 1
start unix listen unix:to --from unix:wanted --count 1
wait_for unix listening
"$DGRAM" send unix:to nameless || fail send
"$DGRAM" send unix:to other --bind unix:other || fail send
"$DGRAM" send unix:to one --bind unix:wanted || fail send
expect_end "$pid" 0
expect_in unix '^server got: one from unix:wanted$'
[ "$(wc -l <"$work/unix")" -eq 1 ] || fail 'others were accepted'

# Rules that are wrong, or that no sender can match.
expect_status 2 "$DGRAM" listen 0 --from localhost
expect_in err "'localhost' is not ADDRESS"
expect_status 2 "$DGRAM" listen 0 --from 192.0.2.1/33
expect_status 2 "$DGRAM" listen 0 --from ::1
expect_status 2 "$DGRAM" listen 0 -6 --ipv6-only --from 192.0.2.1
expect_status 2 "$DGRAM" listen 0 --from unix:x
expect_status 2 "$DGRAM" listen unix:x --from 127.0.0.1
