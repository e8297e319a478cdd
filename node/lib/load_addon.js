'use strict';
// Loads the addon from the first of the files of find_binary.js that loads.
const { isCutOff } = require('./elf');
const { bundleAdvice, findBinaries, platform, platforms } = require('./find_binary');
const runtime = require('./runtime');
const version = require('./version');

// These binaries are published without having been run on these systems, so they test
// themselves when they are loaded.
const needsSelfTest = process.platform === 'darwin' || process.platform === 'win32';

// The addon sends a datagram to itself, which takes less than a millisecond. Throws an
// error that names the call that failed.
function selfTest(addon) {
  const failure = addon.selfTest();
  if (failure !== undefined) {
    throw new Error('the addon does not work on this system: its self-test failed ' +
                    `(${failure})`);
  }
}

// require() would return the addon that is loaded already. Test runners load these files
// again for each test, and each time they need an addon of their own.
function open(file) {
  if (isCutOff(file)) throw new Error(`${file}: its end is missing`);
  const module = { exports: {} };
  process.dlopen(module, file);
  const addon = module.exports;
  if (addon.version !== version)
    throw new Error(`${file} has version ${addon.version} instead of ${version}`);
  if (needsSelfTest) selfTest(addon);
  return addon;
}

const buildAdvice = "Run 'npx libdgram-build' to build one from source";

// What helps if there is no file, as the end of a sentence.
function missingAdvice() {
  if (!platforms.includes(platform)) return `. ${buildAdvice}`;
  const advice = bundleAdvice();
  if (advice !== null) return advice;
  const name = `@libdgram/${platform}`;
  return `: ${name} is not installed, perhaps because optional dependencies were left ` +
    `out. Run 'npm install ${name}@${version}' to install it, or 'npx libdgram-build' ` +
    'to build it from source';
}

// isDenied: Node does not allow this process to load addons.
function explain(failures, isDenied) {
  if (failures.length === 0) return `there is no binary for ${platform}${missingAdvice()}`;
  const why = `no binary for ${platform} can be loaded (${failures.join('; ')})`;
  return isDenied ? why : why + (bundleAdvice() ?? `. ${buildAdvice}`);
}

// cause: the error of the last binary that did not load.
function failed(reason, cause) {
  const error = Object.assign(
    new Error(`libdgram: ${reason}.`, cause === undefined ? undefined : { cause }),
    { code: 'ERR_LIBDGRAM_NO_BINARY' });
  return { reason, error };
}

function tryAll() {
  if (runtime !== null) return failed(`${runtime} does not have the libuv that the addon uses`);
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

// Returns { addon }, or { reason, error } if no file loads. `reason` is a text without a
// period at its end, and `error` has it as its message.
const load = () => result ??= tryAll();

module.exports = { load, selfTest };
