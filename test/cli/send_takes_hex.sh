# send --hex sends what hex digits say, and prints answers in hex.
. "$SOURCE/test/lib/cli.sh"

start server listen 127.0.0.1:0 --json
port=$(port_of server)

# expect_hex HEX...: what came since the last call.
turn=0
expect_hex() {
    turn=$((turn + 1))
    "$DGRAM" send "127.0.0.1:$port" "end $turn" || fail end
    wait_for server "\"text\":\"end $turn\""
    sed "1,/\"text\":\"end $((turn - 1))\"/d; /\"text\":\"end/d
        s/.*\"hex\":\"\([^\"]*\)\".*/\1/" "$work/server" >"$work/hex"
    : >"$work/wanted"
    [ $# -eq 0 ] || printf '%s\n' "$@" >"$work/wanted"
    expect_lines hex <"$work/wanted"
}
"$DGRAM" send "127.0.0.1:$port" 'end 0' || fail end

"$DGRAM" send "127.0.0.1:$port" --hex '00 ff' 0A0b '' || fail texts
expect_hex 00ff 0a0b ''
printf '00 0d0A\r\n\t41 \n\nfE' | "$DGRAM" send "127.0.0.1:$port" --hex || fail lines
expect_hex 000d0a 41 '' fe
printf '00 41\n42\n' | "$DGRAM" send "127.0.0.1:$port" --hex --whole || fail whole
expect_hex 004142

# A line that is not hex is not sent. The others are.
printf '41\n4\n0x42\n43\n44 4 5\n46' >"$work/lines"
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --hex --file "$work/lines"
expect_hex 41 43 46
expect_in err 'line 2, column 1: not a pair of hex digits'
expect_in err 'line 3, column 1: '
expect_in err 'line 5, column 4: '
expect_in err '3 of 6 datagrams were not sent'
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --hex --file "$work/lines" --whole
expect_in err 'line 2, column 1: not a pair'
expect_hex
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --hex --json --file "$work/lines"
expect_lines out <<'OUT'
{"event":"error","code":"EILSEQ","line":2}
{"event":"error","code":"EILSEQ","line":3}
{"event":"error","code":"EILSEQ","line":5}
{"event":"result","sent":3,"bytes":3,"failed":3,"answers":0,"errors":{"EILSEQ":3}}
OUT
expect_hex 41 43 46

# Wrong arguments send nothing.
expect_status 2 "$DGRAM" send "127.0.0.1:$port" --hex 41 'no hex' 42
expect_in err "'no hex' is not pairs of hex digits"
expect_status 2 "$DGRAM" send "127.0.0.1:$port" --hex 41 --eol lf
expect_hex

# Answers are printed in hex, too.
start echo echo 127.0.0.1:0
port=$(port_of echo)
expect_status 0 "$DGRAM" send "127.0.0.1:$port" --hex '00 41' --wait 60 --count 1
expect_in out '^got: 2 bytes from 127.0.0.1:'
expect_in out '^00000000  00 41 .*|\.A|$'
