# The rows of a histogram contain every round trip once.
. "$SOURCE/test/lib/cli.sh"

start echo echo 127.0.0.1:0
port=$(port_of echo)
expect_status 0 "$DGRAM" ping "127.0.0.1:$port" --count 50 --interval 0.001
sed -n '/^p50/,$p' "$work/out" | sed 1d >"$work/rows"
[ -s "$work/rows" ] || fail 'no row'
[ "$(wc -l <"$work/rows")" -le 11 ] || fail 'too many rows'
awk '{ total += $NF } END { exit total != 50 }' "$work/rows" ||
    fail 'rows do not add up'
awk 'length($0) > 80 { exit 1 }' "$work/rows" || fail 'too wide'
grep -vq '^ *[0-9.]* \(- *[0-9.]* ms\|ms and more\)  *#* *[0-9]*$' \
    "$work/rows" && fail 'a row of another form'

# Each row begins where the previous one ends; all but the last have one width.
expect_status 0 "$DGRAM" ping "127.0.0.1:$port" --count 50 --interval 0.001 \
    --json
tail -n 1 "$work/out" | grep -o '{"from_ms":[^}]*}' | tr ':,}' '   ' |
    awk '{ total += $NF }
        NR > 1 && $2 != end { wrong = 1 }
        { end = $4 }
        END { exit wrong || total != 50 }' || fail 'histogram of --json'

# Without a reply there is no histogram.
kill -INT "$pid"
expect_end "$pid" 0
expect_status 1 "$DGRAM" ping "127.0.0.1:$port" --count 1 --timeout 0.05 --json
grep -q histogram "$work/out" && fail 'a histogram of nothing'
exit 0
