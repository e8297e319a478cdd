# The functions and files that docs/design.md and docs/internals name exist.
. "$SOURCE/test/lib/docs.sh"

cat "$SOURCE"/docs/design.md "$SOURCE"/docs/internals/*.md >"$work/page"
cat "$SOURCE"/src/*/*.[ch] "$SOURCE"/include/*.h "$SOURCE"/node/src/*.[ch] \
    "$SOURCE"/node/lib/*.js >"$work/code"
names=$(grep -o '`[a-z_.]*()`' "$work/page" | tr -d '`()' | sort -u)
[ "$(echo "$names" | grep -c .)" -ge 20 ] || fail "too few names: $names"
for name in $names; do
    grep -qwF "$name" "$work/code" || fail "there is no $name()"
done
for file in $(grep -o '`[a-z_/]*\.\(c\|h\|js\)`' "$work/page" | tr -d '`' | sort -u); do
    found=$(find "$SOURCE/src" "$SOURCE/include" "$SOURCE/node" "$SOURCE/test" "$SOURCE/tools" \
        -path "*/node_modules" -prune -o -path "*/$file" -print | head -n 1)
    [ -n "$found" ] || fail "there is no $file"
done
