'use strict';
// Where the addon may be: built here from source, in the package for this platform, and
// for a bundle also beside it.
const fs = require('node:fs');
const { createRequire } = require('node:module');
const os = require('node:os');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const getBuiltin = require('./get_builtin');

const platform = `${process.platform}-${process.arch}`;
const platforms = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'win32-x64'];

// The file that has this code. A bundle may be an ECMAScript module, which has no
// __filename, or have the name that the file had before. Then the engine is asked.
function thisFile() {
  if (typeof __filename === 'string' && fs.existsSync(__filename)) return __filename;
  const { prepareStackTrace } = Error;
  try {
    Error.prepareStackTrace = (err, [site]) => site.getFileName();
    const { stack } = new Error();
    Error.prepareStackTrace = prepareStackTrace;
    return stack.startsWith('file:') ? fileURLToPath(stack) : stack;
  } catch {
    return process.argv[1] ?? process.execPath; // the program has frozen Error
  }
}

const here = thisFile();
const folder = path.dirname(here);
const isBundled = path.basename(here) !== 'find_binary.js';

// Tools that copy the files of a program find literal names only. webpack must not see
// them: it would read the binary as JavaScript and return a number. Some tools ignore
// names that they cannot resolve, but only between `try` and `catch`.
function installed() {
  if (typeof __webpack_require__ === 'function') {
    return null;
  } else {
    try {
      switch (platform) {
        case 'linux-x64': return require.resolve('@libdgram/linux-x64/dgram.node');
        case 'linux-arm64': return require.resolve('@libdgram/linux-arm64/dgram.node');
        case 'darwin-arm64': return require.resolve('@libdgram/darwin-arm64/dgram.node');
        case 'darwin-x64': return require.resolve('@libdgram/darwin-x64/dgram.node');
        case 'win32-x64': return require.resolve('@libdgram/win32-x64/dgram.node');
      }
    } catch {
      // It is not installed, or this is a bundle.
    }
    return null;
  }
}

// The same, as seen from a bundle.
function installedNear() {
  try {
    return createRequire(here).resolve(`@libdgram/${platform}/dgram.node`);
  } catch {
    return null;
  }
}

// Returns the module node:sea in a single executable, else null.
function sea() {
  try {
    const module = getBuiltin('node:sea');
    return module?.isSea() ? module : null;
  } catch {
    return null;
  }
}

// The asset of a single executable, in a file of this user that is removed afterwards.
function* asset() {
  let bytes;
  try {
    bytes = Buffer.from(sea().getRawAsset('dgram.node'));
  } catch {
    return;
  }
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-'));
  try {
    const file = path.join(scratch, 'dgram.node');
    fs.writeFileSync(file, bytes, { mode: 0o600 });
    yield file;
  } finally {
    removeIfPossible(scratch);
  }
}

function removeIfPossible(scratch) {
  try {
    fs.rmSync(scratch, { recursive: true });
  } catch {
    // Windows keeps a file that is loaded.
  }
}

function* places() {
  if (typeof __dirname === 'string')
    yield path.join(__dirname, '..', 'native', 'build', 'Release', 'dgram.node');
  yield installed();
  yield installedNear();
  yield path.join(folder, 'dgram.node');
  yield path.join(folder, platform, 'dgram.node'); // where ncc copies it
  yield* asset();
}

// Returns an iterator of names of files. A file may be gone when the next one is asked
// for.
function* findBinaries() {
  const seen = new Set();
  for (const file of places()) {
    if (file === null || seen.has(file) || !fs.existsSync(file)) continue;
    seen.add(file);
    yield file;
  }
}

// What to do if there is no file, as a part of a sentence. null: this is no bundle.
function cureOfBundle() {
  if (!isBundled) return null;
  const copy = `copy dgram.node of @libdgram/${platform} to ${folder}`;
  return sea() !== null ? `: add it as the asset dgram.node, or ${copy}` :
    `: ${copy}, or leave libdgram out of the bundle, as an external module`;
}

module.exports = { cureOfBundle, findBinaries, platform, platforms };
