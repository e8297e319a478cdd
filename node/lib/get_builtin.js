'use strict';
// Returns a module of Node by its name. Where a program lets its bundler replace `dgram`
// by this package, require('node:dgram') would return this package here, too.
module.exports = process.getBuiltinModule ??
  require('node:module').createRequire(process.execPath);
