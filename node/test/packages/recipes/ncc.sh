ncc build app.js --out dist
