# DGRAM_TRACE=1 prints the library's system calls, in each process. Without it
# nothing is printed, and traffic and output are the same.
. "$SOURCE/test/lib/cli.sh"

unset DGRAM_TRACE
start got listen --count 2 127.0.0.1:0
port=$(port_of got)
for value in unset '' 0 off; do
    if [ "$value" = unset ]; then
        expect_status 0 "$DGRAM" send 127.0.0.1:9 x
    else
        expect_status 0 env "DGRAM_TRACE=$value" "$DGRAM" send 127.0.0.1:9 x
    fi
    ! grep -q '(.*) = ' "$work/err" || fail "traced with '$value'"
done

expect_status 0 env DGRAM_TRACE=1 "$DGRAM" send "127.0.0.1:$port" hello
expect_in err '^dgram: socket(udp4) = [0-9]*$'
expect_in err "^dgram: send.*, to 127.0.0.1:$port) = "
expect_in err '^dgram: close(fd [0-9]*) = 0$'

# Without a standard error no other descriptor gets a line.
DGRAM_TRACE=1 "$DGRAM" send "127.0.0.1:$port" hello 2>&- </dev/null >&- ||
    fail 'without standard error'
expect_end "$pid" 0
[ "$(grep -c '^server got: hello from' "$work/got")" -eq 2 ] ||
    fail 'other datagrams came'

start all listen --workers 2 127.0.0.1:0
wait_for all 'listening'
kill -INT "$pid"
expect_end "$pid" 0
! grep -q '^dgram: ' "$work/all.err" || fail 'traced without being asked'

export DGRAM_TRACE=1
start all listen --workers 2 127.0.0.1:0
wait_for all.err '^dgram: socketpair(fd [0-9]*, fd [0-9]*) = 0$'
wait_for all.err '^dgram: sendmsg(fd [0-9]*, 64 bytes, with fd [0-9]*) = 64$'
wait_for all.err '^dgram: recvmsg(fd [0-9]*) = .*, with fd [0-9]*$'
kill -INT "$pid"
expect_end "$pid" 0
