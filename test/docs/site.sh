# The web page of the documentation is built, and each page of it works in a
# browser. Needs node, cmark-gfm, mandoc and Chromium. axe-core is optional.
. "$SOURCE/test/lib/docs.sh"

chromium=
for name in chromium chromium-browser google-chrome; do
    chromium=${chromium:-$(command -v $name)}
done
for name in node cmark-gfm mandoc; do
    command -v $name >/dev/null || {
        echo "skipped: $name is not installed"
        exit 77
    }
done
node "$SOURCE/tools/site/make.js" "$work/site" >"$work/output" 2>&1 ||
    fail "$(cat "$work/output")"
[ -n "$chromium" ] || {
    echo 'skipped: Chromium is not installed'
    exit 77
}
node "$SOURCE/tools/site/test.js" "$work/site" "$chromium" >"$work/output" 2>&1 ||
    fail "$(cat "$work/output")"
cat "$work/output"
