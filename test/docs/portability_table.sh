# The table of systems has the rows that tools/portability tries, and the page explains
# each reason for which a test is left out.
. "$SOURCE/test/lib/cli.sh"

page=$SOURCE/docs/portability.md
sh "$SOURCE/tools/portability" list >"$work/rows"
[ "$(wc -l <"$work/rows")" -ge 9 ] || fail 'tools/portability lists no rows'
while read -r row; do
    grep -qF "$row" "$page" || fail "docs/portability.md has no row '$row'"
done <"$work/rows"

for list in "$SOURCE/tools/platforms/left-out" "$SOURCE/tools/platforms/arm64/left-out"; do
    sed '/^#/d; s/.* | //' "$list"
done | sort -u >"$work/reasons"
while read -r reason; do
    grep -qF "| $reason |" "$page" || fail "docs/portability.md does not explain '$reason'"
done <"$work/reasons"

# What is left out exists.
sed '/^#/d; s/ | .*//' "$SOURCE/tools/platforms/arm64/left-out" | sort -u |
    while read -r file; do
        [ -f "$SOURCE/node/test/$file.test.js" ] || fail "there is no $file.test.js"
    done
