# tools/test-node counts the tests of each Node and platform, and fails if one of them
# fails or does not start.
. "$SOURCE/test/lib/cli.sh"

made=$work/made
mkdir -p "$made/tools/platforms" "$made/bin" "$made/node/test/once"
for name in test-node counts.sh progress; do
    cp "$SOURCE/tools/$name" "$made/tools"
done
touch "$made/node/test/a.test.js" "$made/node/test/once/b.test.js"

cat >"$made/bin/node" <<'END_NODE'
#!/bin/sh
printf 'ok 1 - a\n# pass 1\n# fail 0\n# cancelled 0\n# skipped 0\n'
END_NODE
printf '#!/bin/sh\n' >"$made/bin/npm"
chmod +x "$made"/bin/*
for major in 18 20 22 24 25 26; do
    mkdir -p "$made/node/node_modules/node-$major/bin"
    cp "$made/bin/node" "$made/node/node_modules/node-$major/bin"
done
: >"$made/tools/build-node"
: >"$made/tools/setup-node"
for script in test-node-sanitized platforms/node-fallback platforms/node-musl \
    platforms/node-wine platforms/node-arm64; do
    echo 'echo 10 passed, 0 failed, 1 skipped' >"$made/tools/$script"
done

run() {
    PATH=$made/bin:$PATH sh "$made/tools/test-node" >"$work/out" 2>"$work/err"
}

run || fail 'no failure, yet it fails'
expect_in out '^57 passed, 0 failed, 5 skipped$'
for name in v18 v26 once sanitized wine; do
    expect_in out "^$name: "
done

rm "$made/node/node_modules/node-22/bin/node"
run && fail 'a Node is missing, yet it passes'
expect_in out '^56 passed, 1 failed, 5 skipped$'
cp "$made/bin/node" "$made/node/node_modules/node-22/bin"

echo 'echo 9 passed, 1 failed, 1 skipped; exit 1' >"$made/tools/platforms/node-wine"
run && fail 'a platform fails, yet it passes'
expect_in out '^56 passed, 1 failed, 5 skipped$'

: >"$made/tools/platforms/node-musl"
run && fail 'a platform does not count, yet it passes'
expect_in out '^46 passed, 2 failed, 4 skipped$'
rm -rf "$made"
