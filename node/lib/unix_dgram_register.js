'use strict';
// node --import libdgram/unix-dgram/register: packages that use unix-dgram get
// libdgram/unix-dgram, whether unix-dgram is installed or not. Where the addon is not
// used, nothing changes and one warning is emitted.
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { isNative, reason } = require('./addon_or_fallback');

const NAME = 'unix-dgram';
const file = typeof __dirname === 'string' ? path.join(__dirname, 'unix_dgram.js') : '';

function replace() {
  const { _resolveFilename: resolve } = Module;
  Module._resolveFilename = function(request, ...rest) {
    return request === NAME ? file : Reflect.apply(resolve, this, [request, ...rest]);
  };
  // For import, in versions of Node that have it.
  Module.registerHooks?.({
    resolve(specifier, context, next) {
      return specifier === NAME ?
        { url: pathToFileURL(file).href, format: 'commonjs', shortCircuit: true } :
        next(specifier, context);
    },
  });
}

function whyNot() {
  if (!isNative) return `${reason}.`;
  if (!fs.existsSync(file)) {
    return 'this is a bundle. Let the bundler replace unix-dgram by ' +
      'libdgram/unix-dgram.';
  }
  try {
    require('./unix_dgram');
    return null;
  } catch (err) {
    return err.message;
  }
}

const why = whyNot();
if (why === null)
  replace();
else if (require('node:worker_threads').isMainThread) // they run this file, too
  process.emitWarning(`unix-dgram is not replaced: ${why}`, 'LibdgramWarning');
