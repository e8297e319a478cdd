# The table of the command beside iperf3 is that of the recorded figures, and the text
# says how these were measured.
. "$SOURCE/test/lib/docs.sh"

json=$SOURCE/bench/iperf3.json
page=$SOURCE/docs/guides/command.md

awk -f "$SOURCE/bench/iperf3_table.awk" "$json" >"$work/table"
[ "$(wc -l <"$work/table")" -eq 14 ] || fail 'not 12 rows'
! grep -q '| - |' "$work/table" || fail 'a figure is missing'
sed -n '/^| work | side | received/,/^$/p' "$page" | sed '/^$/d' >"$work/shown"
diff "$work/table" "$work/shown" || fail 'docs/guides/command.md shows other figures'

# said NAME PATTERN: the value in the file is in the text, however its lines break.
tr '\n' ' ' <"$page" >"$work/page"
said() {
    value=$(sed -n "s/^  \"$1\": \"\{0,1\}\([^\",]*\).*/\1/p" "$json")
    [ -n "$value" ] || fail "no $1 in bench/iperf3.json"
    pattern=$(echo "$2" | sed "s|VALUE|$value|")
    grep -q "$pattern" "$work/page" || fail "docs/guides/command.md does not say '$pattern'"
}
machine=$(sed -n 's/^  "machine": "\(.*Linux [0-9]*[.][0-9]*\).*/\1/p' "$json")
grep -q "on $machine, with" "$work/page" || fail "docs/guides/command.md does not name '$machine'"
said iperf3 'with iperf3 VALUE, and'
said rounds 'VALUE rounds of'
said seconds 'rounds of VALUE second'

# The table can be replaced: other figures appear, and nothing else changes.
sed 's/^| 64 B, as fast as possible | .*/| 64 B | other |/' "$page" >"$work/old"
! cmp -s "$work/old" "$page" || fail 'no row to change'
awk -v table="$work/table" -f "$SOURCE/bench/iperf3_replace.awk" "$work/old" \
    >"$work/new"
cmp "$work/new" "$page" || fail 'the table was not replaced'

# The figures are medians, with the least and the greatest of the rounds.
awk -v machine=m -v iperf3=1 -v buffer=1 -v rounds=3 -v seconds=1 \
    -f "$SOURCE/bench/iperf3.awk" >"$work/medians.json" <<'END_DATA'
fastest-64 dgram 1 kpps 300
fastest-64 iperf3 1 kpps 7
fastest-64 dgram 2 kpps 101
fastest-64 iperf3 2 kpps 5
fastest-64 dgram 3 kpps 200
END_DATA
awk -f "$SOURCE/bench/iperf3_table.awk" "$work/medians.json" >"$work/table"
grep -qF '| `dgram` | 200 (101-300) | - | - | - |' "$work/table" ||
    fail "not the median: $(cat "$work/table")"
grep -qF '| `iperf3 -u` | 6.00 (5.00-7.00) | - | - | - |' "$work/table" ||
    fail "not the mean of two: $(cat "$work/table")"
