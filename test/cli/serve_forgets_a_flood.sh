# A sink forgets a flood that is silent for long. The flood says so when it ends.
. "$SOURCE/test/lib/cli.sh"

start sink sink 127.0.0.1:0 --serve
start flood flood "127.0.0.1:$(port_of sink)" --rate 100 --seconds 60 --results \
    --interval 0.1
flood=$pid
wait_for flood '^ *0.1'
kill -STOP "$flood"
sleep 5
wait_for sink 'it did not end'
kill -CONT "$flood"
sleep 1 # it asks, and is refused
kill -INT "$flood"
expect_end "$flood" 1
expect_in flood '^[0-9]* datagrams in '
expect_in flood.err 'no results of the far end: it received nothing for too long'
[ "$(grep -c 'no results' "$work/flood.err")" = 1 ] || fail 'reported twice'
grep -q '^far end' "$work/flood" && fail 'results'
exit 0
