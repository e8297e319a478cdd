esbuild app.js --bundle --platform=node --external:libdgram --outfile=dist/app.js
mkdir dist/node_modules
cp -RL node_modules/libdgram node_modules/@libdgram dist/node_modules/
