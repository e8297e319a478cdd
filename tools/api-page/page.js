'use strict';
// Reads a Markdown page: its sections, and the signatures that they show.
//
// A section shows a function of C as a list item, with its declaration as in the header:
//   - C: `int dgram_disconnect(dgram_socket *socket)`
// It shows a method as its heading, or as a list item:
//   - JavaScript: `socket.pause()`, `socket.resume()`
const { oneLine } = require('./header.js');

// 'msg[, offset, length][, port]' gives the names, and whether each may be absent.
function readSignature(text) {
  const [, name, list] = text.replace(/\\/g, '').match(/^(.*?)\(([^]*)\)$/);
  const parameters = [];
  let depth = 0;
  for (const [token] of list.matchAll(/[[\]]|\w+/g)) {
    if (token === '[') depth++;
    else if (token === ']') depth--;
    else parameters.push({ name: token, optional: depth > 0 });
  }
  return { name, parameters, text };
}

const isCall = (text) => /^[\w.\\]+(\\?\[Symbol\.\w+\\?\])?\(.*\)$/.test(text);

function signaturesOf(title, prose) {
  const list = isCall(title) ? [readSignature(title)] : [];
  for (const [, spans] of prose.matchAll(/^- JavaScript: ((?:`[^`]*`(?:,\s+)?)+)/gm))
    for (const [, span] of spans.matchAll(/`([^`]*)`/g))
      if (isCall(oneLine(span))) list.push(readSignature(oneLine(span)));
  return list;
}

// Rows, list items and paragraphs.
const blocksOf = (prose) => prose.split(/\n(?=\s*\n|\||- )/).map(oneLine);

const spansOf = (prose) => Array.from(prose.matchAll(/`([^`]+)`/g), ([, span]) => oneLine(span));

function readSection(title, text) {
  const prose = text.replace(/^```[^]*?^```$/gm, '');
  return {
    title,
    text,
    blocks: blocksOf(prose),
    spans: spansOf(prose),
    prototypes: Array.from(prose.matchAll(/^- C: `([^`]*)`/gm), ([, span]) => oneLine(span)),
    signatures: signaturesOf(title, prose),
  };
}

// The sections of a page in their order. Lines in blocks of code are no headings.
function readPage(text) {
  const sections = [];
  let title = '', lines = [], code = false;
  for (const line of [...text.split('\n'), '# ']) {
    if (line.startsWith('```')) code = !code;
    if (code || !/^#+ /.test(line)) {
      lines.push(line);
      continue;
    }
    sections.push(readSection(title, lines.join('\n')));
    title = line.replace(/^#+ /, '');
    lines = [];
  }
  return sections;
}

module.exports = { readPage };
