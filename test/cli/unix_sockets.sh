# Unix sockets: all verbs but mtu and doctor take unix:PATH and unix:@NAME.
. "$SOURCE/test/lib/cli.sh"

cd "$work" || exit 1
if [ "$(uname)" != Linux ]; then
    echo 'skipped: abstract names need Linux'
    exit 77
fi

# Lines, and one long datagram. A sender need not have an address.
start listen listen unix:socket --count 3
wait_for listen '^server listening unix:socket$'
expect_status 0 "$DGRAM" send unix:socket one
expect_status 0 "$DGRAM" send --bind unix:sender "unix:$work/socket" two
head -c 200000 /dev/zero | tr '\0' z >long
expect_status 0 "$DGRAM" send --whole --file long unix:socket
rm long
expect_end "$pid" 0
expect_in listen '^server got: one from a socket without an address$'
expect_in listen '^server got: two from unix:sender$'
[ "$(tr -dc z <listen | wc -c)" -eq 200000 ] ||
    fail 'the long datagram is not whole'
rm -f socket sender

# Answers.
abstract=@dgram-test-$$
start echo echo "unix:$abstract"
wait_for echo "^echo listening unix:$abstract\$"
expect_status 0 "$DGRAM" send "unix:$abstract" question --wait 10 --count 1
expect_in out "^got: question from unix:$abstract\$"
expect_status 0 "$DGRAM" send "unix:$abstract" question
kill -INT "$pid"
expect_end "$pid" 0
expect_in echo '^2 received, 1 sent back, 16 bytes$'

# Round trips. The system chooses an address for the answers, or --bind does.
start echo echo unix:answers
wait_for echo listening
expect_status 0 "$DGRAM" ping unix:answers --count 2 --interval 0.01 --size 1000
expect_in out '^PING unix:answers: 1000 bytes of data$'
expect_in out '^1000 bytes from unix:answers: seq=2 time=[0-9.]* ms$'
expect_in out '^--- unix:answers ---$'
expect_in out '^2 sent, 2 received, 0% loss'
expect_status 0 "$DGRAM" ping unix:answers --count 1 --bind unix:pinging
kill -INT "$pid"
expect_end "$pid" 0
expect_in echo '^3 received, 3 sent back'
expect_status 1 "$DGRAM" ping unix:answers --count 1
expect_in err 'connect ENOENT answers'
expect_in err 'start the receiver first'

# A server that ends and comes back.
start echo echo unix:answers
server=$pid
wait_for echo listening
start ping ping unix:answers --interval 0.05
ping=$pid
wait_for ping 'seq=2 '
kill -INT "$server"
expect_end "$server" 0
wait_for ping '^no reply: no such file or directory$'
start again echo unix:answers
wait_for again listening
replies=$(grep -c 'bytes from' ping)
tries=0
until [ "$(grep -c 'bytes from' ping)" -gt "$replies" ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail 'no reply from the new server'
    sleep 0.05
done
kill -INT "$ping"
expect_end "$ping" 0
kill -INT "$pid"
expect_end "$pid" 0
expect_in ping '^errors: .*[0-9] ENOENT'
expect_in ping.err 'start the receiver first'

# The credentials of the sender.
start verbose listen unix:socket2 --verbose --json --count 1
wait_for verbose '"event":"listening","address":"socket2","family":"unix"'
expect_status 0 "$DGRAM" send unix:socket2 x
expect_end "$pid" 0
expect_in verbose "\"pid\":[0-9]*,\"uid\":$(id -u),\"gid\":$(id -g),\"timestamp\":"

# A name may have any bytes.
start escaped listen unix:socket3 --count 1
wait_for escaped listening
expect_status 0 "$DGRAM" send --bind "unix:a$(printf '\033')b" unix:socket3 x
expect_end "$pid" 0
expect_in escaped 'from unix:a\\x1bb$'

# Errors, with advice.
expect_status 1 "$DGRAM" send unix:missing x
expect_in err 'send ENOENT missing'
expect_in err 'start the receiver first'
expect_status 1 "$DGRAM" listen unix:missing/socket
expect_in err '^dgram listen: bind ENOENT missing/socket (no such file or directory)$'
expect_in err 'the directory does not exist'
: >file
expect_status 1 "$DGRAM" listen unix:file
expect_in err 'the file is not a socket'
expect_status 1 "$DGRAM" send unix:file x
expect_in err 'send ECONNREFUSED file'
expect_status 1 "$DGRAM" send unix:missing x --wait 0.1 --count 1
expect_in err 'send ENOENT missing'

# A path cannot control the terminal.
start odd listen "unix:a$(printf '\033')c" --count 1
wait_for odd '^server listening unix:a\\x1bc$'
expect_status 0 "$DGRAM" send "unix:a$(printf '\033')c" x
expect_end "$pid" 0

# A sink counts all datagrams of a flood, and --check finds none lost.
start sink sink unix:counted --check --json
sink=$pid
wait_for sink '"event":"listening","address":"counted","family":"unix"'
expect_status 0 "$DGRAM" flood unix:counted --seconds 0.2 --rate 500 --check --json
expect_in out '"datagrams":100,'
kill -INT "$sink"
expect_end "$sink" 0
expect_in sink '"datagrams":100,.*"lost":0,'
[ ! -e counted ] || fail 'the file of the socket is left'
expect_status 2 "$DGRAM" sink unix:counted --serve
expect_in err '--serve cannot be used with unix:PATH'

expect_status 2 "$DGRAM" mtu unix:socket
expect_in err 'unix:PATH is for listen, send, echo, ping, flood and sink'
for option in '--ttl 3' '--tos 4' --df '--source 127.0.0.1' '--device lo' \
    --broadcast; do
    expect_status 2 "$DGRAM" send unix:socket x $option
    expect_in err "${option%% *} cannot be used with unix:PATH"
done
for option in '--join 239.1.1.1' --reuse-port --ipv6-only '--workers 2'; do
    expect_status 2 "$DGRAM" listen unix:socket $option
    expect_in err "${option%% *} cannot be used with unix:PATH"
done
expect_status 2 "$DGRAM" send -6 unix:socket x
expect_status 2 "$DGRAM" send 127.0.0.1:9 --bind unix:sender x
expect_in err "'unix:sender' is not a UDP address"
expect_status 2 "$DGRAM" send unix:socket --bind 127.0.0.1:9 x
expect_in err "'127.0.0.1:9' is not a unix:PATH"
expect_status 2 "$DGRAM" listen unix:
expect_status 2 "$DGRAM" listen "unix:$(head -c 200 /dev/zero | tr '\0' x)"
expect_in err 'the path is longer than 107 bytes'
expect_status 2 "$DGRAM" send --bind 127.0.0.1:0 unix:socket x
