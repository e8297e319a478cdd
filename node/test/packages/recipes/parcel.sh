cp parcel.json package.json
parcel build app.js --no-cache
cp node_modules/@libdgram/*/dgram.node dist/
