# A flood at a rate sends as many datagrams as rate and time make, one at least.
# A rate that nothing can reach keeps no signal off.
. "$SOURCE/test/lib/cli.sh"

start sink sink 127.0.0.1:0
port=$(port_of sink)
for case in '1 0.1 1' '1 1 1' '3 1 3' '1000 0.05 50' '100 0.29 29' '12345 0.1 1234'; do
    # shellcheck disable=SC2086 # three words
    set -- $case
    expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --rate "$1" --seconds "$2"
    expect_in out "^$3 datagrams in "
done

start endless flood "127.0.0.1:$port" --rate 1000000000 --seconds 100000 --json
tries=0
until [ "$(awk '{ print $14 + $15 }' "/proc/$pid/stat")" -gt 20 ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail 'it does nothing'
    sleep 0.05
done
kill -INT "$pid"
wait_for endless '"event":"result"'
expect_end "$pid" 0
