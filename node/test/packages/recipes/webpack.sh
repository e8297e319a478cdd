webpack --config webpack.config.js
cp node_modules/@libdgram/*/dgram.node dist/
