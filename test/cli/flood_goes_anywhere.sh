# A flood sends from the ports of --bind, to a broadcast address, and to Unix
# sockets.
. "$SOURCE/test/lib/cli.sh"

# The streams have the port of --bind and those after it. Another program may
# have one of these: then this tries others.
start listen listen 127.0.0.1:0 --json
listen=$pid
port=$(port_of listen)
tries=0 first=20000
until "$DGRAM" flood "127.0.0.1:$port" --parallel 3 --bind "127.0.0.1:$first" \
    --rate 60 --seconds 0.1 >"$work/out" 2>"$work/err"; do
    expect_in err '^dgram flood: stream [1-3]: bind EADDRINUSE 127.0.0.1:20'
    tries=$((tries + 1)) first=$((first + 7))
    [ $tries -lt 20 ] || fail 'no three ports are free'
done
for stream in 1 2 3; do
    expect_in out "^stream $stream from port $((first + stream - 1)): 2 data"
done
wait_for listen "\"port\":$((first + 2))[,}]"
kill "$listen"
expect_end "$listen" 0
expect_status 2 "$DGRAM" flood "127.0.0.1:$port" --parallel 3 --bind 65534
expect_in err '3 streams from port 65534 on need more ports than there are'
expect_status 2 "$DGRAM" flood "unix:$work/x" --parallel 2 \
    --bind "unix:$work/y"
expect_in err "only one stream can send from unix:$work/y"

# If a port is in use, only the stream of this port fails.
start taken listen 127.0.0.1:0
expect_status 1 "$DGRAM" flood "127.0.0.1:$(port_of taken)" --seconds 0.1 \
    --rate 100 --bind "127.0.0.1:$(port_of taken)"
expect_in err "^dgram flood: bind EADDRINUSE 127.0.0.1:$(port_of taken)"
expect_in err 'choose another port for --bind'
[ ! -s "$work/out" ] || fail 'a result of nothing'

expect_status 1 "$DGRAM" flood 127.255.255.255:9 --seconds 0.1 --rate 100
expect_in err 'a broadcast address needs --broadcast'
expect_status 0 "$DGRAM" flood 127.255.255.255:9 --seconds 0.1 --rate 100 \
    --broadcast
expect_in out '^10 datagrams in '

# A Unix socket loses nothing, however slow the receiver is.
start local listen "unix:$work/socket" --json
wait_for local listening
all=0
for rate in '--rate 500' '' '--parallel 3'; do
    # shellcheck disable=SC2086 # words or none
    expect_status 0 "$DGRAM" flood "unix:$work/socket" --seconds 0.1 --json $rate
    sent=$(sed 's/^{"event":"result","datagrams":\([0-9]*\).*/\1/' "$work/out")
    all=$((all + sent))
    tries=0
    until [ "$(grep -c '"event":"message"' "$work/local")" = $all ]; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || fail "$all were sent"
        sleep 0.05
    done
    expect_in out '"stream":1,"port":0,'
done
kill "$pid"
expect_end "$pid" 0
expect_status 1 "$DGRAM" flood "unix:$work/socket" --seconds 0.1
expect_in err 'there is no such socket: start the receiver first'
