asar pack app dist/app.asar --unpack '*.node'
