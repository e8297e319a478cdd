# listen --output-dir on a full disk, and beyond the limit of a file: an error, and
# no half file.
. "$SOURCE/test/lib/cli.sh"

# The output has no limit: another process writes it.
mkdir "$work/dir"
: >"$work/limit"
(
    ulimit -f 0
    "$DGRAM" listen 127.0.0.1:0 --output-dir "$work/dir" --seconds 60
    echo "status $?"
) 2>&1 | cat >>"$work/limit" &
"$DGRAM" send "127.0.0.1:$(port_of limit)" 'not lost' || fail send
wait_for limit '^status'
expect_in limit 'cannot write .*/dir/000000001: file too large'
expect_in limit '^server got: not lost from'
expect_in limit '^status 1$'
[ -z "$(ls "$work/dir")" ] || fail 'a half file'
rmdir "$work/dir"

for how in -m -rm; do
    unshare $how mount -t tmpfs none /mnt 2>/dev/null && break
    how=
done
[ -n "$how" ] || {
    echo 'skipped: needs CAP_SYS_ADMIN or user namespaces to mount a disk'
    exit 77
}

# The disk has five pages: enough for the first datagram, too few for the second
# one.
cat >"$work/inner" <<'END'
mount -t tmpfs -o size=20k none /mnt || exit 77
"$DGRAM" listen 127.0.0.1:0 --output-dir /mnt --seconds 60 >"$work/listen" \
    2>"$work/listen.err"
status=$?
ls -l /mnt >"$work/files"
exit $status
END
clear_output listen
DGRAM="$DGRAM" work="$work" unshare "$how" sh "$work/inner" &
pid=$!
pids="$pids $pid"
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
