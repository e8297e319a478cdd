'use strict';
// Decides whether the package uses its addon or the fallback, which is node:dgram of the
// host.
//
// With LIBDGRAM_FALLBACK=1 in the environment, and in a snapshot of the heap, it is the
// fallback. With
// LIBDGRAM_REQUIRE_NATIVE=1, loading this file throws if it would be the fallback.
const { load } = require('./load_addon');
const isForbidden = require('./forbidden');
const { env } = process;

function withoutAddon(reason) {
  const error = new Error(`libdgram: ${reason}.`);
  return { reason, error: Object.assign(error, { code: 'ERR_LIBDGRAM_NO_BINARY' }) };
}

// Loading node:v8 takes time, so it is loaded only if Node has a flag that may build a
// snapshot: --build-snapshot, or one for a single executable (SEA).
function isForSnapshot() {
  return process.execArgv?.some((flag) => /-snapshot|-sea/.test(flag)) &&
    require('node:v8').startupSnapshot?.isBuildingSnapshot?.();
}

function decide() {
  if (isForbidden)
    return withoutAddon('the permissions of this process forbid the network');
  if (env.LIBDGRAM_FALLBACK === '1') return withoutAddon('LIBDGRAM_FALLBACK=1 is set');
  if (isForSnapshot()) return withoutAddon('a snapshot of the heap cannot contain an addon');
  return load();
}

const { addon, reason, error } = decide();
if (error && env.LIBDGRAM_REQUIRE_NATIVE === '1') throw error;

module.exports = { addon, isNative: addon !== undefined, reason };
