# docs/comparison.md: the tables are complete, the table of README.md says the same, names
# and tests exist, and the figures are those that were recorded.
. "$SOURCE/test/lib/docs.sh"

page=$SOURCE/docs/comparison.md

# table FIRST FILE: the rows of the tables whose header begins with FIRST.
table() {
    awk -v first="$1" 'index($0, first) == 1 { inside = 1 }
        !/^[|]/ { inside = 0 }
        inside && !/^[|]-/' "$2"
}

# cells COUNT: the first cells of each row.
cells() {
    cut -d '|' -f "2-$(($1 + 1))"
}

features='| | libdgram | libuv |'
table "$features" "$page" >"$work/features"
table '| | libdgram | asio |' "$page" >"$work/more"
[ "$(wc -l <"$work/features")" -ge 28 ] || fail 'not 26 features'

# Each row has as many cells as its header, each of which is an answer.
for rows in features more; do
    awk -F '|' '/^[|] [|]/ { count = NF - 2; answers = count - (/in libdgram/) }
        !/^[|] [|]/ {
            if (NF - 2 != count)
                print "cells: " $0
            for (i = 3; i <= answers + 1; i++)
                if ($i !~ /^ (yes|part|no) $/)
                    print "answer: " $0
        }' "$work/$rows"
done >"$work/wrong"
[ ! -s "$work/wrong" ] || fail "$(cat "$work/wrong")"

# The short table has rows of the long ones.
cells 9 <"$work/features" >"$work/long"
table "$features" "$SOURCE/README.md" | cells 9 >"$work/short"
[ "$(wc -l <"$work/short")" -ge 9 ] || fail 'README.md has no table'
while read -r row; do
    grep -qF "$row" "$work/long" || fail "docs/comparison.md has no row '$row'"
done <"$work/short"
# What libdgram has, it has in each table.
awk -F '|' 'NR == FNR { answer[$2] = $3; next }
    $2 in answer && answer[$2] != $3' "$work/features" "$work/more" >"$work/wrong"
[ ! -s "$work/wrong" ] || fail "answers differ: $(cat "$work/wrong")"

# The names of the last column are in the headers.
grep -v 'in libdgram' "$work/features" | cut -d '|' -f 11 | grep -o '`[^`]*`' |
    tr -d '`()' | sort -u >"$work/names"
grep -o '`dgram_[a-z_]*' "$page" | tr -d '`' | sort -u >>"$work/names"
[ "$(wc -l <"$work/names")" -ge 20 ] || fail 'too few names'
while read -r name; do
    cat "$SOURCE"/include/*.h | grep -qw "$name" || fail "no header has $name"
done <"$work/names"

# The tests that show what users of others have reported exist.
table '| reported |' "$page" | grep -v '^| reported' >"$work/reports"
[ "$(wc -l <"$work/reports")" -ge 15 ] || fail 'too few reports'
while read -r report; do
    file=$(echo "$report" | cut -d '|' -f 5 | grep -o '`[^`]*`' | tr -d '`')
    [ -n "$file" ] || fail "no test: $report"
    for file in $file; do
        [ -f "$SOURCE/$file" ] || fail "there is no $file"
    done
done <"$work/reports"

# The figures.
awk -f "$SOURCE/bench/recorded.awk" -f "$SOURCE/bench/peers_table.awk" \
    "$SOURCE/bench/results.json" "$SOURCE/bench/peers.json" \
    "$SOURCE/node/bench/results.json" >"$work/table"
sed -n '/^| | 64 B one way/,/^$/p' "$page" | sed '/^$/d' >"$work/shown"
[ "$(grep -c ' - |' "$work/table")" -eq 1 ] || fail "a figure is missing: $(cat "$work/table")"
diff "$work/table" "$work/shown" || fail 'docs/comparison.md shows other figures'
