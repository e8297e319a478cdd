# Runs one line of docs/guides/command.md, with a suitable program at the other end. The
# script runs in a network namespace and a directory of its own; 'dgram' is in the PATH.
#
# usage: sh doc_line.sh LINE     fails, and prints why, if it does not work
# shellcheck shell=sh
set -u
line=$1
here=$(mktemp -d "$PWD/line.XXXXXX")
cd "$here" || exit 1
ip link set lo up && ip addr add 192.0.2.1/32 dev lo &&
    ip route add 239.0.0.0/8 dev lo || exit 1
printf 'one\ntwo\n' >file
mkdir received

fail() {
    echo "FAILED: $line: $*"
    head -c 400 out err other other.err 2>/dev/null
    exit 1
}

end() {
    # shellcheck disable=SC2086 # several processes, or none
    [ -z "$running" ] || kill -- $running 2>/dev/null
    wait 2>/dev/null
}
running=
trap end EXIT

# until_it COMMAND...: repeats the command until it succeeds, for 20 s at most.
until_it() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || fail "never: $*"
        sleep 0.1
    done
}

# Replaces names by those of this machine, and times by shorter ones.
short=$(echo "$line" | sed "s|/run/log.sock|$here/log.sock|; s/eth0/lo/
    s/--seconds 10/--seconds 0.4/; s/-t 10/-t 1/; s/timeout 10/timeout 5/
    s/--count 1K/--count 20/; s/--interval 0.2/--interval 0.02/; s/| xxd/| cat/
    /dgram flood/{ /--seconds/!s/\$/ --seconds 0.4/; }")

# other COMMAND...: starts the program at the other end.
other() {
    "$@" >other 2>other.err </dev/null &
    running="$running $!"
    case $1 in dgram) until_it grep -q listening other.err ;; esac
}

# For a line that sends: it ends by itself, and succeeds if it is dgram.
sends() {
    printf 'typed\n' | timeout 20 sh -c "$short" >out 2>err
    status=$?
    case $line in
    *dgram*) [ $status -eq 0 ] || fail "status $status" ;;
    esac
}

# The same, and its datagrams have arrived.
sends_to() {
    other dgram listen "$@" --echo
    case $line in
    'nc -u 127'* | 'socat - '*) short="timeout 2 $short" ;;
    esac
    sends
    until_it grep -q 'got: ' other
}

# Whether anything was received or saved. The sender waits, because nc connects to it.
shows() {
    dgram send "$@" hello --wait 0.1
    dgram send "$@" hello --source 192.0.2.1
    [ -s out ] || [ -s received/000000001 ] || [ "$(head -c 5 file)" = hello ]
}

# For a line that receives: datagrams are sent until it prints one.
receives() {
    # A process group of its own, which ends as a whole.
    setsid sh -c "$short" >out 2>err </dev/null &
    line_pid=$!
    running="$running -$line_pid"
    case $line in
    *echo* | *EXEC:cat*) until_it dgram send "$@" q --wait 1 --count 1 ;;
    *'dgram sink'*) until_it grep -q listening err && dgram send "$@" hello ;;
    *) until_it shows "$@" ;;
    esac
    case $line in dgram*)
        kill -- -$line_pid 2>/dev/null
        wait $line_pid
        status=$?
        # The shell may get the signal first.
        [ $status -eq 0 ] || [ $status -eq 143 ] || fail "status $status"
        ;;
    esac
}

case $line in
*'send unix:@'* | *ABSTRACT-SENDTO*) sends_to unix:@name ;;
*'send unix:'* | *'nc -uU'*) sends_to "unix:$here/log.sock" ;;
*' unix:'* | *'nc -luU'* | *UNIX-RECV*)
    receives "unix:$here/log.sock" --bind "unix:$here/sender"
    ;;
*'dgram listen'* | *'nc -u -l'* | *UDP4-RECV* | *UDP4-LISTEN* | *'dgram echo 127'*)
    receives 127.0.0.1:5000
    ;;
*'dgram echo'*) receives 127.0.0.1:7000 ;;
*'dgram sink'*) receives 127.0.0.1:5201 ;;
*'dgram flood'*)
    other dgram sink 5201 --check --serve
    sends
    ;;
*'dgram ping'* | *'dgram mtu'*)
    other dgram echo 7000
    sends
    ;;
*'iperf3 -s'*)
    other sh -c "exec $short"
    until_it iperf3 -u -c 127.0.0.1 -k 5 -l 200
    ;;
*iperf3*)
    other iperf3 -s
    until_it sh -c "timeout 10 $short"
    ;;
*'dgram doctor'*) sends ;;
*) sends_to 5000 --join 239.1.2.3@127.0.0.1 ;;
esac
