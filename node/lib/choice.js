'use strict';
// Whether the package uses its addon, or else node:dgram of the host.
//
// LIBDGRAM_FALLBACK=1 declines the addon, and LIBDGRAM_REQUIRE_NATIVE=1 insists on it.
const { load } = require('./native');
const isForbidden = require('./forbidden');
const { env } = process;

function refuse(reason) {
  const error = new Error(`libdgram: ${reason}.`);
  return { reason, error: Object.assign(error, { code: 'ERR_LIBDGRAM_NO_BINARY' }) };
}

function choose() {
  if (isForbidden) return refuse('the permissions of this process forbid the network');
  if (env.LIBDGRAM_FALLBACK === '1') return refuse('LIBDGRAM_FALLBACK=1 is set');
  return load();
}

const { addon, reason, error } = choose();
if (error && env.LIBDGRAM_REQUIRE_NATIVE === '1') throw error;

module.exports = { addon, isNative: addon !== undefined, reason };
