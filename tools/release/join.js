'use strict';
// Writes the files of node/lib for the npm package. joined.js has the sixty modules that
// each program with a socket loads, because loading a file takes Node a tenth of a
// millisecond. The other files remain, and get those modules from joined.js.
//
// usage: node join.js TO      (the folder that gets the files)
const fs = require('node:fs');
const path = require('node:path').posix;

const from = path.join(__dirname, '..', '..', 'node', 'lib');
const [to] = process.argv.slice(2);

const JOINED = 'joined.js';
// It needs no other file but version.js.
const PROGRAM = 'build.js';
const REQUIRE = /\brequire\('(\.[^']*)'\)/g;
const COMMENT = /^ *\/\/.*\n/gm;

const read = (file) => fs.readFileSync(path.join(from, file), 'utf8');

// The file that this one requires by `name`.
const target = (file, name) =>
  path.join(path.dirname(file), name).replace(/(\.js)?$/, '.js');

// Two things are not joined: the fallback, which is loaded instead of the addon, and the file
// with the names of the binaries, because ncc, which searches for them, does not analyze a
// file as complex as joined.js.
const isApart = (file) => file.startsWith('fallback/') || file === 'find_binary.js';

function addWithRequired(file, joined) {
  if (joined.has(file) || isApart(file)) return joined;
  joined.add(file);
  for (const [, name] of read(file).matchAll(REQUIRE))
    addWithRequired(target(file, name), joined);
  return joined;
}

const joined = addWithRequired('index.js', new Set());

// Replaces the calls of require() for joined modules.
const rewritten = (file, callOf) => read(file).replace(REQUIRE, (call, name) =>
  joined.has(target(file, name)) ? callOf(target(file, name)) : call);

// Returns a module as a property with a function, without comments. Bundlers see only the
// calls of require() for what is not joined.
function asFunction(file) {
  const text = rewritten(file, (name) => `$require('${name}')`);
  return `'${file}': function(module) {\n` +
    `${text.replace(/^'use strict';\n/, '').replace(COMMENT, '')}},\n`;
}

// Returns the text of a module that remains a file.
function asFile(file) {
  const joinedFrom = path.relative(path.dirname(file), JOINED).replace(/^(?!\.)/, './');
  return rewritten(file, (name) => `require('${joinedFrom}').load('${name}')`);
}

const begin = `'use strict';
// Made of the files of libdgram's repository that are named below, without their comments.
const modules = {
__proto__: null,
`;

const end = `};

const loaded = { __proto__: null };

function $require(name) {
  const known = loaded[name];
  if (known !== undefined) return known.exports;
  const module = loaded[name] = { exports: {} };
  try {
    modules[name](module);
  } catch (err) {
    delete loaded[name];
    throw err;
  }
  return module.exports;
}

module.exports.load = $require;
`;

function write(file, text) {
  fs.mkdirSync(path.join(to, path.dirname(file)), { recursive: true });
  fs.writeFileSync(path.join(to, file), text);
}

write(JOINED, begin + [...joined].sort().map(asFunction).join('') + end);
write('index.js', "'use strict';\nmodule.exports = require('./joined').load('index.js');\n");
for (const file of fs.readdirSync(from, { recursive: true })) {
  if (file.endsWith('.mjs') || file === PROGRAM || file === 'version.js')
    write(file, read(file));
  else if (file.endsWith('.js') && !joined.has(file))
    write(file, asFile(file));
}
