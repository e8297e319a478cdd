# listen --output-dir makes a file for each datagram and never changes another.
. "$SOURCE/test/lib/cli.sh"

# The numbers continue after the highest number in the directory.
mkdir "$work/dir"
in=$work/dir
for name in 000000007 0000000009 00000012 00000009x .000000011; do
    echo old >"$in/$name"
done
start text listen 127.0.0.1:0 --output-dir "$in" --count 3
port=$(port_of text)
printf 'a\0b\n' | "$DGRAM" send "127.0.0.1:$port" --whole || fail send
"$DGRAM" send "127.0.0.1:$port" '' ../etc || fail send
expect_end "$pid" 0
sed 's/from [0-9.:]*,/from ADDRESS,/' "$work/text" >"$work/shown"
expect_lines shown <<END
server got: 4 bytes from ADDRESS, file $in/000000008
server got: 0 bytes from ADDRESS, file $in/000000009
server got: 6 bytes from ADDRESS, file $in/000000010
END
printf 'a\0b\n' | cmp - "$in/000000008" || fail 'other bytes'
[ -f "$in/000000009" ] && [ ! -s "$in/000000009" ] || fail 'not empty'
[ "$(cat "$in/000000010")" = ../etc ] || fail 'other text'
[ "$(cat "$in/000000007")" = old ] || fail 'a file was changed'
[ "$(ls -A "$in" | wc -l)" -eq 8 ] || fail 'more files'
rm -r "$in"

# Files that appear meanwhile are not changed, and links are not followed.
mkdir "$in"
start json listen 127.0.0.1:0 --output-dir "$in/" --json --count 2
port=$(port_of json)
"$DGRAM" send "127.0.0.1:$port" one || fail send
wait_for json "\"file\":\"$in/000000001\"}\$"
ln -s ../stolen "$in/000000002"
echo other >"$in/000000003"
mkdir "$in/000000004"
"$DGRAM" send "127.0.0.1:$port" two || fail send
expect_end "$pid" 0
expect_in json "\"text\":\"two\",\"hex\":\"74776f\",\"file\":\"$in/000000005\"}\$"
[ ! -e "$work/stolen" ] || fail 'a link was followed'
[ "$(cat "$in/000000003")" = other ] || fail 'a file was changed'
[ "$(cat "$in/000000005")" = two ] || fail 'other text'
rm -r "$in"

# Workers do not write the same file.
mkdir "$in"
start workers listen 127.0.0.1:0 --output-dir "$in" --workers 3
primary=$pid
port=$(port_of workers)
for round in 1 2 3; do # each is fewer than a socket's buffer holds
    awk -v r=$round 'BEGIN { for (i = 0; i < 60; i++) print r "-" i }' |
        tee -a "$work/sent" | "$DGRAM" send "127.0.0.1:$port" || fail send
    tries=0
    until [ "$(grep -c ', file ' "$work/workers")" -eq $((round * 60)) ]; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || fail 'not all came'
        sleep 0.05
    done
done
kill -TERM "$primary"
expect_end "$primary" 0
for file in "$in"/*; do
    cat "$file"
    echo
done | sort >"$work/saved"
sort "$work/sent" | cmp - "$work/saved" || fail 'not each once'
sed 's/.*file //' "$work/workers" | sort -u | wc -l | grep -qx 180 ||
    fail 'a file has two lines'
rm -r "$in"

# Directories that cannot be used.
expect_status 1 "$DGRAM" listen 127.0.0.1:0 --output-dir "$in"
expect_in err "cannot write to '$in': no such file or directory"
: >"$in"
expect_status 1 "$DGRAM" listen 127.0.0.1:0 --output-dir "$in"
expect_in err "cannot write to '$in': not a directory"
rm "$in"
expect_status 1 "$DGRAM" listen 127.0.0.1:0 --output-dir ''
mkdir "$in"
: >"$in/999999999"
expect_status 1 "$DGRAM" listen 127.0.0.1:0 --output-dir "$in" --seconds 0.1
expect_in err "cannot write to '$in': its files have all numbers up to 999999999"
rm -r "$in"

# A directory that somebody else may write to, but not enter.
if [ "$(id -u)" = 0 ] && setpriv --reuid=65534 --clear-groups true 2>/dev/null &&
    chmod 755 "$work" && mkdir "$in" && chown 65534 "$in" && chmod 600 "$in"; then
    expect_status 1 setpriv --reuid=65534 --clear-groups "$DGRAM" listen \
        127.0.0.1:0 --output-dir "$in" --seconds 0.1
    expect_in err "cannot write to '$in': permission denied"
    rm -r "$in"
fi

# A directory that goes away, or whose numbers are used up. The datagram is printed
# instead, and not answered.
for how in gone full; do
    mkdir "$in"
    [ $how = gone ] || : >"$in/999999998"
    start $how listen 127.0.0.1:0 --output-dir "$in" --reply no
    port=$(port_of $how)
    if [ $how = gone ]; then rm -r "$in"; else : >"$in/999999999"; fi
    expect_status 1 "$DGRAM" send "127.0.0.1:$port" 'not lost' --wait 0.2 \
        --count 1
    expect_end "$pid" 1
    expect_in $how '^server got: not lost from 127'
    rm -rf "$in"
done
expect_in gone.err "cannot write $in/000000001: no such file or directory"
expect_in full.err "cannot write to '$in': its files have all numbers up to 999999999"

# One worker that cannot write ends all.
mkdir "$in"
start ends listen 127.0.0.1:0 --output-dir "$in" --workers 2
port=$(port_of ends)
rm -r "$in"
"$DGRAM" send "127.0.0.1:$port" one || fail send
expect_end "$pid" 1
expect_in ends.err 'cannot write .*: no such file or directory'
