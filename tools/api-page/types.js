'use strict';
// Reads the declarations of the package: what docs/api.md is compared with. It knows
// the few forms that these files use.
const fs = require('node:fs');
const { split, oneLine } = require('./header.js');

// 'a: string, b?: () => void' gives the names, and whether each may be absent.
function readParameters(list) {
  return split(list, ',').map(oneLine).filter((part) => part !== '').map((part) => {
    const [, name, optional] = part.match(/^(\w+)(\??)/);
    return { name, optional: optional === '?' };
  });
}

// Where the bracket that opens at `from` closes.
function closing(text, from) {
  for (let i = from, depth = 0; i < text.length; i++) {
    if ('({['.includes(text[i])) depth++;
    if (')}]'.includes(text[i]) && --depth === 0) return i;
  }
  return text.length;
}

// Reads one member into `members`: its calls, if it is a method, and its comment.
function readMember(declaration, comment, members) {
  const text = oneLine(declaration).replace(/^(?:readonly|private|function|const) /, '');
  const [, name] = text.match(/^(\[[\w.]+\]|\w*)/);
  if (name === 'constructor') return;
  const member = members.get(name) ?? { calls: [], comment: '', type: '' };
  const rest = text.slice(name.length).replace(/^<[^>]*>/, '');
  if (rest.startsWith('('))
    member.calls.push(readParameters(rest.slice(1, closing(rest, 0))));
  member.comment = oneLine(`${member.comment} ${comment}`);
  member.type = rest;
  members.set(name, member);
}

// Arrows and comparisons are no brackets here, so only ({[ count.
function readMembers(body) {
  const members = new Map();
  let comment = '';
  for (const part of split(body, ';')) {
    const said = part.match(/\/\*\*([^]*?)\*\//);
    comment = said ? said[1].replace(/^\s*\* ?/gm, '') : '';
    const declaration = part.replace(/\/\*[^]*?\*\//g, '').trim();
    if (declaration) readMember(declaration, comment, members);
  }
  return members;
}

// Comments hold brackets and semicolons of their own, which must not count.
function hideComments(text, hidden) {
  return text.replace(/\/\*\*[^]*?\*\//g, (comment) => `/**${hidden.push(comment) - 1}*/`)
    .replace(/^\s*\/\/.*$/gm, '');
}

function show(members, hidden) {
  for (const member of members.values())
    member.comment = oneLine(member.comment.replace(/\d+/g, (i) =>
      (hidden[i] ?? '').replace(/^\/\*\*|\*\/$/g, '').replace(/^\s*\* ?/gm, '')));
  return members;
}

// Returns the interfaces and classes of a file by name, each a map of its members.
// '' has the functions and constants of the module.
function readTypes(file) {
  const hidden = [];
  const text = hideComments(fs.readFileSync(file, 'utf8'), hidden);
  const found = new Map([['', new Map()]]);
  const opens = /(?:interface|class) (\w+)[^{;]*\{|const (\w+): \{/g;
  for (let at; (at = opens.exec(text)) !== null;) {
    const from = opens.lastIndex - 1;
    const to = closing(text, from);
    const members = show(readMembers(text.slice(from + 1, to)), hidden);
    const name = at[1] ?? at[2];
    for (const [key, member] of found.get(name) ?? [])
      if (!members.has(key)) members.set(key, member);
    found.set(name, members);
    opens.lastIndex = to;
  }
  for (const [, declaration] of text.matchAll(/^ {2}((?:function|const) \w+[^;{]*);/gm))
    readMember(declaration, '', found.get(''));
  return found;
}

// The texts that the types allow, such as 'auto'.
function readLiterals(file) {
  const text = hideComments(fs.readFileSync(file, 'utf8'), []);
  return new Set(Array.from(text.matchAll(/[|:=]\s*'([\w-]+)'(?=[\s|;)])/g), ([, word]) => word));
}

module.exports = { readTypes, readLiterals, readParameters };
