'use strict';
// The addon: the one that was built here, else the one that is shipped for this
// platform. A binary that does not load is passed over, and told about only when
// there is no other.
const fs = require('node:fs');
const path = require('node:path');
const runtime = require('./runtime');

const root = path.join(__dirname, '..');
const platform = `${process.platform}-${process.arch}`;

// The shipped binaries for Linux are linked against glibc. Not asked is
// process.report, which looks up the names of hosts, for a minute if nobody answers.
function hasShippedLibc() {
  try {
    return !fs.readFileSync('/proc/self/maps', 'latin1').includes('/ld-musl-');
  } catch {
    return true; // if it is not, what is missing shows as it loads
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

// What building takes and the PATH does not have.
function missingTools() {
  return [
    ['Python 3', onPath('python3')],
    ['make', onPath('make', 'gmake')],
    ['a C compiler', onPath('cc', 'gcc', 'clang')],
  ].filter(([, found]) => !found).map(([name]) => name);
}

// `denied`: this process may load none.
function explain(failures, denied) {
  const why = failures.length ?
    `no binary for ${platform} loads (${failures.join('; ')})` :
    `there is no binary for ${platform}`;
  if (process.platform === 'win32')
    return `libdgram: ${why}, and it does not run on Windows yet.`;
  if (denied)
    return `libdgram: ${why}.`;
  const missing = missingTools();
  return `libdgram: ${why}, and none was built from source. ` +
    (missing.length ? `To build it, install ${missing.join(', ')}, then run ` :
      'All that building takes seems to be here: run ') +
    "'npm rebuild libdgram'.";
}

function load() {
  if (runtime !== null) throw new Error(`libdgram does not run on ${runtime}`);
  const failures = [];
  let denied = false;
  for (const { file, fits } of candidates) {
    if (!isFile(file) || !fits()) continue;
    try {
      // Not by require(): where test runners load these files anew, the new ones
      // need an addon of their own, and the old ones keep theirs.
      const module = { exports: {} };
      process.dlopen(module, file);
      return module.exports;
    } catch (err) {
      failures.push(err.message.replace(/\.$/, ''));
      denied ||= err.code === 'ERR_DLOPEN_DISABLED';
    }
  }
  throw Object.assign(new Error(explain(failures, denied)),
                      { code: 'ERR_LIBDGRAM_NO_BINARY' });
}

module.exports = load();
