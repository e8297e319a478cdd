esbuild app.js --bundle --platform=node --outfile=dist/app.js
cp node_modules/@libdgram/*/dgram.node dist/
node --experimental-sea-config executable.json
cp "$(command -v node)" dist/app
postject dist/app NODE_SEA_BLOB dist/app.blob \
  --sentinel-fuse NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2
