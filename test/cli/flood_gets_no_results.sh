# Without a sink that serves, a flood prints that there are no results, and still
# sends. It does not wait for datagrams that no sink sends back.
. "$SOURCE/test/lib/cli.sh"

start sink sink 127.0.0.1:0
sink=$pid
start echo echo 127.0.0.1:0 # what comes back is no answer
for name in sink echo; do
    port=$(port_of $name)
    expect_status 1 "$DGRAM" flood "127.0.0.1:$port" --rate 100 --seconds 0.1 \
        --results
    expect_in out '^10 datagrams in '
    expect_in err "no results of the far end: it does not answer"
    expect_in err "dgram sink --serve"
done
expect_status 1 "$DGRAM" flood "127.0.0.1:$(port_of sink)" --reverse \
    --seconds 60 --json
expect_in err 'it does not answer'
[ -s "$work/out" ] && fail 'a result'

# A sink that does not serve sends nothing.
kill -INT "$sink"
expect_end "$sink" 0
expect_status 2 "$DGRAM" sink 127.0.0.1:0 --serve --seconds 1
expect_in err '--seconds cannot be used with --serve'
expect_status 2 "$DGRAM" sink 127.0.0.1:0 --floods 1
expect_in err '--floods needs --serve'
expect_status 2 "$DGRAM" sink 127.0.0.1:0 --send-limit 1
expect_in err '--send-limit needs --serve'
expect_status 2 "$DGRAM" flood 127.0.0.1:9 --bidir --reverse
expect_in err 'use either --bidir or --reverse'
