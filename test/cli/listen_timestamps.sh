# listen --timestamps begins each line with the time.
. "$SOURCE/test/lib/cli.sh"

# Lines sort like times: a second has whole digits, so '~' is after its
# fractions.
start text listen 127.0.0.1:0 --timestamps --hex --count 2
port=$(port_of text)
before=$(date -u +%Y-%m-%dT%H:%M:%S)
"$DGRAM" send "127.0.0.1:$port" one two || fail send
expect_end "$pid" 0
after=$(date -u +%Y-%m-%dT%H:%M:%S~)
times='^20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]'
[ "$(grep -c "$times\.[0-9]\{6\}Z server got: 3 bytes from 127" "$work/text")" \
    -eq 2 ] || fail 'no times'
{ echo "$before" && grep got "$work/text" && echo "$after"; } >"$work/times"
LC_ALL=C sort -c "$work/times" || fail 'another time'

# The kernel's time of a datagram is before the command's.
[ "$(uname)" = Linux ] || exit 0
for host in 127.0.0.1 "unix:$work/socket"; do
    [ "$host" = 127.0.0.1 ] && at=$host:0 || at=$host
    start kernel listen "$at" --timestamps=kernel --count 1
    wait_for kernel listening
    [ "$host" = 127.0.0.1 ] && at=$host:$(port_of kernel)
    before=$(date -u +%Y-%m-%dT%H:%M:%S)
    "$DGRAM" send "$at" one || fail send
    expect_end "$pid" 0
    after=$(date -u +%Y-%m-%dT%H:%M:%S~)
    expect_in kernel "$times\.[0-9]\{9\}Z server got: one from [^,]*\$"
    { echo "$before" && cat "$work/kernel" && echo "$after"; } >"$work/times"
    LC_ALL=C sort -c "$work/times" || fail 'another time'
done

# JSON has both as numbers, and nothing that was not asked for.
start json listen 127.0.0.1:0 --timestamps=kernel --json --count 1
"$DGRAM" send "127.0.0.1:$(port_of json)" one || fail send
expect_end "$pid" 0
expect_in json '"time":[0-9]*\.[0-9]\{6\},.*,"timestamp":[0-9]*\.[0-9]\{9\},"size":3'
grep -q '"local"\|"ttl"' "$work/json" && fail 'more than asked for'

expect_status 2 "$DGRAM" listen 0 --timestamps=mine
expect_in err kernel
