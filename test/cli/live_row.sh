# On a terminal one status row is updated in place. Elsewhere, and with --json,
# there is none.
. "$SOURCE/test/lib/terminal.sh"

heading='seconds     datagrams         kpps       Mbit/s'
anew=$(printf '\r')"$escape\[J"

start sink sink 127.0.0.1:0
sink=$pid
port=$(port_of sink)
on_terminal flood "127.0.0.1:$port" --seconds 0.3 --rate 1000
expect_in out "$heading"
[ "$(grep -c "$heading" "$work/out")" = 1 ] || fail 'more than one heading'
expect_in out "^$anew *0.0 *0 .*$anew *0\.[0-9] "
expect_in out '^[0-9]* datagrams in '
# The last row stays, with the overall rate.
on_terminal flood "127.0.0.1:$port" --seconds 1 --rate 1000
tr '\r' '\n' <"$work/out" | grep '^.\[J[^ ]* *[0-9]' | tail -n 1 >"$work/last"
[ -s "$work/last" ] || fail 'no last row'
awk '$(NF - 1) <= 0 || $(NF - 2) <= 0 { exit 1 }' "$work/last" ||
    fail 'the last row is of nothing'
on_terminal flood "127.0.0.1:$port" --seconds 0.1 --rate 1000 --json
expect_none out "$escape"
on_terminal flood "127.0.0.1:$port" --seconds 0.1 --rate 1000 --interval 0.05
expect_none out "$escape"
TERM=dumb on_terminal flood "127.0.0.1:$port" --seconds 0.1 --rate 1000
expect_none out "$escape\|seconds  "
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --seconds 0.1 --rate 1000
[ ! -s "$work/err" ] || fail 'a row without a terminal'
kill -INT "$sink"
expect_end "$sink" 0
[ "$(wc -l <"$work/sink.err")" = 1 ] || fail 'a row without a terminal'

: >"$work/checked"
script -qefc "'$DGRAM' sink 127.0.0.1:0 --check --seconds 0.3" "$work/checked" \
    >/dev/null 2>&1 </dev/null &
checked=$!
pids="$pids $checked"
wait_for checked listening
port=$(sed -n 's/.*listening 127.0.0.1:\([0-9]*\).*/\1/p' "$work/checked")
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --check --seconds 0.1 \
    --rate 1000
wait "$checked" || fail sink
expect_in checked "$heading  *lost"
expect_in checked "$anew.*[0-9.]* *[1-9][0-9]* .* 0.*"
# Where the kernel does not count drops, the result has none either.
if "$DGRAM" sink 127.0.0.1:0 --json --seconds 0.1 | grep -q '"dropped":[0-9]'; then
    expect_in checked "$heading  *lost  *dropped"
    expect_in checked "$anew.* *0  *0.*"
fi

# Replies are lines above the row, which is removed at the end.
start echo echo 127.0.0.1:0
port=$(port_of echo)
on_terminal ping "127.0.0.1:$port" --count 3 --interval 0.01
expect_in out "$anew"'[0-9] sent, 1 received; last/avg/max '
[ "$(grep -c "^\($anew.*$anew\)*64 bytes from" "$work/out")" = 3 ] ||
    fail 'not a line for each reply'
expect_none out 'ms.*--- '
on_terminal ping "127.0.0.1:$port" --count 2 --interval 0.01 --json
expect_none out "$escape"
