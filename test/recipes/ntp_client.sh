# It computes the offsets of scripted servers, and takes no forged and no useless answer.
. "$SOURCE/test/lib/recipe.sh"

[ -x "$BUILD/test/ntp_server" ] || {
    echo 'skipped: no program ntp_server on this system'
    exit 77
}

# server NAME ARGUMENT...: its port is $port.
server() {
    name=$1
    shift
    "$BUILD/test/ntp_server" "$@" >"$work/$name" 2>"$work/$name.err" &
    pids="$pids $!"
    port=$(port_of "$name")
}

# asks STATUS PORT...
asks() {
    wanted=$1
    shift
    # shellcheck disable=SC2046 # a list of words
    timeout 60 "$work/ntp_client.c.program" $(printf '127.0.0.1:%s ' "$@") \
        >"$work/asked" 2>"$work/asked.err"
    status=$?
    [ $status -eq "$wanted" ] || fail "status $status: $(cat "$work/asked" "$work/asked.err")"
}

# offset PORT SECONDS: the error is at most half of the delay, and what is rounded.
offset() {
    sed -n "s/^127.0.0.1:$1: offset \\(.*\\) s, delay \\(.*\\) s, stratum 2\$/\\1 \\2/p" \
        "$work/asked" | awk -v seconds="$2" '
        { error = $1 - seconds; found = (error < 0 ? -error : error) <= $2 / 2 + 0.00001 }
        END { exit !found }' || fail "port $1: $(cat "$work/asked")"
}

says() {
    grep -q "^127.0.0.1:$1: $2\$" "$work/asked.err" || fail "$1: $(cat "$work/asked.err")"
}

server ahead 5000
ahead=$port
server behind -3000
behind=$port
server right 0
asks 0 "$ahead" "$behind" "$port"
offset "$ahead" 5
offset "$behind" -3
offset "$port" 0
grep -q '^median of 3: offset [+-]0\.' "$work/asked" || fail "$(cat "$work/asked")"

# Forged answers come first: from another port, and without the origin timestamp.
bad_path "$ahead" drop=2 forge spoil=31 alter=40
asks 0 "$(port_of bad_path)"
offset "$(port_of bad_path)" 5
bad_path_ended '[1-9] forged'

# Useless ones.
server kissing 5000 stratum=0
kissing=$port
server unsynchronized 5000 leap=3
unsynchronized=$port
server far 5000 dispersion=2
far=$port
server late 5000 late
late=$port
server zero 5000 zero
zero=$port
server client 5000 mode=3
asks 1 "$kissing" "$unsynchronized" "$far" "$late" "$zero" "$port" 9
says "$kissing" 'kiss of death: 54455354'
says "$unsynchronized" 'not synchronized'
says "$far" 'too far from its reference clock'
says "$late" 'impossible times'
says "$zero" 'no time'
says "$port" 'no answer'
says 9 'connection refused'
