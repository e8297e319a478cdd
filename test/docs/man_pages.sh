# Every example of the manual pages compiles, runs, and prints what it says.
. "$SOURCE/test/lib/docs.sh"

run_examples 15 "$SOURCE"/man/*.[37]
