# Every example runs, ends by itself, and prints what its head comment says.
. "$SOURCE/test/lib/cli.sh"

ran=

# example NAME ARGUMENT...: runs it in the background, as $pid. Its output goes
# to $work/NAME and $work/NAME.err. Not by timeout(1), which would pass a signal of
# the test on to the workers, too.
example() {
    name=$1
    shift
    ran="$ran $name"
    clear_output "$name"
    "$EXAMPLES/$name" "$@" >"$work/$name" 2>"$work/$name.err" &
    pid=$!
    pids="$pids $pid"
}

# expect_quiet NAME: it printed no errors.
expect_quiet() {
    [ ! -s "$work/$1.err" ] || fail "$1 complains: $(cat "$work/$1.err")"
}

# any_port NAME: replaces the port that the kernel chose by PORT.
any_port() {
    sed 's/:[0-9][0-9]*$/:PORT/' "$work/$1" >"$work/$1.ports"
}

for client in send_one send_parts send_connected; do
    example server 0 1
    server=$pid
    port=$(port_of server)
    example $client "$port"
    expect_end "$pid" 0
    expect_end "$server" 0
    any_port server
    expect_lines server.ports <<END
server listening 0.0.0.0:PORT
server got: Some bytes from 127.0.0.1:PORT
END
    expect_quiet server
    expect_quiet $client
done

if [ "$(uname)" = Linux ]; then
    example path_errors 127.0.0.1 9
    expect_end "$pid" 0
    echo '127.0.0.1: connection refused, says 127.0.0.1' | expect_lines path_errors
    expect_quiet path_errors
else
    ran="$ran path_errors"
fi

example bind_options 0
expect_end "$pid" 0
any_port bind_options
echo 'bound to 127.0.0.1:PORT' | expect_lines bind_options.ports

# 65535 is the longest IPv4 packet.
example path_mtu 127.0.0.1
expect_end "$pid" 0
echo '127.0.0.1: 65535 bytes, 65507 of payload' | expect_lines path_mtu
expect_quiet path_mtu

# A server, a second one on its port, which fails, and a broadcast to it.
example server 0 1
first=$pid
port=$(port_of server)
mv "$work/server" "$work/first"
example server "$port"
expect_end "$pid" 0
expect_lines server.err <<END
server error:
bind EADDRINUSE 0.0.0.0:$port
END
example bind_options "$port"
expect_end "$pid" 1
echo 'not bound: address already in use' | expect_lines bind_options.err
example broadcast 127.255.255.255 "$port"
expect_end "$pid" 0
expect_lines broadcast <<END
refused without permission: EACCES
sent 10 bytes to everyone
END
expect_end "$first" 0
expect_in first 'server got: Some bytes from 127\.0\.0\.1:'

example membership 0 239.66.55.44 127.0.0.1 1
member=$pid
port=$(port_of membership)
example multicast_interface 239.66.55.44 "$port" 127.0.0.1
expect_end "$pid" 0
expect_end "$member" 0
any_port membership
expect_lines membership.ports <<END
listening to 239.66.55.44:PORT
group got: hello
END
expect_quiet membership
expect_quiet multicast_interface
example membership 0 10.0.0.1
expect_end "$pid" 1
expect_in membership.err 'cannot join 10\.0\.0\.1'

example join_all 0 239.66.55.45 1
member=$pid
port=$(port_of join_all)
example multicast_interface 239.66.55.45 "$port" 127.0.0.1
expect_end "$pid" 0
expect_end "$member" 0
expect_in join_all '^listening to 239\.66\.55\.45:'
expect_in join_all '^joined on lo'
expect_in join_all '^hello by lo'
expect_quiet multicast_interface
example join_all 0 10.0.0.1
expect_end "$pid" 1
expect_in join_all.err 'cannot join 10\.0\.0\.1'

example abort_signal
expect_end "$pid" 0
expect_lines abort_signal <<END
server got: Some bytes
server closed
END

example batch_echo 0 1
echo=$pid
port=$(port_of batch_echo)
example connect_and_reply "$port"
expect_end "$pid" 0
expect_end "$echo" 0
expect_lines connect_and_reply <<END
connected to 127.0.0.1:$port
the server replied: Some bytes
not connected any more
END

# The answer comes from the address that was asked.
example multihomed_server 0 1
multihomed=$pid
port=$(port_of multihomed_server)
"$DGRAM" send --wait 10 --count 1 "127.0.0.5:$port" hello >"$work/answer" ||
    fail "no answer: $(cat "$work/answer")"
grep -q "hello from 127\.0\.0\.5:$port" "$work/answer" ||
    fail "answer: $(cat "$work/answer")"
expect_end "$multihomed" 0
expect_in multihomed_server '^asked at 127\.0\.0\.5$'

example server 0 1
server=$pid
example relay 0 "$(port_of server)" 1
relay=$pid
example send_one "$(port_of relay)"
expect_end "$pid" 0
expect_end "$relay" 0
expect_end "$server" 0
expect_in server '^server got: Some bytes from '
expect_quiet relay
expect_in relay '^1 received, 1 passed on, 0 refused'

# answers_once NAME: the server sends one answer and ends.
answers_once() {
    example "$1" 0 1
    echo=$pid
    port=$(port_of "$1")
    example connect_and_reply "$port"
    expect_end "$pid" 0
    expect_end "$echo" 0
    expect_quiet "$1"
    expect_in connect_and_reply '^the server replied: Some bytes$'
}
answers_once datapath_epoll
example connect_and_reply "$port"
expect_end "$pid" 1
echo 'error: recvmsg ECONNREFUSED' | expect_lines connect_and_reply.err

# Containers and sandboxes often refuse io_uring.
skipped=
if [ ! -x "$EXAMPLES/datapath_io_uring" ]; then
    skipped='datapath_io_uring: liburing is not installed'
    ran="$ran datapath_io_uring"
else
    example datapath_io_uring 0 0
    wait "$pid" || skipped="datapath_io_uring: $(cat "$work/datapath_io_uring.err")"
    case $skipped in
    '') answers_once datapath_io_uring ;;
    *EPERM | *ENOSYS | *ENOMEM) ;;
    *) fail "$skipped" ;;
    esac
fi

example receive_info 0 1
monitor=$pid
port=$(port_of receive_info)
example send_one "$port"
expect_end "$pid" 0
expect_end "$monitor" 0
sed 's/^listening.*/listening/; s/by [a-z0-9]*,/by NAME,/; s/TTL [0-9]*, at [0-9.]*$/TTL N, at TIME/' \
    "$work/receive_info" >"$work/monitor"
expect_lines monitor <<END
listening
10 bytes from 127.0.0.1 to 127.0.0.1 by NAME, DSCP 0, ECN 0, TTL N, at TIME
END
expect_quiet receive_info

example thread_per_core 0 2 10
threads=$pid
port=$(port_of thread_per_core)
for _ in 1 2 3 4 5 6 7 8 9 10; do
    example connect_and_reply "$port"
    expect_end "$pid" 0
done
expect_end "$threads" 0
sed 's/: [0-9]* /: N /; s/:[0-9][0-9]*$/:PORT/' "$work/thread_per_core" \
    >"$work/threads"
expect_lines threads <<END
threads listening 127.0.0.1:PORT
thread 0: N datagrams
thread 1: N datagrams
END
total=$(awk '/^thread / { sum += $3 } END { print sum }' "$work/thread_per_core")
[ "$total" -eq 10 ] || fail "$total datagrams for 10 answers"
example thread_per_core "$port" 65
expect_end "$pid" 2

example preforked_echo 0 2
primary=$pid
port=$(port_of preforked_echo)
for _ in 1 2 3 4 5 6 7 8 9 10; do
    example connect_and_reply "$port"
    expect_end "$pid" 0
done
kill -TERM "$primary"
expect_end "$primary" 0
expect_quiet preforked_echo
expect_in preforked_echo '^workers listening 127\.0\.0\.1:'
[ "$(grep -c '^worker [01]: [0-9]* datagrams$' "$work/preforked_echo")" = 2 ] ||
    fail 'not what two workers say'
total=$(awk '/^worker / { sum += $3 } END { print sum }' "$work/preforked_echo")
[ "$total" -eq 10 ] || fail "$total datagrams for 10 answers"
example preforked_echo 0 0
expect_end "$pid" 1
expect_in preforked_echo.err '^cannot start workers$'

for file in "$SOURCE"/examples/*.c; do
    name=$(basename "$file" .c)
    case " $ran " in
    *" $name "*) ;;
    *) fail "example $name is not run" ;;
    esac
done
[ -z "$skipped" ] || {
    echo "skipped: $skipped"
    exit 77
}
