# --hex and --json.
. "$SOURCE/test/lib/cli.sh"

start hex listen 127.0.0.1:0 --count 1 --hex
"$DGRAM" send "127.0.0.1:$(port_of hex)" 'sixteen bytes...x' || fail send
expect_end "$pid" 0
expect_in hex 'server got: 17 bytes from 127.0.0.1:'
expect_in hex '^00000000  73 69 78 74 65 65 6e 20  62 79 74 65 73 2e 2e 2e  |sixteen bytes...|$'
expect_in hex '^00000010  78  *|x|$'

start json listen 127.0.0.1:0 --count 2 --json
port=$(port_of json)
printf 'q"\\\n\377é' | "$DGRAM" send "127.0.0.1:$port" --whole || fail send
"$DGRAM" send "127.0.0.1:$port" '' || fail send
expect_end "$pid" 0
[ "$(wc -l <"$work/json")" -eq 3 ] || fail 'not one object a line'
expect_in json "^{\"event\":\"listening\",\"address\":\"127.0.0.1\",\"family\":\"IPv4\",\"port\":$port}\$"
expect_in json '"size":7,"truncated":false,"text":"q\\"\\\\\\u000a\\ufffdé","hex":"71225c0affc3a9"}$'
expect_in json '"size":0,"truncated":false,"text":"","hex":""}$'
if command -v node >/dev/null; then
    node -e 'require("fs").readFileSync(0, "utf8").trim().split("\n")
        .forEach(line => JSON.parse(line))' <"$work/json" || fail 'no JSON'
fi
