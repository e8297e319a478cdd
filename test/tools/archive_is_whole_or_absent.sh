# The script that packs releases makes no archive if tar fails, and leaves nothing
# behind. The same files make the same bytes.
. "$SOURCE/test/lib/cli.sh"

mkdir "$work/files" "$work/out"
cd "$work/files" || fail cd
echo one >one
echo two >'two words'

# pack FILE SECONDS
pack() {
    printf 'two words\none\n' | sh "$SOURCE/tools/archive" "$1" prefix "$2" 2>"$work/err"
}

pack "$work/out/broken.tar.gz" never && fail 'no error'
[ -z "$(ls "$work/out")" ] || fail 'files are left'
pack "$work/out/first.tar.gz" 1 || fail first
touch one
(umask 077 && TZ=Asia/Tokyo pack "$work/out/second.tar.gz" 1) || fail second
cmp "$work/out/first.tar.gz" "$work/out/second.tar.gz" || fail 'other bytes'
[ "$(tar -tzf "$work/out/first.tar.gz" | tr '\n' ,)" = 'prefix/one,prefix/two words,' ] ||
    fail 'other names'
[ "$(ls "$work/out" | wc -l)" -eq 2 ] || fail 'files are left'
