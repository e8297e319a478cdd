# A sink that serves reports to a flood what arrived, and prints it, too.
. "$SOURCE/test/lib/cli.sh"

# member NAME FILE: prints a member of the first object that has it.
member() {
    sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p;/\"$1\":/q" "$2"
}

start sink sink 127.0.0.1:0 --serve --json
sink=$pid
port=$(port_of sink)
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --size 100 --seconds 0.3 \
    --rate 1000 --check --results --json
expect_in out '^{"event":"result","datagrams":300,"bytes":30000,.*,"far":{"datagrams":300,"bytes":30000,"seconds":.*,"lost":0,"loss_percent":0.000,"reordered":0,"duplicates":0,"unstamped":0,"jitter_ms":[0-9.]*\(,"dropped":0\)\{0,1\},"sent":300}}$'
wait_for sink '"event":"flood"'
expect_in sink '^{"event":"flood","address":"127.0.0.1","family":"IPv4","port":[0-9]*,"streams":1,"ended":true,"sent":300,"datagrams":300,"bytes":30000,.*"lost":0,.*}$'

# One flood after the other, with text output. The loss is known without --check, too.
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --size 10 --seconds 0.1 \
    --rate 100 --results
expect_in out '^10 datagrams in '
expect_in out '^far end: 10 datagrams in .* s: .* kpps, .* Mbit/s; 0 lost (0.00%)'
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --size 24 --seconds 0.1 \
    --rate 100 --check --results
expect_in out '^far end: 10 datagrams in .*; 0 lost (0.00%), 0 reordered, 0 duplicates, jitter .* ms'

# The result counts datagrams of senders that do not ask, and no control datagrams.
expect_status 0 "$DGRAM" send "127.0.0.1:$port" 'of a stranger'
kill -TERM "$sink"
expect_end "$sink" 0
[ "$(grep -c '"event":"flood"' "$work/sink")" = 3 ] || fail 'not three floods'
expect_in sink '^{"event":"result","datagrams":321,'

# A flood that is interrupted has results, too.
start sink sink 127.0.0.1:0 --serve --floods 1
sink=$pid
port=$(port_of sink)
start flood flood "127.0.0.1:$port" --rate 100 --seconds 60 --results --interval 0.1
wait_for flood '^ *0.1'
kill -INT "$pid"
expect_end "$pid" 0
expect_in flood '^far end: [0-9]* datagrams in .* 0 lost (0.00%)'
expect_end "$sink" 0 # by itself, after one flood
expect_in sink '^127.0.0.1:[0-9]*: [0-9]* datagrams in .* 0 lost (0.00%)'
