esbuild app.js --bundle --platform=node --minify --sourcemap --outfile=dist/app.js
cp node_modules/@libdgram/*/dgram.node dist/
