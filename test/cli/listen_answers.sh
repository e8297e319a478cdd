# listen --reply and --echo answer from the address that was asked.
. "$SOURCE/test/lib/cli.sh"

[ "$(uname)" = Linux ] || { echo 'skipped: needs 127.0.0.2'; exit 77; }

for answer in --echo '--reply question'; do
    # shellcheck disable=SC2086 # an option and its value
    start listen listen 0 $answer --count 1
    port=$(port_of listen)
    [ "$answer" = --echo ] && text=question || text=other
    expect_status 0 "$DGRAM" send "127.0.0.2:$port" "$text" --wait 10 --count 1
    expect_in out "^got: question from 127.0.0.2:$port\$"
    expect_end "$pid" 0
    expect_in listen "^server got: $text from 127.0.0.1:[0-9]*\$" # no address
done

# An empty text, and bytes that no argument can have.
start empty listen 127.0.0.1:0 --reply '' --count 1
expect_status 0 "$DGRAM" send "127.0.0.1:$(port_of empty)" q --wait 10 --count 1
expect_in out '^got:  from 127'
start hex listen 127.0.0.1:0 --hex --reply '00 fF 0a' --count 1
expect_status 0 "$DGRAM" send "127.0.0.1:$(port_of hex)" q --wait 10 --count 1
expect_in out '^got: \\x00\\xff\\n from 127'

# A datagram that equals the answer is not answered, and is reported once.
start loop listen 127.0.0.1:0 --reply same
port=$(port_of loop)
expect_status 1 "$DGRAM" send "127.0.0.1:$port" same same --wait 0.1 --count 1
expect_status 0 "$DGRAM" send "127.0.0.1:$port" sam samee --wait 10 --count 2
kill -INT "$pid"
expect_end "$pid" 0
[ "$(grep -c 'equals the text of --reply' "$work/loop.err")" -eq 1 ] ||
    fail 'not reported once'
[ "$(grep -c 'got: same from' "$work/loop")" -eq 2 ] || fail 'not printed'

# A Unix socket without an address gets no answer either.
start unix listen "unix:$work/socket" --reply yes --count 3
wait_for unix listening
"$DGRAM" send "unix:$work/socket" one two || fail send
expect_status 0 "$DGRAM" send "unix:$work/socket" three --wait 10 --count 1
expect_in out '^got: yes from unix:'
expect_end "$pid" 0
[ "$(grep -c 'without an address cannot be answered' "$work/unix.err")" -eq 1 ] ||
    fail 'not reported once'

long=$(head -c 65508 /dev/zero | tr '\0' x)
expect_status 2 "$DGRAM" listen 127.0.0.1:0 --reply "$long"
expect_in err 'a datagram carries 65507 bytes, and the text has 65508'
start long listen '[::1]:0' --reply "$long" --seconds 0.01
wait "$pid"
[ $? -ne 2 ] || fail 'IPv6 carries more' # it may be missing here
expect_status 2 "$DGRAM" listen 0 --reply x --echo
expect_in err 'use either --echo or --reply'
for wrong in x 0 '0 0' 0x00; do
    expect_status 2 "$DGRAM" listen 0 --hex --reply "$wrong"
    expect_in err 'pairs of hex digits'
done
