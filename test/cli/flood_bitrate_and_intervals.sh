# --bitrate counts the bits of the payload. --interval prints a line for each
# interval; their sum is the result.
. "$SOURCE/test/lib/cli.sh"

start sink sink 127.0.0.1:0
sink=$pid
port=$(port_of sink)
for case in '96000 1200 1 10' '100000 100 0.5 62' '1 64 0.01 1' '8000 1 0.1 100'; do
    # shellcheck disable=SC2086 # four words
    set -- $case
    expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --bitrate "$1" --size "$2" \
        --seconds "$3"
    expect_in out "^$4 datagrams in "
done
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --bitrate 96K --size 100 \
    --seconds 0.5 --parallel 3
expect_in out '^stream 3 .*: 20 datagrams in '
expect_in out '^sum: 60 datagrams in '
expect_status 2 "$DGRAM" flood "127.0.0.1:$port" --bitrate 1000 --rate 1
expect_in err 'use either --rate or --bitrate'
expect_status 2 "$DGRAM" flood "127.0.0.1:$port" --bitrate 1000 --size 0
expect_in err '--bitrate needs --size 1 or more'

# members NAME: that of each interval, one a line
members() {
    grep '"event":"interval"' "$work/out" | sed "s/.*\"$1\":\([0-9.]*\).*/\1/"
}

for rate in '' '--rate 1000' '--rate 7 --parallel 2'; do
    # shellcheck disable=SC2086 # words or none
    expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --seconds 0.5 \
        --interval 0.1 --json $rate
    # A busy machine may join some.
    [ "$(members from | wc -l)" -le 5 ] || fail 'too many intervals'
    [ "$(members from | wc -l)" -ge 1 ] || fail 'no interval'
    [ "$(members from | head -n 1)" = 0.000 ] || fail 'not from the start'
    [ "$(members from | tail -n +2)" = "$(members to | sed '$d')" ] ||
        fail 'not one after the other'
    sum=$(members datagrams | awk '{ sum += $1 } END { printf "%.0f", sum }')
    tail -n 1 "$work/out" | grep -q "\"event\":\"result\",\"datagrams\":$sum," ||
        fail "$sum is not the result"
done

expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --seconds 0.3 --interval 0.1 \
    --rate 1000
[ "$(head -n 1 "$work/out")" = \
    '  from (s)     to (s)     datagrams         kpps       Mbit/s' ] ||
    fail 'no heading'
awk 'NR > 1 && NF == 5 { sum += $3 } END { exit sum != 300 }' "$work/out" ||
    fail 'not 300 in the lines'
[ "$(tail -n 1 "$work/out" | cut -d ' ' -f 1-2)" = '300 datagrams' ] ||
    fail 'no result'

# A signal ends the last interval.
start long flood "127.0.0.1:$port" --seconds 60 --interval 0.1 --rate 100
wait_for long '^ *[0-9.]* *[0-9.]* *[1-9][0-9]* '
kill -INT "$pid"
expect_end "$pid" 0
result=$(sed -n 's/ datagrams in .*//p' "$work/long")
awk -v result="$result" 'NR > 1 && NF == 5 { sum += $3 }
    END { exit sum != result }' "$work/long" || fail "the sum is not $result"
kill -INT "$sink"
expect_end "$sink" 0
