'use strict';
// The manual pages, by mandoc.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { escape } = require('./highlight.js');
const { code } = require('./code.js');
const { text } = require('./markdown.js');
const { root, read, target } = require('./pages.js');

const files = fs.readdirSync(path.join(root, 'man'))
  .filter((file) => /\.[137]$/.test(file))
  .sort((a, b) => a.slice(-1) - b.slice(-1) || (a.slice(0, -2) < b.slice(0, -2) ? -1 : 1));
const pageFor = new Map(); // "dgram_flush(3)" -> "dgram_send.3"
const about = new Map();
for (const file of files) {
  const source = read(`man/${file}`);
  const section = file.slice(-1);
  const names = /^\.Sh NAME$(.*?)^\.Nd /ms.exec(source)[1];
  for (const [, name] of names.matchAll(/^\.Nm ([\w-]+)(?: ,)?$/gm))
    if (!pageFor.has(`${name}(${section})`)) pageFor.set(`${name}(${section})`, file);
  about.set(file, /^\.Nd (.*)$/m.exec(source)[1]);
}

const titleOf = (file) => `${file.slice(0, -2)}(${file.slice(-1)})`;

// A display is C, a session with prompts, or neither.
function display(escaped) {
  const language = /^\$ /m.test(escaped) ? 'sh' : /;$|^#include/m.test(escaped) ? 'c' : '';
  return code(language, escaped);
}

// Returns { page, title, html, headings }.
function manualPage(file) {
  const page = `man/${file}.html`;
  const headings = [];
  let html = execFileSync('mandoc', ['-T', 'html', '-O', 'fragment',
                                     path.join(root, 'man', file)],
                          { encoding: 'utf8' });
  html = html.replace(/<table class="(head|foot)">.*?<\/table>/gs, '');
  html = html.replace(/<h([12]) class="S[hs]" id="([^"]*)">(.*?)<\/h\1>/gs,
                      (all, level, id, inner) => {
                        const title = text(inner);
                        const n = Number(level) + 1;
                        headings.push({ level: n, id, title });
                        return `<h${n} id="${id}">${escape(title)}</h${n}>`;
                      });
  html = html.replace(/(<var class="Ft">[^<]*<\/var>)\s*<br\/>\s*(<code class="Fn">)/g, '$1 $2')
    .replace(/<p class="Pp">(?=<var class="Ft">)/g, '<p class="Pp prototype">');
  html = html.replace(/<a class="In">([^<]*)<\/a>/g, (all, header) =>
    `<a href="${target(`../include/${header}`, `man/${file}`, page)}">${header}</a>`);
  html = html.replace(/<a class="Xr"[^>]*>([^<]*)<\/a>/g, (all, name) =>
    pageFor.has(name) ? `<a href="${pageFor.get(name)}.html">${name}</a>` : name);
  html = html.replace(/<div class="Bd[^"]*">\s*<pre>(.*?)<\/pre>\s*<\/div>/gs,
                      (all, inner) => display(inner.replace(/<[^>]*>/g, '')));
  html = html.replace(/<table/g, '<div class="table" tabindex="0"><table')
    .replace(/<\/table>/g, '</table></div>');
  return { page, title: titleOf(file), headings,
           html: `<h1>${titleOf(file)}</h1>\n${html}` };
}

const sections = { 1: 'The command', 3: 'Functions and types', 7: 'Overviews' };

// The pages of all sections.
function manualIndex() {
  const row = (file) => {
    const names = [...pageFor].filter(([, to]) => to === file);
    return `<tr><td>${names.map(([name]) =>
      `<a href="man/${file}.html"><code>${name.slice(0, -3)}</code></a>`).join(' ')}</td><td>${
      escape(about.get(file))}</td></tr>`;
  };
  const table = ([section, title]) => `<h2 id="section-${section}">${title}</h2>
<div class="table" tabindex="0"><table class="names">
<thead><tr><th>Page</th><th>About</th></tr></thead>
<tbody>${files.filter((file) => file.endsWith(section)).map(row).join('\n')}</tbody>
</table></div>`;
  return `<h1>Manual pages</h1>
<p>Installed with the library: <code>man dgram_send</code>, <code>man libdgram</code>.</p>
${Object.entries(sections).map(table).join('\n')}`;
}

module.exports = { files, titleOf, manualPage, manualIndex };
