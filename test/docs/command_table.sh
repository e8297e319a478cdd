# The table of the command beside iperf3 is that of the recorded figures, and the text
# says how these were measured.
. "$SOURCE/test/lib/docs.sh"

json=$SOURCE/bench/iperf3.json
page=$SOURCE/docs/command.md

awk -f "$SOURCE/bench/iperf3_table.awk" "$json" >"$work/table"
[ "$(wc -l <"$work/table")" -eq 14 ] || fail 'not 12 rows'
! grep -q '| - |' "$work/table" || fail 'a figure is missing'
sed -n '/^| work | side | received/,/^$/p' "$page" | sed '/^$/d' >"$work/shown"
diff "$work/table" "$work/shown" || fail 'docs/command.md shows other figures'

# said NAME PATTERN: the value in the file is in the text, however its lines break.
tr '\n' ' ' <"$page" >"$work/page"
said() {
    value=$(sed -n "s/^  \"$1\": \"\{0,1\}\([^\",]*\).*/\1/p" "$json")
    [ -n "$value" ] || fail "no $1 in bench/iperf3.json"
    pattern=$(echo "$2" | sed "s|VALUE|$value|")
    grep -q "$pattern" "$work/page" || fail "docs/command.md does not say '$pattern'"
}
machine=$(sed -n 's/^  "machine": "\(.*Linux [0-9]*[.][0-9]*\).*/\1/p' "$json")
grep -q "on $machine, with" "$work/page" || fail "docs/command.md does not name '$machine'"
said iperf3 'with iperf3 VALUE, and'
said rounds 'VALUE rounds of'
said seconds 'rounds of VALUE second'

# The table can be replaced: other figures appear, and nothing else changes.
sed 's/^| 64 B, as fast as possible | .*/| 64 B | other |/' "$page" >"$work/old"
! cmp -s "$work/old" "$page" || fail 'no row to change'
awk -v table="$work/table" -f "$SOURCE/bench/iperf3_replace.awk" "$work/old" \
    >"$work/new"
cmp "$work/new" "$page" || fail 'the table was not replaced'
