rspack build --config webpack_alias.config.js
mkdir dist/node_modules
cp -RL node_modules/libdgram node_modules/@libdgram dist/node_modules/
