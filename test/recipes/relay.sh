# The reader hangs, and gets all datagrams afterwards.
. "$SOURCE/test/lib/recipe.sh"

start reader listen "unix:$work/log" --count 50
reader=$pid
wait_for reader listening
recipe unix_relay.c 0 "$work/log" 50
port=$(port_of unix_relay.c.got)
kill -STOP "$reader"
i=0
while [ $i -lt 50 ]; do
    i=$((i + 1))
    echo "line $i"
done | "$DGRAM" send "127.0.0.1:$port"
kill -CONT "$reader"
ended unix_relay.c
got unix_relay.c '^50 passed on, 0 failed$'
wait "$reader" || fail 'lines are missing'
grep -q 'got: line 50 ' "$work/reader" || fail "$(cat "$work/reader")"
