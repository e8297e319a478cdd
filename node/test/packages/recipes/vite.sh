vite build --config vite.config.mjs
cp node_modules/@libdgram/*/dgram.node dist/
