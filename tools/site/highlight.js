'use strict';
// Colours for C, C++, JavaScript and shell: comments, strings, keywords and numbers.
const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text) => text.replace(/[&<>"]/g, (c) => entities[c]);

function unescape(html) {
  return html.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, number, name) => {
    if (hex) return String.fromCodePoint(parseInt(hex, 16));
    if (number) return String.fromCodePoint(Number(number));
    return { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' }[name] ?? all;
  });
}

const cWords = 'break case char const continue do double else enum extern float ' +
  'for goto if inline int long return short signed sizeof static struct switch ' +
  'typedef union unsigned void volatile while bool true false NULL size_t ' +
  'uint8_t uint16_t uint32_t uint64_t';
const words = {
  c: cWords,
  cpp: `${cWords} auto catch class delete namespace new noexcept nullptr operator ` +
    'private public throw try using this',
  js: 'async await break case catch class const continue default delete do else ' +
    'export extends finally for from function if import in instanceof let new ' +
    'null of return static switch this throw true false try typeof undefined var ' +
    'while',
};

const rules = {
  c: /(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*)|(?<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?<macro>^[ \t]*#[ \t]*\w+)|(?<word>\b[A-Za-z_]\w*\b)|(?<number>\b\d[\w.]*)/gm,
  js: /(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*)|(?<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|(?<word>\b[A-Za-z_$][\w$]*\b)|(?<number>\b\d[\w.]*)/gm,
  sh: /(?<comment>(?:^|(?<=\s))#[^\n]*)|(?<text>"(?:\\.|[^"\\])*"|'[^']*')/gm,
};
rules.cpp = rules.c;

function highlight(language, source) {
  const rule = rules[language];
  if (!rule) return escape(source);
  const known = new Set((words[language] ?? '').split(' '));
  let html = '';
  let at = 0;
  for (const match of source.matchAll(rule)) {
    const [kind] = Object.entries(match.groups).find(([, part]) => part !== undefined);
    html += escape(source.slice(at, match.index));
    at = match.index + match[0].length;
    const shown = escape(match[0]);
    html += kind === 'word' && !known.has(match[0]) ? shown :
      `<span class="${kind}">${shown}</span>`;
  }
  return html + escape(source.slice(at));
}

module.exports = { highlight, escape, unescape };
