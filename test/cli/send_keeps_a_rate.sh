# send --rate and --interval send each datagram when it is due, and none before. A
# slow machine makes datagrams late, so there are lower bounds only.
. "$SOURCE/test/lib/cli.sh"

start server listen 127.0.0.1:0 --json --verbose
port=$(port_of server)

numbers() {
    awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) print i }'
}

say() {
    "$DGRAM" send "127.0.0.1:$port" "$@" || fail "send $*"
}

# check NAME COUNT INTERVAL: between "begin NAME" and "end NAME" came the numbers
# from 1 to COUNT, and none before its time. The schedule began after "begin".
# The times are the kernel's, or those of the command.
check() {
    wait_for server "\"text\":\"end $1\""
    sed -n "/\"text\":\"begin $1\"/,/\"text\":\"end $1\"/p" "$work/server" |
        sed '$d; s/.*"timestamp":\([0-9.]*\),.*"text":"\([^"]*\)".*/\1 \2/; t
             s/.*"time":\([0-9.]*\),.*"text":"\([^"]*\)".*/\1 \2/' >"$work/times"
    awk -v count="$2" -v interval="$3" '
        # A double has enough digits for the seconds of a day.
        { split($1, part, "."); at = part[1] % 86400 + ("0." part[2]) }
        NR == 1 { begin = at; next }
        at < begin - 3600 { at += 86400 }
        $2 != NR - 1 { print "place " NR - 1 " has " $2; wrong = 1 }
        at - begin < (NR - 2) * interval {
            print "number " $2 " came after " at - begin; wrong = 1
        }
        END { exit wrong || NR != count + 1 }' "$work/times" >"$work/wrong" ||
        fail "$1: early, lost or in another order"
}

# try NAME COUNT INTERVAL ARGUMENT...
try() {
    name=$1 count=$2 interval=$3
    shift 3
    say "begin $name"
    say "$@"
    say "end $name"
    check "$name" "$count" "$interval"
}

numbers 150 >"$work/150"
numbers 20 >"$work/20"
try rate 150 0.005 --file "$work/150" --rate 200
try interval 4 0.1 --interval 0.1 1 2 3 4
try jitter 20 0.01 --file "$work/20" --interval 0.01 --jitter 0.01
say 'begin pipe'
numbers 100 | "$DGRAM" send "127.0.0.1:$port" --rate 500 || fail pipe
say 'end pipe'
check pipe 100 0.002

# After a stall, overdue datagrams are sent at once, and nothing is lost.
say 'begin stall'
start stalled send "127.0.0.1:$port" --file "$work/150" --rate 150
wait_for server '"text":"30"'
kill -STOP "$pid"
sleep 0.3
kill -CONT "$pid"
expect_end "$pid" 0
say 'end stall'
check stall 150 0.0066

# Lines that come late are not sent at once: the schedule waits for input.
mkdir "$work/in"
mkfifo "$work/in/pipe"
start slow send "127.0.0.1:$port" --file "$work/in/pipe" --interval 0.1
exec 3>"$work/in/pipe"
rm "$work/in/pipe"
echo early >&3
wait_for server '"text":"early"'
sleep 0.6
say 'begin late'
printf '1\n2\n3\n4\n' >&3
exec 3>&-
expect_end "$pid" 0
say 'end late'
check late 4 0.1

# There is no wait after the last datagram, and a signal ends a long wait.
start last send "127.0.0.1:$port" --interval 1000 only
expect_end "$pid" 0
start endless send "127.0.0.1:$port" --repeat 0 --interval 1000 first second
wait_for server '"text":"first"'
kill -INT "$pid"
expect_end "$pid" 0
grep -q '"text":"second"' "$work/server" && fail 'sent before it was due'

for wrong in '--rate 10 --interval 1' '--jitter 1' '--interval 1 --jitter 1.1' \
    '--rate 0' '--rate 0.5' '--interval -1'; do
    # shellcheck disable=SC2086 # several words
    expect_status 2 "$DGRAM" send "127.0.0.1:$port" x $wrong
done
exit 0
