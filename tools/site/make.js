'use strict';
// Builds docs/site/ from the documentation: Markdown with cmark-gfm, manual pages
// with mandoc, and a page of source for every file that they link to. The site needs
// no network and no server; search.js searches an index of sections.
//
// usage: node tools/site/make.js [DIRECTORY]     by default docs/site
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { highlight, escape, unescape } = require('./highlight.js');

const root = path.join(__dirname, '..', '..');
const out = path.resolve(process.argv[2] ?? path.join(root, 'docs', 'site'));

const read = (file) => fs.readFileSync(path.join(root, file), 'utf8');

// The page of a file of the documentation.
function pageName(file) {
  if (file === 'README.md') return 'index.html';
  if (file === 'docs/README.md') return 'docs.html';
  return `${file.replace(/^docs\//, '').toLowerCase().replace(/(\/readme)?(\.md)?$/, '')}.html`;
}

// The menu is docs/README.md: its headings, and its links to pages and folders.
function readMenu() {
  const menu = [{ title: '', items: [['README.md', 'Overview'], ['docs/README.md', 'Contents']] }];
  const links = /^## (.*)$|\[([^\]]*)\]\(([^)]*)\)/gm;
  for (const [, title, name, href] of read('docs/README.md').matchAll(links)) {
    if (title) menu.push({ title, items: [] });
    else if (!href.endsWith('.h'))
      menu.at(-1).items.push([path.posix.join('docs', href), name.replaceAll('`', '')]);
  }
  return menu;
}

const groups = readMenu();
// file in the repository, page, name; the pages of the menu, and what else is in docs/
const pages = groups.flatMap(({ items }) =>
  items.map(([file, name]) => [file, pageName(file), name]));
for (const name of fs.readdirSync(path.join(root, 'docs'), { recursive: true }).sort()) {
  const file = path.posix.join('docs', name.split(path.sep).join('/'));
  if (file.endsWith('.md') && !pages.some(([known]) => known === file))
    pages.push([file, pageName(file), '']);
}
const aliases = { node: 'node.html', docs: 'docs.html' };
const pageOf = new Map(pages.map(([file, page]) => [file, page]));
const index = []; // [url, page's title, heading, text]
const sources = new Map(); // file -> page, in the order of the first links

const text = (html) => unescape(html.replace(/<[^>]*>/g, ''));

function write(name, content) {
  const file = path.join(out, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

// The identifiers of headings, as GitHub makes them.
function slug(title, used) {
  const base = title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim().replace(/ /g, '-');
  let id = base;
  for (let i = 1; used.has(id); i++) id = `${base}-${i}`;
  used.add(id);
  return id;
}

function sourcePage(file) {
  if (!sources.has(file))
    sources.set(file, `source/${file.replace(/\//g, '_')}.html`);
  return sources.get(file);
}

// The link on the site for a link in a file of the repository.
function target(href, from, page) {
  if (/^[a-z]+:/.test(href) || href.startsWith('#')) return href;
  const [name, anchor] = href.split('#');
  const file = path.posix.normalize(
    path.posix.join(path.posix.dirname(from), name)).replace(/\/$/, '');
  const found = path.join(root, file);
  let to = pageOf.get(file) ?? aliases[file];
  if (!to && /^man\/.*\.[137]$/.test(file)) to = `${file}.html`;
  if (!to && !fs.existsSync(found)) throw new Error(`${from}: no ${href}`);
  if (!to && /\.(svg|png)$/.test(file)) {
    to = `plots/${path.basename(file)}`;
    write(to, fs.readFileSync(found));
  }
  if (!to && fs.statSync(found).isDirectory())
    throw new Error(`${from}: ${href} is a directory without a page`);
  to ??= sourcePage(file);
  return path.posix.relative(path.posix.dirname(page), to) +
    (anchor ? `#${anchor}` : '');
}

function menu(page) {
  const up = '../'.repeat(page.split('/').length - 1);
  const link = ([file, name]) => {
    const to = pageOf.get(file);
    return `<a href="${up}${to}"${to === page ? ' aria-current="page"' : ''}>${escape(name)}</a>`;
  };
  return groups.map(({ title, items }) =>
    (title && `<p>${escape(title)}</p>\n`) + items.map(link).join('\n')).join('\n');
}

function contents(headings) {
  const listed = headings.filter(({ level }) => level === 2 || level === 3);
  if (listed.length < 3) return '';
  return `<nav class="contents" aria-label="On this page"><p>On this page</p>\n${
    listed.map(({ level, id, title }) => `<a class="l${level}" href="#${id}">${
      escape(title.replace(/\(.*\)$/, '()'))}</a>`).join('\n')}\n</nav>`;
}

function frame(page, title, body, headings, kind = '') {
  const up = '../'.repeat(page.split('/').length - 1);
  write(page, `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title === 'libdgram' ? title : `${title} - libdgram`)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${up}style.css">
</head>
<body data-up="${up}">
<header>
<a class="name" href="${up}index.html">libdgram</a>
<div class="search" role="search">
<input id="search" type="search" placeholder="Search (press /)" autocomplete="off"
 aria-label="Search" aria-controls="found">
<ol id="found" hidden></ol>
</div>
</header>
<div class="columns">
<nav class="menu" aria-label="Site">
<details><summary>Menu</summary><div>
${menu(page)}
</div></details>
${contents(headings)}
</nav>
<main class="${kind}">
${body}
</main>
</div>
<script src="${up}search-index.js"></script>
<script src="${up}search.js"></script>
</body>
</html>
`);
}

// Adds the text of a section to the index, under each of its headings. The heading
// of the first section of a manual page is the names of the page.
function remember(page, title, html) {
  const plain = (part) => text(part).replace(/\s+/g, ' ').trim();
  const parts = html.replace(/<a class="here".*?<\/a>/g, '')
    .split(/(?=<h[1-4] id=)/);
  for (const part of parts) {
    const [all, id, inner] = /^<h[1-4] id="([^"]*)">(.*?)<\/h\d>/s.exec(part) ??
      ['', '', ''];
    const words = plain(part.slice(all.length)).slice(0, 1500);
    const heading = id === 'NAME' ? words : plain(inner);
    if (heading || words)
      index.push([page + (id ? `#${id}` : ''), title, heading, words]);
  }
}

function code(language, escaped) {
  const name = { c: 'C', cpp: 'C++', js: 'JavaScript', sh: 'Shell' }[language];
  return `<figure class="code"${name ? ` data-name="${name}"` : ''}><pre tabindex="0"><code>${
    highlight(language, unescape(escaped))}</code></pre></figure>`;
}

function markdown(file, page, name) {
  const used = new Set();
  const headings = [];
  let html = execFileSync('cmark-gfm', ['-e', 'table', '-e', 'autolink'],
                          { input: read(file), encoding: 'utf8' });
  html = html.replace(/<h([1-6])>(.*?)<\/h\1>/gs, (all, level, inner) => {
    const title = text(inner);
    const id = slug(title, used);
    headings.push({ level: Number(level), id, title });
    return `<h${level} id="${id}">${inner}<a class="here" href="#${id}" aria-label="Link">#</a></h${level}>`;
  });
  html = html.replace(/(href|src)="([^"]*)"/g, (all, attribute, href) =>
    `${attribute}="${href.startsWith('#') ? href : target(href, file, page)}"`);
  html = html.replace(/<table>/g, '<div class="table"><table>')
    .replace(/<\/table>/g, '</table></div>');
  html = html.replace(/<pre><code(?: class="language-(\w+)")?>(.*?)<\/code><\/pre>/gs,
                      (all, language, inner) => code(language ?? '', inner));
  html = html.replace(
    /(<figure class="code" data-name="C">(?:(?!<\/figure>).)*<\/figure>)\s*(<figure class="code" data-name="JavaScript">(?:(?!<\/figure>).)*<\/figure>)/gs,
    '<div class="pair">$1$2</div>');
  const title = headings[0]?.title ?? name;
  remember(page, title, html);
  frame(page, title, html, headings, file === 'docs/api.md' ? 'wide' : '');
}

function manual() {
  const files = fs.readdirSync(path.join(root, 'man'))
    .filter((file) => /\.[137]$/.test(file))
    .sort((a, b) => a.slice(-1) - b.slice(-1) || a.localeCompare(b));
  const pageFor = new Map(); // "dgram_flush(3)" -> "dgram_send.3"
  const about = new Map();
  for (const file of files) {
    const source = read(`man/${file}`);
    const section = file.slice(-1);
    for (const [, name] of source.matchAll(/^\.Nm (\w+)(?: ,)?$/gm))
      if (!pageFor.has(`${name}(${section})`)) pageFor.set(`${name}(${section})`, file);
    about.set(file, /^\.Nd (.*)$/m.exec(source)[1]);
  }
  for (const file of files) {
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
    html = html.replace(/<a class="In">([^<]*)<\/a>/g, (all, header) =>
      `<a href="${target(`../include/${header}`, `man/${file}`, page)}">${header}</a>`);
    html = html.replace(/<a class="Xr"[^>]*>([^<]*)<\/a>/g, (all, name) =>
      pageFor.has(name) ? `<a href="${pageFor.get(name)}.html">${name}</a>` : name);
    html = html.replace(/<div class="Bd Li">\s*<pre>(.*?)<\/pre>\s*<\/div>/gs,
                        (all, inner) => code('c', inner.replace(/<[^>]*>/g, '')));
    html = html.replace(/<table/g, '<div class="table"><table')
      .replace(/<\/table>/g, '</table></div>');
    const title = `${file.slice(0, -2)}(${file.slice(-1)})`;
    remember(page, title, html);
    frame(page, title, `<h1>${title}</h1>\n${html}`, headings, 'manual');
  }
  const rows = files.map((file) => {
    const names = [...pageFor].filter(([, to]) => to === file);
    return `<tr><td><a href="man/${file}.html">${names.map(([name]) =>
      `<code>${name}</code>`).join(' ')}</a></td><td>${escape(about.get(file))}</td></tr>`;
  });
  frame('man.html', 'Manual pages', `<h1>Manual pages</h1>
<p>Installed with the library: <code>man dgram_send</code>, <code>man libdgram</code>.</p>
<div class="table"><table class="names"><thead><tr><th>Page</th><th>About</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`, []);
}

function examples() {
  const files = fs.readdirSync(path.join(root, 'examples')).sort()
    .filter((file) => file.endsWith('.c'));
  const rows = files.map((file) => {
    const about = /^\/\* (.*?[.:])(?:\s|$)/s.exec(read(`examples/${file}`));
    return `<tr><td><a href="${sourcePage(`examples/${file}`)}">${file}</a></td><td>${
      escape(about ? about[1].replace(/\s*\n \* ?/g, ' ') : '')}</td></tr>`;
  });
  frame('examples.html', 'Examples', `<h1>Examples</h1>
<p>Small programs, one thing each; <code>make</code> builds them into
<code>build/examples/</code>.</p>
<div class="table"><table><thead><tr><th>Program</th><th>About</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`, []);
}

if (fs.existsSync(out) && fs.readdirSync(out).length > 0 &&
    !fs.existsSync(path.join(out, 'search-index.js')))
  throw new Error(`${out} is not empty and no site`);
fs.rmSync(out, { recursive: true, force: true });
for (const [file, page, name] of pages)
  if (file.endsWith('.md')) markdown(file, page, name);
manual();
examples();
for (const [file, page] of sources) {
  const language = { '.c': 'c', '.h': 'c', '.js': 'js', '.ts': 'js' }[path.extname(file)];
  const source = read(file);
  index.push([page, file, '', source.slice(0, 1500)]);
  frame(page, file, `<h1>${escape(file)}</h1>\n${code(language ?? '', escape(source))}`,
        [], 'source');
}
for (const file of ['style.css', 'search.js'])
  write(file, fs.readFileSync(path.join(__dirname, file)));
write('search-index.js', `window.searchIndex = ${JSON.stringify(index)};\n`);
console.log(`${path.join(out, 'index.html')}: ${pages.length + sources.size} pages and the manual`);
