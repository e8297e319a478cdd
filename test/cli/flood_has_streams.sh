# Each of the parallel streams of a flood has a port of its own, they share the
# rate, and the result names each of them. A stream that fails does not end the
# others.
. "$SOURCE/test/lib/cli.sh"

# ports_of FILE: the ports in its objects, sorted
ports_of() {
    grep -v '"listening"' "$work/$1" | grep -o '"port":[0-9]*' | sort
}

start listen listen 127.0.0.1:0 --json --count 30
port=$(port_of listen)
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --parallel 3 --rate 100 \
    --seconds 0.3 --json
expect_end "$pid" 0
ports_of listen | uniq >"$work/seen"
ports_of out >"$work/said"
cmp "$work/seen" "$work/said" || fail 'other ports than the receiver saw'
expect_in out '^{"event":"result","datagrams":30,"bytes":1920,.*"streams":\['
[ "$(grep -o '"datagrams":10,"bytes":640,' "$work/out" | wc -l)" = 3 ] ||
    fail 'not 10 for each'
[ "$(ports_of listen | uniq -c | awk '{ print $1 }' | sort -u)" = 10 ] ||
    fail 'not 10 of each port'

# The streams are numbered separately.
start sink sink 127.0.0.1:0 --check --json
port=$(port_of sink)
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --parallel 4 --rate 1000 \
    --seconds 0.1 --check
kill -INT "$pid"
expect_end "$pid" 0
expect_in sink '"datagrams":100,.*"lost":0,"reordered":0,"duplicates":0,"unstamped":0'
for stream in 1 2 3 4; do
    expect_in out "^stream $stream from port [0-9]*: 25 datagrams in .* s: 0\.[0-9]\{3\} kpps, 0\.[0-9]\{3\} Mbit/s\$"
done
expect_in out '^sum: 100 datagrams in '
[ "$(wc -l <"$work/out")" = 5 ] || fail 'other lines'

# Without a rate each of them sends.
start sink sink 127.0.0.1:0
port=$(port_of sink)
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --parallel 3 --seconds 0.1
for stream in 1 2 3; do
    expect_in out "^stream $stream from port [0-9]*: [1-9][0-9]* datagrams"
done
kill -INT "$pid"
expect_end "$pid" 0

# Nobody listens: each stream counts its errors, and the kind is reported once.
expect_status 1 "$DGRAM" flood "127.0.0.1:$port" --parallel 3 --rate 1000 \
    --seconds 0.3
[ "$(grep -c ECONNREFUSED "$work/err")" = 1 ] || fail 'said more than once'
for stream in 1 2 3; do
    expect_in out "^stream $stream .* failed; errors: [1-9][0-9]* ECONNREFUSED\$"
done
expect_in out '^sum: '
expect_in out '^[0-9]* failed; errors: [1-9][0-9]* ECONNREFUSED$'

# There are descriptors for some streams only.
start sink sink 127.0.0.1:0
port=$(port_of sink)
(
    ulimit -n 24
    "$DGRAM" flood "127.0.0.1:$port" --parallel 24 --rate 2400 --seconds 0.1 \
        --json >"$work/few" 2>"$work/few.err"
    echo $? >>"$work/few.err"
)
expect_in few.err '^1$'
expect_in few.err '^dgram flood: stream [0-9]*: .*EMFILE'
[ "$(grep -c EMFILE "$work/few.err")" = 1 ] || fail 'said more than once'
expect_in few '"stream":1,"port":[1-9][0-9]*,"datagrams":10,[^}]*"errors":{}}'
expect_in few '"stream":24,"port":0,"datagrams":0,.*"errors":{},"error":"EMFILE"}'
