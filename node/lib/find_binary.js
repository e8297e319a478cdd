'use strict';
// Finds the files that may be the addon: the one that libdgram-build has built, the one
// of the package for this platform, and for a bundle those beside it.
const fs = require('node:fs');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const getBuiltin = require('./get_builtin');

const platform = `${process.platform}-${process.arch}`;
const platforms = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'win32-x64'];

// Node 20 throws where its permissions do not allow to read the file.
function exists(file) {
  try {
    return fs.existsSync(file);
  } catch {
    return false;
  }
}

// Returns the file that has this code. In a bundle that is an ECMAScript module,
// __filename does not exist. In others it may be the name of the file before bundling.
// In both cases the stack of an error has the right name.
function thisFile() {
  if (typeof __filename === 'string' && exists(__filename)) return __filename;
  const { prepareStackTrace } = Error;
  try {
    Error.prepareStackTrace = (err, [site]) => site.getFileName();
    const { stack } = new Error();
    Error.prepareStackTrace = prepareStackTrace;
    return stack.startsWith('file:') ? fileURLToPath(stack) : stack;
  } catch {
    return process.argv[1] ?? process.execPath; // a program has frozen Error
  }
}

const here = thisFile();
const folder = path.dirname(here);
const isBundled = path.basename(here) !== 'find_binary.js';

// Returns the file of the package for this platform, or null. Tools that copy the files of
// a program find only literal names. webpack must not see them: it would parse the binary
// as JavaScript, and replace the call by a number. Some tools ignore names that they
// cannot resolve, but only between `try` and `catch`.
function resolveLiterally() {
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

// The same for a bundle, in which require.resolve() is that of the bundler.
function resolveFromBundle() {
  try {
    return require('node:module').createRequire(here).resolve(`@libdgram/${platform}/dgram.node`);
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

// Yields a file with the asset of a single executable. Only this user can read the file.
// It is removed when the iterator continues or ends.
function* extractAsset() {
  let bytes;
  try {
    bytes = Buffer.from(sea().getRawAsset('dgram.node'));
  } catch {
    return;
  }
  const scratch = fs.mkdtempSync(path.join(require('node:os').tmpdir(), 'libdgram-'));
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
    // Windows does not remove a file that is loaded.
  }
}

function* candidates() {
  if (typeof __dirname === 'string')
    yield path.join(__dirname, '..', 'native', 'build', 'Release', 'dgram.node');
  yield resolveLiterally();
  yield resolveFromBundle();
  yield path.join(folder, 'dgram.node');
  yield path.join(folder, platform, 'dgram.node'); // where ncc copies it
  yield* extractAsset();
}

// Returns an iterator of names of files. A file may be removed when the iterator
// continues.
function* findBinaries() {
  const seen = new Set();
  for (const file of candidates()) {
    if (file === null || seen.has(file) || !exists(file)) continue;
    seen.add(file);
    yield file;
  }
}

// What helps if there is no file, as the end of a sentence. null: this is not a bundle.
function bundleAdvice() {
  if (!isBundled) return null;
  const copy = `copy dgram.node of @libdgram/${platform} to ${folder}`;
  return sea() !== null ? `: add it as the asset dgram.node, or ${copy}` :
    `: ${copy}, or leave libdgram out of the bundle, as an external module`;
}

module.exports = { bundleAdvice, findBinaries, platform, platforms };
