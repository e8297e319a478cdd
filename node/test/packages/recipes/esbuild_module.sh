esbuild app.mjs --bundle --platform=node --format=esm --outfile=dist/app.mjs \
  --banner:js="import { createRequire } from 'module'; const require = createRequire(import.meta.url);"
cp node_modules/@libdgram/*/dgram.node dist/
