# Each line of --json is an object with an event, and the manual documents each
# member.
. "$SOURCE/test/lib/cli.sh"

mkdir "$work/.files"
start listen listen 127.0.0.1:0 --json --verbose --count 2 --output-dir "$work/.files"
port=$(port_of listen)
expect_status 0 "$DGRAM" send "127.0.0.1:$port" "$(printf '"\\\033é')" ''
expect_end "$pid" 0

start echo echo 127.0.0.1:0 --json --workers 1
port=$(port_of echo)
expect_status 0 "$DGRAM" ping "127.0.0.1:$port" --count 2 --interval 0.01 --json
cp "$work/out" "$work/ping"
kill -INT "$pid"
expect_end "$pid" 0
expect_status 1 "$DGRAM" ping "127.0.0.1:$port" --count 1 --json
cp "$work/out" "$work/refused"

start silent sink 127.0.0.1:0
expect_status 1 "$DGRAM" ping "127.0.0.1:$(port_of silent)" --count 1 --timeout 0.05 \
    --json
cp "$work/out" "$work/lost"
expect_in lost '"event":"timeout"'
rm "$work/silent" "$work/silent.err"

expect_status 0 "$DGRAM" mtu "127.0.0.1:$port" --json
cp "$work/out" "$work/mtu"

start sink sink 127.0.0.1:0 --json --check
port=$(port_of sink)
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --check --seconds 0.05 \
    --rate 1000 --interval 0.02 --json
cp "$work/out" "$work/flood"
kill -INT "$pid"
expect_end "$pid" 0

start serve sink 127.0.0.1:0 --json --serve --interval 0.05
port=$(port_of serve)
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --check --seconds 0.1 \
    --rate 1000 --bidir --json
cp "$work/out" "$work/bidir"
kill -INT "$pid"
expect_end "$pid" 0

for name in listen echo ping refused lost sink flood serve bidir mtu; do
    [ -s "$work/$name" ] || fail "$name: nothing"
    grep -qv '^{"event":"[a-z]*",.*}$' "$work/$name" &&
        fail "$name: a line that is no event"
    [ $name = listen ] || tail -n 1 "$work/$name" | grep -q '"event":"result"' ||
        fail "$name: no result"
done
expect_in refused '"event":"error","code":"ECONNREFUSED"'

cat "$work"/* | grep -o '"[a-z0-9_]*":' | tr -d '":' | sort -u >"$work/members"
cat "$work"/* | grep -o '"event":"[a-z]*"' | sed 's/.*:"//; s/"//' | sort -u \
    >>"$work/members"
[ "$(wc -l <"$work/members")" -gt 30 ] || fail 'too few members'
cat "$SOURCE"/man/dgram.1 "$SOURCE"/man/dgram-*.1 |
    sed -n "/^\\.Sh JSON/,/^\\.Sh E/p" >"$work/manual"
while read -r member; do
    grep -qw -- "$member" "$work/manual" || fail "$member is not in the manual"
done <"$work/members"

command -v node >/dev/null || exit 0
for name in listen echo ping refused lost sink flood serve bidir mtu; do
    node -e 'require("fs").readFileSync(0, "utf8").trim().split("\n")
        .forEach((line) => JSON.parse(line))' <"$work/$name" 2>"$work/err" ||
        fail "$name: not JSON"
done
