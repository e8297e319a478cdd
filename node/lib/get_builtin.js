'use strict';
// Returns a module of Node by its name. A bundler may replace `node:dgram` in require()
// by this package, because the program asks for that, but it cannot replace it here.
const { createRequire } = require('node:module');

module.exports = process.getBuiltinModule ?? createRequire(process.execPath);
