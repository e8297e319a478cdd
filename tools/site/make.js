'use strict';
// Builds docs/site/ from the documentation: Markdown with cmark-gfm, manual pages
// with mandoc, and a page of source for every file that they link to. The site needs
// no network and no server; search.js searches an index of sections.
//
// usage: node tools/site/make.js [DIRECTORY]     by default docs/site
const fs = require('node:fs');
const path = require('node:path');
const { code, pairs } = require('./code.js');
const { escape } = require('./highlight.js');
const { frame, client } = require('./frame.js');
const { landing } = require('./landing.js');
const { markdown, text } = require('./markdown.js');
const manual = require('./manual.js');
const { root, read, pages, sources, sourcePage } = require('./pages.js');

const out = path.resolve(process.argv[2] ?? path.join(root, 'docs', 'site'));
const index = []; // [url, page's title, heading, text, name in the menu]

function write(name, content) {
  const file = path.join(out, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

// Adds the text of a section to the index, under each of its headings. The heading
// of the first section of a manual page is the names of the page.
function remember(page, title, html, name) {
  const plain = (part) => text(part).replace(/\s+/g, ' ').trim();
  const parts = html.replace(/<a class="here".*?<\/a>|<p class="language">.*?<\/p>/g, '')
    .replace(/<div role="tablist".*?<\/div>/g, '').split(/(?=<h[1-4] id=)/);
  for (const part of parts) {
    const [all, id, inner] = /^<h[1-4] id="([^"]*)">(.*?)<\/h\d>/s.exec(part) ??
      ['', '', ''];
    const words = plain(part.slice(all.length)).slice(0, 1500);
    const top = id === 'NAME' || all.startsWith('<h1');
    const heading = id === 'NAME' ? words : plain(inner);
    if (heading && (top || words))
      index.push([page + (id && !top ? `#${id}` : ''), title, heading, words,
                  ...(top && name ? [name] : [])]);
  }
}

const heading = (file) => /^# (.*)$/m.exec(read(file))[1].replaceAll('`', '');

// The pages of the documentation in order; each leads to the next.
function documents() {
  const order = pages.filter(({ file }) => file.endsWith('.md'));
  const taught = order.filter(({ name }) => name)
    .map(({ file, page }) => ({ page, name: heading(file) }));
  for (const { file, page, name } of order) {
    const { html, headings } = markdown(file, page);
    const title = headings[0]?.title ?? name;
    const at = taught.findIndex((known) => known.page === page);
    const beside = at < 0 ? [] : [taught[at - 1], taught[at + 1]];
    remember(page, title, html, name);
    if (page === 'index.html')
      write(page, frame(page, title, landing(html), { kind: 'landing' }));
    else
      write(page, frame(page, title, pairs(html), { headings, beside }));
  }
  return order.length;
}

function manualPages() {
  const named = manual.files.map((file) =>
    ({ page: `man/${file}.html`, name: manual.titleOf(file) }));
  manual.files.forEach((file, i) => {
    const { page, title, html, headings } = manual.manualPage(file);
    remember(page, title, html);
    write(page, frame(page, title, html,
                      { headings, kind: 'manual', beside: [named[i - 1], named[i + 1]] }));
  });
  index.push(['man.html', 'Manual pages', 'Manual pages', 'man libdgram, man dgram']);
  write('man.html', frame('man.html', 'Manual pages', manual.manualIndex()));
}

function examples() {
  const files = fs.readdirSync(path.join(root, 'examples')).sort()
    .filter((file) => file.endsWith('.c'));
  const rows = files.map((file) => {
    const about = /^\/\* (.*?[.:])(?:\s|$)/s.exec(read(`examples/${file}`));
    return `<tr><td><a href="${sourcePage(`examples/${file}`)}">${file}</a></td><td>${
      escape(about ? about[1].replace(/\s*\n \* ?/g, ' ') : '')}</td></tr>`;
  });
  index.push(['examples.html', 'Examples', 'Examples', 'small programs, one thing each']);
  write('examples.html', frame('examples.html', 'Examples', `<h1>Examples</h1>
<p>Small programs, one thing each; <code>make</code> builds them into
<code>build/examples/</code>.</p>
<div class="table" tabindex="0"><table><thead><tr><th>Program</th><th>About</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`));
}

function sourcePages() {
  const languages = { '.c': 'c', '.h': 'c', '.cc': 'cpp', '.js': 'js', '.ts': 'js', '.sh': 'sh' };
  for (const [file, page] of sources) {
    const source = read(file);
    index.push([page, file, '', source.slice(0, 1500)]);
    write(page, frame(page, file, `<h1>${escape(file)}</h1>\n${
      code(languages[path.extname(file)] ?? '', escape(source))}`, { kind: 'source' }));
  }
}

// The style of the plots, with the colours that the reader chose.
function plotStyle() {
  const [light, end] = read('bench/plot.css').split(/^@media\(prefers-color-scheme:dark\)\{$/m);
  const dark = end.trimEnd().replace(/\}$/, '');
  return `.plot{\n${light}}
@media(prefers-color-scheme:dark){:root:not([data-theme=light]) .plot{${dark}}}
:root[data-theme=dark] .plot{${dark}}
`;
}

function clientFiles() {
  write('style.css', ['style', 'header', 'code', 'landing', 'print'].map((name) =>
    client(`${name}.css`)).join('') + plotStyle());
  write('site.js', ['theme', 'scroll', 'tabs', 'copy', 'search'].map((name) =>
    client(`${name}.js`)).join(''));
  write('search-index.js', `window.searchIndex = ${JSON.stringify(index)};\n`);
}

if (fs.existsSync(out) && fs.readdirSync(out).length > 0 &&
    !fs.existsSync(path.join(out, 'search-index.js')))
  throw new Error(`${out} is not empty and no site`);
fs.rmSync(out, { recursive: true, force: true });
const count = documents();
manualPages();
examples();
sourcePages();
clientFiles();
console.log(`${path.join(out, 'index.html')}: ${count + sources.size} pages and the manual`);
