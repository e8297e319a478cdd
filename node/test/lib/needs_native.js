'use strict';
// needsNative(why): a test() that is skipped if the package does not use its addon, as
// with LIBDGRAM_FALLBACK=1.
const { test } = require('node:test');
const { native } = require('../..');

module.exports = (why) => (name, options, run) => {
  if (native) return run === undefined ? test(name, options) : test(name, options, run);
  return test(name, { skip: `needs the addon: ${why}` });
};
