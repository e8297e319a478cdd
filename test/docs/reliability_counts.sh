# docs/reliability.md has the counts of tools/count-tests, rounded down. It and SECURITY.md
# name only tests that exist.
. "$SOURCE/test/lib/cli.sh"

page=$SOURCE/docs/reliability.md
sh "$SOURCE/tools/count-tests" >"$work/rows" || fail 'nothing is counted'
[ "$(wc -l <"$work/rows")" -ge 10 ] || fail 'too few rows'
awk -F ' *[|] *' '
    FNR == NR { if (NF == 4) stated[$2] = $3; next }
    !($2 in stated) { print "no row: " $2; next }
    stated[$2] > $3 || stated[$2] * 1.5 < $3 {
        print $2 ": " stated[$2] " on the page, but " $3
    }' "$page" "$work/rows" >"$work/wrong"
[ ! -s "$work/wrong" ] || fail "docs/reliability.md is out of date: $(cat "$work/wrong")"

for page in docs/reliability.md SECURITY.md; do
    grep -o '`[a-z]*/[a-zA-Z0-9_/.-]*`' "$SOURCE/$page" | tr -d '`' |
        grep '^\(test\|node\|fuzz\|tools\)/' >"$work/named"
    [ "$(wc -l <"$work/named")" -ge 10 ] || fail "$page names no tests"
    while read -r path; do
        [ -e "$SOURCE/$path" ] || fail "$page names $path, which does not exist"
    done <"$work/named"
done
