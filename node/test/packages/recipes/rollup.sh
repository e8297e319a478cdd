rollup --config rollup.config.mjs
cp node_modules/@libdgram/*/dgram.node dist/
