import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';

export default {
  input: 'app.mjs',
  output: { file: 'dist/app.mjs' },
  plugins: [resolve({ preferBuiltins: true }), commonjs()],
};
