'use strict';
// Reads the public headers: what docs/api.md is compared with.
const fs = require('node:fs');
const path = require('node:path');

// Splits text at a separator that stands outside of all brackets.
function split(text, separator) {
  const parts = [''];
  let depth = 0;
  for (const c of text) {
    if ('({['.includes(c)) depth++;
    if (')}]'.includes(c)) depth--;
    if (c === separator && depth === 0) parts.push('');
    else parts[parts.length - 1] += c;
  }
  return parts;
}

const oneLine = (text) => text.replace(/\s+/g, ' ').trim();
const withoutComments = (text) => text.replace(/\/\*[^]*?\*\//g, '');

function readFunctions(code) {
  const functions = new Map();
  for (const [, prototype, name] of
    code.matchAll(/^DGRAM_API ([^;(]*?\b(dgram_\w+)\([^;]*\));/gm))
    functions.set(name, oneLine(prototype));
  return functions;
}

// The names that a declaration of members makes: 'int a, *b', 'void (*call)(int)'.
function memberNames(declaration) {
  const callback = declaration.match(/\(\*(\w+)\)/);
  if (callback) return [callback[1]];
  return split(declaration, ',').map((part) => part.match(/(\w+)\s*(?:\[.*\])?\s*$/)?.[1]);
}

// Members in their order, with the comments before and behind them.
function readMembers(body) {
  const members = [];
  let before = '';
  for (const [, comment, declaration, behind] of
    body.matchAll(/\/\*([^]*?)\*\/|([^;/]+);[ \t]*(?:\/\*([^]*?)\*\/)?/g)) {
    if (comment !== undefined) {
      before = oneLine(comment);
      continue;
    }
    for (const name of memberNames(oneLine(declaration)))
      members.push({ name, comment: oneLine(`${before} ${behind ?? ''}`) });
    before = '';
  }
  return members;
}

function readStructs(text) {
  const structs = new Map();
  for (const [, body, name] of
    text.matchAll(/^typedef (?:struct|union) \w+ \{\n([^]*?)^\} (\w+);/gm))
    structs.set(name, readMembers(body));
  return structs;
}

function readConstants(code) {
  const constants = new Set();
  for (const [, name, value] of code.matchAll(/^#define (DGRAM_\w+)(.*)/gm))
    if (value.trim() && !['DGRAM_API', 'DGRAM_ERRORS', 'DGRAM_ERROR_ENUM'].includes(name))
      constants.add(name);
  for (const [, body] of code.matchAll(/enum \w+ \{([^]*?)\}/g))
    for (const [, name] of body.matchAll(/^\s*(DGRAM_\w+)(?: =|,|$)/gm))
      constants.add(name);
  return constants;
}

// The codes of wrong calls, with their texts.
function readErrors(text) {
  const errors = new Map();
  for (const [, name, line] of text.replace(/\\\n/g, ' ')
    .matchAll(/X\((ERR_\w+),\s*-\d+,\s*"([^"]*)"\)/g))
    errors.set(name, line);
  return errors;
}

// Returns everything public in the headers of a folder.
function readHeaders(folder) {
  const text = fs.readdirSync(folder).filter((name) => name.endsWith('.h'))
    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8')).join('\n');
  const code = withoutComments(text);
  return {
    functions: readFunctions(code),
    structs: readStructs(text),
    constants: readConstants(code),
    errors: readErrors(text),
    types: new Set(Array.from(code.matchAll(
      /^typedef [^;{]*?(?:\(\*(dgram_\w+)\)|(dgram_\w+);)/gm), (found) => found[1] ?? found[2])),
    words: new Set(code.match(/\w+/g)),
  };
}

module.exports = { readHeaders, split, oneLine };
