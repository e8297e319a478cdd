esbuild app.js --bundle --platform=node --outfile=dist/app.js \
  --alias:dgram=libdgram --alias:node:dgram=libdgram
cp node_modules/@libdgram/*/dgram.node dist/
