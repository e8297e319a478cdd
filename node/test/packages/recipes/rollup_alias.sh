rollup --config rollup_alias.config.mjs
cp node_modules/@libdgram/*/dgram.node dist/
