bun build app.js --target=node --format=cjs --outdir=dist
