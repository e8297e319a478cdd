import alias from '@rollup/plugin-alias';
import json from '@rollup/plugin-json';
import config from './rollup.config.mjs';

export default {
  ...config,
  input: 'app.js',
  plugins: [
    alias({ entries: [{ find: /^(node:)?dgram$/, replacement: 'libdgram' }] }),
    json(), // some dependencies need it
    ...config.plugins,
  ],
};
