# listen --raw prints the bytes of the payloads and nothing else.
. "$SOURCE/test/lib/cli.sh"

# Each byte, a NUL and the ends of lines among them, and an empty datagram.
i=0
while [ $i -lt 256 ]; do
    # shellcheck disable=SC2059 # an escape for each byte
    printf "\\$(printf '%03o' $i)"
    i=$((i + 1))
done >"$work/bytes"
start raw listen 127.0.0.1:0 --raw --count 4
port=$(port_of raw)
"$DGRAM" send "127.0.0.1:$port" --file "$work/bytes" --whole || fail send
"$DGRAM" send "127.0.0.1:$port" '' one || fail send
"$DGRAM" send "127.0.0.1:$port" --file "$work/bytes" --whole || fail send
expect_end "$pid" 0
{ cat "$work/bytes" && printf one && cat "$work/bytes"; } >"$work/wanted"
cmp "$work/wanted" "$work/raw" || fail 'other bytes'
rm "$work/bytes" "$work/wanted" "$work/raw"

# A slow reader loses nothing. More than a pipe holds has come before it reads.
mkfifo "$work/slow"
exec 9<>"$work/slow"
"$DGRAM" listen 127.0.0.1:0 --raw --count 70 >"$work/slow" 2>"$work/slow.err" \
    9<&- &
pid=$!
pids="$pids $pid"
tries=0
until grep -q listening "$work/slow.err" 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail 'it does not listen'
    sleep 0.05
done
port=$(sed 's/.*://' "$work/slow.err")
awk 'BEGIN { for (i = 0; i < 70; i++) printf "%01000d\n", i }' >"$work/lines"
"$DGRAM" send "127.0.0.1:$port" --file "$work/lines" || fail send
head -c 70000 <&9 >"$work/read"
expect_end "$pid" 0
exec 9<&-
rm "$work/slow"
tr -d '\n' <"$work/lines" >"$work/wanted"
cmp "$work/wanted" "$work/read" || fail 'bytes are lost'
rm "$work/lines" "$work/wanted" "$work/read"

# Workers print raw bytes, too.
start workers listen 127.0.0.1:0 --raw --workers 2
primary=$pid
port=$(port_of workers)
"$DGRAM" send "127.0.0.1:$port" a b c d || fail send
tries=0
until [ "$(wc -c <"$work/workers")" -eq 4 ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail 'not four bytes'
    sleep 0.05
done
kill -TERM "$primary"
expect_end "$primary" 0
[ "$(fold -w 1 "$work/workers" | sort | tr -d '\n')" = abcd ] || fail 'not abcd'

# Options that cannot be used with --raw.
for option in --json --verbose --timestamps --timestamps=kernel --hex \
    '--output-dir .'; do
    # shellcheck disable=SC2086 # an option and its value
    expect_status 2 "$DGRAM" listen 0 --raw $option
    expect_in err "--raw"
    expect_in err "$(echo "$option" | sed 's/[ =].*//')"
done

# With --raw, --hex applies to the text of --reply.
start hex listen 127.0.0.1:0 --raw --hex --reply 'c3 a4' --count 1
expect_status 0 "$DGRAM" send "127.0.0.1:$(port_of hex)" q --wait 10 --count 1
expect_in out '^got: ä from '
expect_end "$pid" 0
[ "$(cat "$work/hex")" = q ] || fail 'not raw'
