'use strict';
// Loads the addon: one that was built here from source, or else that of the package for
// this platform, an optional dependency.
const { cureOfBundle, findBinaries, platform, platforms } = require('./find_binary');
const runtime = require('./runtime');
const { selfTest } = require('./self_test');
const version = require('./version');

// The binaries for these systems were built elsewhere, so each load tests them.
const isUntried = process.platform === 'darwin' || process.platform === 'win32';

// require() would return the addon that is loaded. Test runners load these files again
// for each test, and each time they need an addon of their own.
function open(file) {
  const module = { exports: {} };
  process.dlopen(module, file);
  const addon = module.exports;
  if (addon.version !== version)
    throw new Error(`${file}: it is of version ${addon.version}, not ${version}`);
  if (isUntried) selfTest(addon);
  return addon;
}

const fromSource = "'npx libdgram-build' builds one from source";

function cureOfAbsence() {
  if (!platforms.includes(platform)) return `; ${fromSource}`;
  const cure = cureOfBundle();
  if (cure !== null) return cure;
  const name = `@libdgram/${platform}`;
  return `: ${name} is not installed, perhaps because optional dependencies were left ` +
    `out. 'npm install ${name}@${version}' installs it, ${fromSource}`;
}

// isDenied: this process must not load addons.
function explain(failures, isDenied) {
  if (failures.length === 0) return `there is no binary for ${platform}${cureOfAbsence()}`;
  const why = `no binary for ${platform} can be loaded (${failures.join('; ')})`;
  return isDenied ? why : why + (cureOfBundle() ?? `; ${fromSource}`);
}

// The cause is the error of the last binary that did not load.
function failed(reason, cause) {
  const error = Object.assign(
    new Error(`libdgram: ${reason}.`, cause === undefined ? undefined : { cause }),
    { code: 'ERR_LIBDGRAM_NO_BINARY' });
  return { reason, error };
}

function tryAll() {
  if (runtime !== null) return failed(`${runtime} has no libuv that an addon could use`);
  const failures = [];
  let isDenied = false;
  let cause;
  for (const file of findBinaries()) {
    try {
      return { addon: open(file) };
    } catch (err) {
      cause = err;
      failures.push(err.message.replace(/\.$/, ''));
      isDenied ||= err.code === 'ERR_DLOPEN_DISABLED';
    }
  }
  return failed(explain(failures, isDenied), cause);
}

let result;

// Returns { addon }, or { reason, error }: why there is none, as a text that continues a
// sentence, and as the error that require() throws where the addon is required.
const load = () => result ??= tryAll();

module.exports = { load };
