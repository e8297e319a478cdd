'use strict';
// Compares docs/api.md with the public headers and with the types of the package. The
// page shows each function with its declaration, and each method with its parameters;
// it names each event, option, member, constant and error code; it names nothing that
// does not exist. Defaults are those of the comments.
//
// usage: node tools/api-page/check.js [ROOT [TYPES]]     TYPES: dgram.d.ts of @types/node
const fs = require('node:fs');
const path = require('node:path');
const util = require('node:util');
const dgram = require('node:dgram');
const { readHeaders, oneLine } = require('./header.js');
const { readTypes, readLiterals } = require('./types.js');
const { readPage } = require('./page.js');
const checkMethods = require('./methods.js');

const root = path.resolve(process.argv[2] ?? path.join(__dirname, '..', '..'));
const read = (file) => fs.readFileSync(path.join(root, file), 'utf8');

// The sections that describe the members of an interface of index.d.ts.
const places = {
  BindOptions: 'socket.bind(options[, callback])',
  BindSyncOptions: 'socket.bindSync([options])',
  Datagram: "Event: 'messages'",
  DetachedSocket: 'Handing a socket over',
  IterateOptions: 'Loops over datagrams',
  Membership: 'A group on all interfaces',
  NamedInterface: 'socket.addMembership(multicastAddress[, multicastInterface])',
  Outgoing: 'socket.sendOne(message[, callback])',
  PathError: "Event: 'pathError'",
  RecvInfo: 'Where and how a datagram arrived',
  RemoteInfo: 'Where and how a datagram arrived',
  SocketOptions: 'dgram.createSocket(options[, callback])',
  Stats: 'socket.getStats()',
  UnixAddress: 'Unix sockets',
  UnixBindOptions: 'Unix sockets',
  UnixOutgoing: 'Unix sockets',
  UnixRemoteInfo: 'Unix sockets',
  UnixSocketOptions: 'Unix sockets',
  WritableOptions: 'Web streams',
};
const promisePlaces = { ReceiveOptions: 'Promises' };
// What is checked elsewhere: classes, and the names of events.
const others = ['', 'Socket', 'UnixSocket', 'tos', 'SocketEventMap', 'UnixSocketEventMap',
                'PromiseSocket', 'UnixPromiseSocket'];
// Members that no program uses, and `size`, which all growing structs have.
const privateMembers = ['previous', 'next', 'serial', 'once', 'size'];
// Words of the page that are names of other programs and systems.
const foreign = ['join_all', 'slow_server', 'postMessage', 'closeSync'];

const page = read('docs/api.md');
const sections = readPage(page);
const headers = readHeaders(path.join(root, 'include'));
const types = readTypes(path.join(root, 'node', 'index.d.ts'));
const promises = readTypes(path.join(root, 'node', 'promises.d.ts'));
const faults = [];
const fault = (text) => faults.push(text);

// The blocks of some sections that name a word as code.
const naming = (list, word) => list.flatMap(({ blocks }) => blocks)
  .filter((block) => new RegExp(`\`(?:[^\`]*[^\`\\w])?${word}\\b[^\`]*\``).test(block));

function checkFunctions() {
  const shown = sections.flatMap(({ prototypes }) => prototypes);
  const nameOf = (prototype) => prototype.match(/(\w+)\(/)?.[1];
  for (const [name, prototype] of headers.functions) {
    const same = shown.filter((one) => nameOf(one) === name);
    if (same.length !== 1) fault(`${name}: is shown ${same.length} times`);
    else if (same[0] !== prototype) fault(`${name}: the header has ${prototype}`);
  }
  for (const prototype of shown)
    if (!headers.functions.has(nameOf(prototype))) fault(`no header has ${prototype}`);
}

// What a comment says about 0 or as the default, and the page has to say as well.
function defaultsIn(comment) {
  const found = comment.replaceAll('`', '').matchAll(/(?<!above |> )\b(?:0|Default): [^;.)|]+/g);
  return Array.from(found, ([text]) => text.trim().toLowerCase());
}

function checkDefaults(owner, { name, comment }, blocks) {
  const said = blocks.join(' ').replaceAll('`', '').toLowerCase();
  for (const text of defaultsIn(comment))
    if (!said.includes(text)) fault(`${owner} ${name}: not on the page: ${text}`);
}

function checkStructs() {
  for (const [struct, members] of headers.structs) {
    const list = sections.filter(({ text }) => new RegExp(`\\b${struct}\\b`).test(text));
    for (const member of members.filter(({ name }) => !privateMembers.includes(name))) {
      const blocks = naming(list, member.name);
      if (blocks.length === 0) fault(`${struct}: not on the page: ${member.name}`);
      else if (struct.endsWith('_options')) checkDefaults(struct, member, blocks);
    }
  }
}

function checkConstants() {
  for (const name of [...headers.constants, ...headers.types])
    if (!new RegExp(`\\b${name}\\b`).test(page)) fault(`${name}: is not on the page`);
  for (const [name, text] of headers.errors)
    if (!sections.some(({ blocks }) => blocks.some((block) =>
      block.startsWith(`| \`${name}\` | ${text} |`))))
      fault(`${name}: is not in the table with its text, '${text}'`);
}

function checkInterfaces(found, map) {
  for (const [name, members] of found) {
    if (others.includes(name)) continue;
    const list = sections.filter(({ title }) => title === map[name]);
    if (list.length !== 1) fault(`${name}: there is no section '${map[name]}'`);
    for (const [key, { comment }] of members) {
      const blocks = naming(list, key);
      if (blocks.length === 0) fault(`${name}: not in '${map[name]}': ${key}`);
      else checkDefaults(name, { name: key, comment }, blocks);
    }
  }
}

function checkEvents() {
  const titles = sections.map(({ title }) => title.match(/^Event: '(\w+)'$/)?.[1])
    .filter(Boolean);
  const events = [...types.get('SocketEventMap').keys()];
  for (const name of events)
    if (!titles.includes(name)) fault(`no section describes the event '${name}'`);
  for (const name of titles)
    if (!events.includes(name)) fault(`no type has the event '${name}'`);
}

// Modules of the package, and the texts that its types allow.
function checkModules() {
  for (const name of Object.keys(JSON.parse(read('node/package.json')).exports)) {
    const full = path.posix.join('libdgram', name);
    if (!name.endsWith('.json') && !page.includes(`\`${full}\``)) fault(`no section names ${full}`);
  }
  for (const word of readLiterals(path.join(root, 'node', 'index.d.ts')))
    if (!page.includes(`'${word}'`)) fault(`'${word}' is not on the page`);
}

function codesOfPackage() {
  const folder = path.join(root, 'node', 'lib');
  return new Set(fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.js'))
    .flatMap((name) => fs.readFileSync(path.join(folder, name), 'utf8').match(/\bERR_\w+/g) ?? []));
}

function checkCodes() {
  const system = new Set(Array.from(util.getSystemErrorMap().values(), ([name]) => name));
  const own = new Set([...headers.errors.keys(), ...codesOfPackage()]);
  for (const [, code] of page.matchAll(/\b(?:UV_)?(ERR_\w+|E[A-Z0-9]{3,})\b/g)) {
    const known = code.startsWith('ERR_') ? own.has(code) : system.has(code);
    if (!known && code !== 'ENOTFOUND') fault(`no such error code: ${code}`);
  }
}

function checkNames() {
  const files = fs.readdirSync(path.join(root, 'include')).map((name) => name.slice(0, -2));
  const environment = read('man/libdgram.7').match(/DGRAM_\w+/g);
  const known = new Set([...headers.words, ...files, ...environment]);
  const text = page.replace(/\]\([^)]*\)/g, ']'); // without the anchors of links
  for (const [name] of text.matchAll(/\b(?:dgram|DGRAM)_\w+\b(?!\*)/g))
    if (!known.has(name)) fault(`no such name: ${name}`);
}

// Identifiers that only this project could have: options, members, methods.
function checkIdentifiers() {
  const declared = fs.readdirSync(path.join(root, 'node')).filter((name) => name.endsWith('.d.ts'))
    .map((name) => read(path.join('node', name))).join('\n').replace(/\/\*[^]*?\*\//g, '');
  const known = new Set([...headers.words, ...declared.match(/\w+/g), ...foreign,
                         ...Object.keys(dgram.Socket.prototype)]);
  const examples = new Set(page.match(/^```[^]*?^```$/gm).join('\n').match(/\w+/g));
  for (const span of new Set(sections.flatMap(({ spans }) => spans)))
    for (const word of span.match(/\b[a-z]+(?:_[a-z]+|[A-Z][a-z]+)+\b/g) ?? [])
      if (!known.has(word) && !examples.has(word)) fault(`no such name: ${word}`);
}

checkFunctions();
checkStructs();
checkConstants();
checkInterfaces(types, places);
checkInterfaces(promises, promisePlaces);
checkEvents();
checkModules();
checkCodes();
checkNames();
checkIdentifiers();
const given = process.argv[3];
checkMethods({ sections, types, promises, fault, naming,
               node: given ? readTypes(given).get('Socket') : null });
for (const text of new Set(faults)) console.log(oneLine(text));
process.exitCode = faults.length > 0 ? 1 : 0;
