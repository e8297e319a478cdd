module.exports = {
  target: 'node',
  mode: 'production',
  entry: './app.js',
  output: { filename: 'app.js' },
};
