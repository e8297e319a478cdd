'use strict';
// Loads the addon: the one that was built here, or else the one that is shipped for this
// platform. An error names the binaries that did not load.
const fs = require('node:fs');
const path = require('node:path');
const runtime = require('./runtime');

const root = path.join(__dirname, '..');
const platform = `${process.platform}-${process.arch}`;

// The shipped binaries for Linux are linked against glibc. process.report would name the
// C library, but it resolves host names, for up to a minute if no server answers.
function hasShippedLibc() {
  try {
    return !fs.readFileSync('/proc/self/maps', 'latin1').includes('/ld-musl-');
  } catch {
    return true; // if it is not glibc, the binary does not load
  }
}

const candidates = [
  { file: path.join(root, 'build', 'Release', 'dgram.node'), fits: () => true },
  {
    file: path.join(root, 'prebuilds', platform, 'dgram.node'),
    fits: hasShippedLibc,
  },
];

const isFile = (file) => fs.existsSync(file);

function onPath(...names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return names.some((name) =>
    folders.some((folder) => isFile(path.join(folder, name))));
}

// The tools that a build needs and the PATH does not have.
function missingTools() {
  return [
    ['Python 3', onPath('python3')],
    ['make', onPath('make', 'gmake')],
    ['a C compiler', onPath('cc', 'gcc', 'clang')],
  ].filter(([, found]) => !found).map(([name]) => name);
}

// isDenied: this process must not load addons.
function explain(failures, isDenied) {
  const why = failures.length ?
    `no binary for ${platform} can be loaded (${failures.join('; ')})` :
    `there is no binary for ${platform}`;
  if (process.platform === 'win32')
    return `libdgram: ${why}, and the package does not support Windows yet.`;
  if (isDenied)
    return `libdgram: ${why}.`;
  const missing = missingTools();
  return `libdgram: ${why}, and none was built from source. ` +
    (missing.length ? `To build it, install ${missing.join(', ')}, then run ` :
      'The tools for that seem to be installed: run ') +
    "'npm rebuild libdgram'.";
}

function load() {
  if (runtime !== null) throw new Error(`libdgram does not run on ${runtime}`);
  const failures = [];
  let isDenied = false;
  for (const { file, fits } of candidates) {
    if (!isFile(file) || !fits()) continue;
    try {
      // require() would return the addon that is loaded. Test runners load these files
      // again for each test, and each time they need an addon of their own.
      const module = { exports: {} };
      process.dlopen(module, file);
      return module.exports;
    } catch (err) {
      failures.push(err.message.replace(/\.$/, ''));
      isDenied ||= err.code === 'ERR_DLOPEN_DISABLED';
    }
  }
  throw Object.assign(new Error(explain(failures, isDenied)),
                      { code: 'ERR_LIBDGRAM_NO_BINARY' });
}

module.exports = load();
