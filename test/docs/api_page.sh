# Every C example of docs/api.md compiles, runs, and prints what it says.
. "$SOURCE/test/lib/docs.sh"

run_examples 40 "$SOURCE/docs/api.md"
