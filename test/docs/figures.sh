# The figures of README.md, node/README.md, docs/performance.md and the text of
# docs/comparison.md are those that were recorded in bench/results.json, bench/peers.json
# and node/bench/results.json.
#
# docs/comparison.md's table and bench/iperf3.json have tests of their own (comparison.sh,
# command_table.sh). Not compared are figures that no file records: those of the Intel Xeon
# (README.md's 42), the counts of instructions, and runs with other arguments, such as the
# tables of information, names, Unix sockets and memory in docs/performance.md.
. "$SOURCE/test/lib/docs.sh"

# figures SCRIPT [OPTION...]: what the script of bench/ prints of the recorded figures.
figures() {
    script=$SOURCE/bench/$1
    shift
    awk "$@" -f "$SOURCE/bench/recorded.awk" -f "$SOURCE/bench/figures.awk" \
        -f "$script" "$SOURCE/bench/results.json" "$SOURCE/bench/peers.json" \
        "$SOURCE/node/bench/results.json"
}

# same_table TABLE ROWS: the table of docs/performance.md has these rows and no others.
same_table() {
    figures performance_tables.awk -v table="$1" >"$work/table"
    [ "$(wc -l <"$work/table")" -eq "$2" ] || fail "$1: not $2 lines"
    ! grep -qF '?' "$work/table" || fail "no such figures: $(grep -F '?' "$work/table")"
    awk -v header="$(head -n 1 "$work/table")" '$0 == header { inside = 1 }
        !/^[|]/ { inside = 0 }
        inside' "$SOURCE/docs/performance.md" >"$work/shown"
    diff "$work/table" "$work/shown" ||
        fail "docs/performance.md shows other figures (>) than were recorded (<)"
}

same_table results 9
same_table peers 9
same_table node 6
same_table others 17

# The last column of this table is not recorded.
figures performance_tables.awk -v table=start >"$work/rows"
[ "$(wc -l <"$work/rows")" -eq 4 ] || fail 'not 4 versions of Node'
while read -r row; do
    grep -qF "$row" "$SOURCE/docs/performance.md" ||
        fail "docs/performance.md has no row '$row'"
done <"$work/rows"

# The text, however its lines break. Words begin after a space: 16 is not 6.
figures figures_said.awk >"$work/said"
[ "$(wc -l <"$work/said")" -ge 20 ] || fail 'too few figures in the text'
while IFS="$(printf '\t')" read -r page words; do
    tr '\n' ' ' <"$SOURCE/$page" | tr -s ' ' >"$work/page"
    grep -qF -- " $words" "$work/page" || echo "$page does not say '$words'"
done <"$work/said" >"$work/wrong"
[ ! -s "$work/wrong" ] || fail "$(cat "$work/wrong")"
