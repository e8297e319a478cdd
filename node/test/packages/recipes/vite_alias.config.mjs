export default {
  build: { ssr: 'app.js' },
  ssr: { noExternal: true },
  resolve: { alias: [{ find: /^(node:)?dgram$/, replacement: 'libdgram' }] },
};
