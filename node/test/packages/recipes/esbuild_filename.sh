esbuild app.js --bundle --platform=node --outfile=dist/app.js \
  --define:__filename='"/before/find_binary.js"' --define:__dirname='"/before"'
cp node_modules/@libdgram/*/dgram.node dist/
