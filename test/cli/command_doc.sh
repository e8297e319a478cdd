# Every line of dgram in docs/guides/command.md has options that exist, and it works. So do the
# lines of nc, socat and iperf3, where these are installed.
. "$SOURCE/test/lib/cli.sh"

# The lines of the tables: those of dgram, and others.
grep '^|' "$SOURCE/docs/guides/command.md" | sed 's/\\|/\&pipe;/g' |
    grep -o '`[^`]*`' | tr -d '`' | sed 's/&pipe;/|/g' | sort -u >"$work/spans"
grep -e '^dgram [a-z]* ' -e '| dgram ' -e '^dgram doctor$' "$work/spans" >"$work/lines"
[ "$(wc -l <"$work/lines")" -ge 45 ] || fail 'too few lines'
grep -e '^nc ' -e '| nc ' -e '^socat ' -e '| socat ' -e '^iperf3 ' \
    "$work/spans" >"$work/others"
[ "$(wc -l <"$work/others")" -ge 35 ] || fail 'too few lines of other tools'

while read -r line; do
    verb=$(echo "$line" | sed 's/.*dgram \([a-z]*\).*/\1/')
    "$DGRAM" "$verb" --help >"$work/help" || fail "$line"
    for option in $(echo "$line" | grep -o -- ' --[a-z-]*'); do
        expect_in help "^  $option[ [,]"
    done
done <"$work/lines"

need_namespaces ip setsid
mkdir "$work/bin"
ln -s "$DGRAM" "$work/bin/dgram"
export PATH="$work/bin:$PATH:/usr/sbin"
for tool in nc socat iperf3; do
    command -v $tool >/dev/null || {
        echo "not run: the lines of $tool, which is not installed"
        sed -i "/^$tool /d; /| $tool /d" "$work/others"
    }
done
! command -v nc >/dev/null || nc -h 2>&1 | grep -q OpenBSD || {
    echo 'not run: the lines of nc, which is not the one of OpenBSD'
    sed -i '/^nc /d; /| nc /d' "$work/others"
}
# Cells of the tables that are no commands.
sed -i '/ and a packet filter/d; /^iperf3 -u$/d' "$work/others"
cd "$work" || exit 1
cat lines others | tr '\n' '\0' |
    xargs -0 -n 1 -P 6 unshare $how sh "$SOURCE/test/lib/doc_line.sh" \
        >"$work/failed" 2>"$work/noise"
! grep '^FAILED' "$work/failed" || {
    cat "$work/failed" "$work/noise"
    exit 1
}
echo "$(cat lines others | wc -l) lines run"
