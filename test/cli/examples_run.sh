# Every example runs and does what its head says.
. "$SOURCE/test/lib/cli.sh"

ran=

# example NAME ARGUMENT...: like start, and notes that it was run.
example() {
    name=$1
    shift
    ran="$ran $name"
    "$EXAMPLES/$name" "$@" >"$work/$name" 2>"$work/$name.err" &
    pid=$!
    pids="$pids $pid"
}

for client in send_one send_parts send_connected; do
    example server 0 1
    server=$pid
    port=$(port_of server)
    example $client "$port"
    expect_end "$pid" 0
    expect_end "$server" 0
    expect_in server 'server got: Some bytes from 127.0.0.1:'
done

start taken listen 127.0.0.1:0
port=$(port_of taken)
example server "$port"
expect_end "$pid" 0
expect_in server.err 'bind EADDRINUSE 0.0.0.0'

example bind_options 0
expect_end "$pid" 0
expect_in bind_options 'bound to 127.0.0.1:[1-9]'

example membership 0 239.66.55.44 127.0.0.1 1
member=$pid
port=$(port_of membership)
example multicast_interface 239.66.55.44 "$port" 127.0.0.1
expect_end "$pid" 0
expect_end "$member" 0
expect_in membership '5 bytes for the group'

example abort_signal
expect_end "$pid" 0
expect_in abort_signal 'server closed'

example batch_echo 0 20
wait_for batch_echo 'echo on port'
port=$(sed 's/.* //' "$work/batch_echo")
expect_status 0 "$DGRAM" ping "127.0.0.1:$port" --count 20 --interval 0.001
expect_in out '20 received'
expect_end "$pid" 0

# A port that was free a moment ago.
start free listen 127.0.0.1:0
port=$(port_of free)
kill "$pid"
expect_end "$pid" 0
example thread_per_core "$port" 2 2
threads=$pid
tries=0
until "$DGRAM" ping "127.0.0.1:$port" --count 1 --timeout 1 >"$work/out" 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 20 ] || fail 'no thread answers'
    sleep 0.05
done
expect_end "$threads" 0
expect_in thread_per_core 'thread 1: [0-9]* datagrams'

for file in "$SOURCE"/examples/*.c; do
    name=$(basename "$file" .c)
    case " $ran " in
    *" $name "*) ;;
    *) fail "example $name is not run" ;;
    esac
done
