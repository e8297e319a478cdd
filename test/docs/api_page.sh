# Every C example of docs/api.md compiles, runs, and prints what it says. Every
# function of the headers is on that page.
. "$SOURCE/test/lib/docs.sh"

for name in $(sed -n 's/^DGRAM_API .*[ *]\(dgram_[a-z0-9_]*\)(.*/\1/p' \
    "$SOURCE"/include/*.h); do
    grep -qw "$name" "$SOURCE/docs/api.md" || fail "api.md lacks $name"
done
run_examples 40 "$SOURCE/docs/api.md"
