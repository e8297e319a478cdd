esbuild app.js --bundle --platform=node --outfile=dist/app.js
cp node_modules/@libdgram/*/dgram.node dist/
