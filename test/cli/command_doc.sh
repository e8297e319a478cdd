# Every option in docs/command.md exists.
. "$SOURCE/test/lib/cli.sh"

grep -o '`dgram [a-z]* [^`]*`' "$SOURCE/docs/command.md" | tr -d '`' \
    >"$work/lines"
[ "$(wc -l <"$work/lines")" -ge 14 ] || fail 'too few lines'
while read -r line; do
    verb=$(echo "$line" | cut -d ' ' -f 2)
    "$DGRAM" "$verb" --help >"$work/help" || fail "$line"
    for option in $(echo "$line" | grep -o -- ' --[a-z-]*'); do
        expect_in help "^  $option "
    done
done <"$work/lines"

# Two of them unchanged, except for the port.
start listen listen 127.0.0.1:0 --count 1
expect_status 0 "$DGRAM" send "127.0.0.1:$(port_of listen)" hello
expect_end "$pid" 0
expect_in listen '^server got: hello from '
start echo echo 127.0.0.1:0
expect_status 0 "$DGRAM" send "127.0.0.1:$(port_of echo)" q --wait 1 --count 1
expect_in out '^got: q from '
