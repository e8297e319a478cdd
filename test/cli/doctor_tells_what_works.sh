# dgram doctor says the same as text and as JSON, and the manual documents each check
# and each member.
. "$SOURCE/test/lib/doctor.sh"

unset DGRAM_OFFLOAD DGRAM_TRACE
manual=$SOURCE/man/dgram-doctor.1

expect_status 0 "$DGRAM" doctor --interface lo
cp "$work/out" "$work/text"
expect_in text '^UDP works: [0-9]* ok'
expect_in text '^ok  *ipv4  *datagrams arrive over loopback$'
awk 'length($0) > 80 { exit 1 }' "$work/text" || fail 'too wide'
grep -vE '^(ok|note|warning) +[a-z0-9-]+ +[^ ]|^( {25}| {22}-> )[^ ]|^UDP works: ' \
    "$work/text" && fail 'an odd line'

expect_status 0 "$DGRAM" doctor --interface lo --json
cp "$work/out" "$work/json"
grep -vE '^\{"event":"check","name":"[a-z0-9-]*","state":"(ok|note|warning)","fact":"[^"]+".*\}$' \
    "$work/json" | grep -v '^{"event":"result","works":true,"state":' &&
    fail 'an odd object'
tail -n 1 "$work/json" | grep -q '"event":"result"' || fail 'no result'

# The counters of the system change, so a state may change between the two runs.
sed -n 's/.*"name":"\([^"]*\)".*/\1/p' "$work/json" >"$work/names"
sed -nE 's/^(ok|note|warning) +([a-z0-9-]+) .*/\2/p' "$work/text" |
    diff - "$work/names" || fail 'text and JSON differ'
for state in ok:ok note:notes warning:warnings fails:failures; do
    count=$(grep -c "\"state\":\"${state%:*}\",\"fact\"" "$work/json")
    grep -q "\"event\":\"result\".*\"${state#*:}\":$count," "$work/json" ||
        fail "$count ${state#*:} are not the result"
done

sed -n '/^\.Sh CHECKS/,/^\.Sh JSON/p' "$manual" >"$work/checks"
sed -n '/^\.Sh JSON/,/^\.Sh EXIT/p' "$manual" >"$work/members"
while read -r name; do
    grep -qw -- "$name" "$work/checks" || fail "$name is not in the manual"
done <"$work/names"
grep -o '"[a-z0-9_]*":' "$work/json" | tr -d '":' | sort -u | while read -r member; do
    case $member in event | name | state | fact | advice) continue ;; esac
    grep -qw -- "$member" "$work/members" || echo "$member"
done >"$work/missing"
[ ! -s "$work/missing" ] || fail 'members are not in the manual'

# The manual names only checks that the command has.
if [ "$(uname)" = Linux ]; then
    [ "$(wc -l <"$work/names")" -ge 25 ] || fail 'too few checks'
    for name in kernel sandbox files ipv4 batch gso gro counters receive-buffer unix \
        interface offload drops; do
        grep -qx "$name" "$work/names" || fail "no check $name"
    done
fi
if command -v node >/dev/null; then
    node -e 'require("fs").readFileSync(0, "utf8").trim().split("\n")
        .forEach((line) => JSON.parse(line))' <"$work/json" 2>"$work/err" ||
        fail 'not JSON'
fi

# Sizes are those of the system.
for way in receive:rmem send:wmem; do
    names=/proc/sys/net/core/${way#*:}
    [ -f "${names}_max" ] && [ -f "${names}_default" ] || continue
    grep "\"name\":\"${way%:*}-buffer\"" "$work/json" >"$work/buffer"
    expect_in buffer "\"default\":$(cat "${names}_default"),"
    expect_in buffer "\"sysctl\":\"net.core.${way#*:}_max\",\"limit\":$(cat "${names}_max")[,}]"
done
expect_in json '"name":"addresses".*"fact":"127\.0\.0\.1.*"ipv4":[1-9]'

# The environment is a part of the diagnosis.
expect_doctor 0 env DGRAM_OFFLOAD="$(printf 'o\033"f')" "$DGRAM" doctor
expect_in out '^warning  *environment  *DGRAM_OFFLOAD=o\\x1b"f turns GSO'
expect_in out '^ *-> .*unset DGRAM_OFFLOAD'
expect_doctor 0 env DGRAM_OFFLOAD="$(printf 'o\033"f')" "$DGRAM" doctor --json
expect_in out '"name":"environment","state":"warning".*"offload":"o\\u001b\\"f"'
expect_doctor 0 env DGRAM_OFFLOAD=8 "$DGRAM" doctor
expect_in out '^note  *environment  *DGRAM_OFFLOAD=8'

expect_status 2 "$DGRAM" doctor --interface no-such
expect_in err 'no-such: no interface has that name; there are .*lo'
expect_status 2 "$DGRAM" doctor --interface
expect_status 2 "$DGRAM" doctor 127.0.0.1
expect_in err 'too many arguments: it takes only options'
expect_status 1 sh -c '"$0" doctor >/dev/full' "$DGRAM"
