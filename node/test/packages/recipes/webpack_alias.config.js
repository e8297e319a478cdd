module.exports = {
  ...require('./webpack.config.js'),
  externals: { 'dgram': 'commonjs libdgram', 'node:dgram': 'commonjs libdgram' },
};
