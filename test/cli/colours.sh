# Colours are for terminals, and can be turned off.
. "$SOURCE/test/lib/terminal.sh"

on_terminal shout
expect_in out "$escape\[1;31mdgram:$escape\[0m there is no verb"
NO_COLOR=1 on_terminal shout
expect_none out "$escape"
expect_in out 'dgram: there is no verb'
NO_COLOR='' on_terminal shout
expect_in out "$escape\[1;31m"
TERM=dumb on_terminal shout
expect_none out "$escape"
expect_status 2 "$DGRAM" shout
expect_none err "$escape"

on_terminal listen 192.0.2.1:0
expect_in out "$escape\[1;31mdgram listen:$escape\[0m"

# The bytes of a datagram are escaped on a terminal, too.
: >"$work/listen"
script -qefc "'$DGRAM' listen 127.0.0.1:0 --count 1" "$work/listen" \
    >/dev/null 2>&1 </dev/null &
pids="$pids $!"
wait_for listen listening
port=$(sed -n 's/.*listening 127.0.0.1:\([0-9]*\).*/\1/p' "$work/listen")
"$DGRAM" send "127.0.0.1:$port" "$(printf 'a\033[31mb')" || fail send
wait $! || fail listen
expect_in listen "server got: a.x1b\[31mb $escape\[2mfrom 127.0.0.1:"

start plain listen 127.0.0.1:0 --count 1
"$DGRAM" send "127.0.0.1:$(port_of plain)" a || fail send
expect_end "$pid" 0
expect_none plain "$escape"
