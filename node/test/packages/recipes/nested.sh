esbuild app.js --bundle --platform=node --outfile=dist/app.js
node -e "
const from = require('module').createRequire(require.resolve('libdgram'));
fs.copyFileSync(from.resolve('@libdgram/linux-x64/dgram.node'), 'dist/dgram.node');"
