# It plays what arrives in disorder, conceals what is lost, and ignores forged packets.
. "$SOURCE/test/lib/recipe.sh"
port_in_use rtp_receiver.c

# packet SEQUENCE SSRC LETTER: a line of hex digits. 20 ms are 160 ticks.
packet() {
    printf '8000%04x%08x%08x%02x\n' $(($1 & 65535)) $(($1 * 160 & 4294967295)) "$2" \
        "'$3"
}

# The sequence numbers wrap.
{
    packet 65532 7 A
    packet 65533 7 B
    echo 80                             # shorter than a header
    packet 65535 7 D
    packet 65534 7 C
    packet 9 99 X                       # another source
    packet 20 99 X                      # again, not in sequence
    echo a000fffe00000000000000074109   # more padding than payload
    packet 65536 7 E
    packet 65536 7 E                    # a duplicate
    echo 8f00fffe00000000000000074141   # contributing sources that are not there
    echo 9000fffe0000000000000007be   # an extension that is not there
    packet 65538 7 G                    # F is missing
    packet 50000 7 Y                    # a jump
} >"$work/first"
# Another sender does not take over. The old one may, with a new source.
{ packet 1 9 Z && packet 2 9 Z; } >"$work/forged"
{ packet 700 8 H && packet 701 8 I; } >"$work/second"

start free listen 127.0.0.1:0
from=127.0.0.1:$(port_of free)
kill "$pid" && wait "$pid"

frames() {
    od -An -v -c -w160 "$work/rtp_receiver.c.got" | awk '{ printf "%s", $1 }'
}
wait_for_frames() {
    tries=0
    until [ "$(frames | cut -c "-${#1}")" = "$1" ]; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || fail "frames: $(frames), not $1"
        sleep 0.05
    done
}

recipe rtp_receiver.c 0 12 500
until grep -q listening "$work/rtp_receiver.c.err"; do sleep 0.05; done
port=$(sed -n 's/^listening //p' "$work/rtp_receiver.c.err")
"$DGRAM" send --bind "$from" --hex --file "$work/first" "127.0.0.1:$port"
"$DGRAM" send --hex --file "$work/forged" "127.0.0.1:$port"
wait_for_frames ABCDEUGWgw
"$DGRAM" send --bind "$from" --hex --file "$work/second" "127.0.0.1:$port"
wait "$pid" || fail "status $?"
wait_for_frames ABCDEUGWgwHI
grep -q '^frames 12, concealed 4, late 0, duplicates 1, refused 9,' \
    "$work/rtp_receiver.c.err" || fail "$(cat "$work/rtp_receiver.c.err")"
