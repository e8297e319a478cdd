export default {
  build: { ssr: 'app.mjs' },
  ssr: { noExternal: true },
};
