# Answers are printed in the forms of listen.
. "$SOURCE/test/lib/cli.sh"

start echo echo 127.0.0.1:0
port=$(port_of echo)

# ask ARGUMENT...: asks once, and waits for the answer.
ask() {
    expect_status 0 "$DGRAM" send "127.0.0.1:$port" --wait 60 --count 1 "$@"
}

ask "$(printf 'a\tb')"
expect_in out "^got: a\\\\tb from 127.0.0.1:$port\$"
ask --raw "$(printf 'a\tb')"
printf 'a\tb' | expect_lines out
ask --raw --hex '00 ff 0a'
[ "$(od -An -tx1 <"$work/out" | tr -d ' ')" = 00ff0a ] || fail 'not the bytes'
ask --timestamps a
expect_in out '^20[0-9-]*T[0-9:]*\.[0-9]\{6\}Z got: a from'
ask --timestamps=kernel a
expect_in out '^20[0-9-]*T[0-9:]*\.[0-9]\{6,9\}Z got: a from'
ask --verbose a
expect_in out '^got: a from .* to 127.0.0.1'

for wrong in --raw --timestamps --verbose; do
    expect_status 2 "$DGRAM" send "127.0.0.1:$port" a $wrong
    expect_in err "^dgram send: $wrong needs --wait S or --interactive"
done
expect_status 2 "$DGRAM" send "127.0.0.1:$port" a --wait 1 --raw --json
