# listen --output-dir on a full disk: an error, and no half file.
. "$SOURCE/test/lib/cli.sh"

for how in -m -rm; do
    unshare $how mount -t tmpfs none /mnt 2>/dev/null && break
    how=
done
[ -n "$how" ] || {
    echo 'skipped: needs CAP_SYS_ADMIN or user namespaces to mount a disk'
    exit 77
}

# The disk has five pages: one for the first datagram, and for the second one too
# few.
cat >"$work/inner" <<'END'
mount -t tmpfs -o size=20k none /mnt || exit 77
"$DGRAM" listen 127.0.0.1:0 --output-dir /mnt >"$work/listen" \
    2>"$work/listen.err"
status=$?
ls -l /mnt >"$work/files"
exit $status
END
DGRAM="$DGRAM" work="$work" unshare "$how" sh "$work/inner" &
pid=$!
pids="$pids $pid"
: >"$work/listen" >"$work/listen.err"
port=$(port_of listen)
head -c 100 /dev/zero | "$DGRAM" send "127.0.0.1:$port" --whole || fail send
wait_for listen '100 bytes from .*, file /mnt/000000001'
head -c 60000 /dev/zero | tr '\0' x | "$DGRAM" send "127.0.0.1:$port" --whole ||
    fail send
expect_end "$pid" 1
expect_in listen.err 'cannot write /mnt/000000002: no space left on device'
[ "$(grep -c 00000000 "$work/files")" -eq 1 ] || fail 'a half file'
[ "$(tail -n 1 "$work/listen" | tr -dc x | wc -c)" -eq 60000 ] ||
    fail 'the datagram is lost'
