# 'make bench' writes only to build/, and with RECORD=1 only to the committed results and
# plots. It runs stand-ins for the programs, which print figures at once.
. "$SOURCE/test/lib/cli.sh"

for tool in make node npm; do
    command -v $tool >/dev/null || {
        echo "skipped: $tool is not installed"
        exit 77
    }
done

tree=$work/tree
programs=$tree/build/bench/bench
mkdir -p "$tree/node" "$tree/docs" "$tree/tools" "$programs" "$work/bin"
cp "$SOURCE/Makefile" "$tree"
cp -R "$SOURCE/bench" "$tree"
mkdir "$tree/node/bench"
cp "$SOURCE"/node/bench/*.js* "$SOURCE"/node/bench/*.sh "$tree/node/bench"
cp -R "$SOURCE/docs/plots" "$tree/docs"
sed -i 's/rounds=3/rounds=1/; s/^round=0/round=1/' "$tree/bench/run" # no warm-up

# Stand-ins for what builds, and for what is built.
for script in tools/setup tools/setup-node tools/build-node bench/peers/build; do
    : >"$tree/$script"
done
printf '#!/bin/sh\n' >"$work/bin/cmake"
cat >"$work/bin/program" <<'END'
#!/bin/sh
echo ready 1
echo result kpps=2 cpu_us=3 p50_us=4 p90_us=5 p99_us=6
case $0 in *_echo) exec sleep 20 ;; esac
END
chmod +x "$work/bin/cmake" "$work/bin/program"
for name in "$SOURCE"/bench/*.c; do
    name=${name##*/}
    ln -s "$work/bin/program" "$programs/${name%.c}"
done
echo "console.log('result rss_mb=1');" >"$tree/node/bench/memory.js"
mv "$tree/node/bench/sides.js" "$tree/node/bench/sides_found.js"
cat >"$tree/node/bench/sides.js" <<'END'
// As if no side were installed.
const names = Object.keys(require('./sides_found.js'));
const none = Object.fromEntries(names.map((name) => [name, () => []]));
module.exports = { ...none, OURS: 'ours', publish: (folder) => folder };
END

# changed: lists the files that are newer than the start.
changed() {
    (cd "$tree" && find . -newer "$work/start" -type f | LC_ALL=C sort)
}

# bench RECORD: runs the benchmark, and writes the files it changed to $work/changed.
bench() {
    rm -f "$programs"/*.json "$programs"/*.svg "$programs"/*.txt*
    touch "$work/start"
    sleep 0.02
    (cd "$tree" && PATH=$work/bin:$PATH QUICK=1 CI=1 make bench RECORD="$1") \
        >"$work/out" 2>"$work/err" || fail "make bench RECORD=$1"
    changed >"$work/changed"
}

bench ''
! grep -v '^./build/' "$work/changed" || fail 'make bench wrote outside build/'
for name in results.json rate.svg latency.svg node-results.json node.svg; do
    expect_in changed "^./build/bench/bench/$name\$"
done
expect_in out 'one-way 64 B: dgram, libuv'

bench 1
grep -v '^./build/bench/bench/[a-z]*\.txt$' "$work/changed" >"$work/recorded"
cat >"$work/expected" <<'END'
./bench/results.json
./docs/plots/latency.svg
./docs/plots/node.svg
./docs/plots/rate.svg
./node/bench/results.json
END
cmp "$work/recorded" "$work/expected" || fail 'RECORD=1 wrote something else'
