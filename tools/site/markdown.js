'use strict';
// The HTML of a Markdown document: cmark-gfm's, with identifiers and links of headings,
// links to pages of the site, tabs, and plots that follow the colour scheme.
const { execFileSync } = require('node:child_process');
const { escape, unescape } = require('./highlight.js');
const { code } = require('./code.js');
const { read, fileOf, target } = require('./pages.js');

const text = (html) => unescape(html.replace(/<[^>]*>/g, ''));

// The identifiers of headings, as GitHub makes them.
function slug(title, used) {
  const base = title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim().replace(/ /g, '-');
  let id = base;
  for (let i = 1; used.has(id); i++) id = `${base}-${i}`;
  used.add(id);
  return id;
}

// `headings` receives what a heading is called. The contents of the page are for the
// keyboard; the sign beside a heading is for the mouse.
function identify(html, headings) {
  const used = new Set();
  return html.replace(/<h([1-6])>(.*?)<\/h\1>/gs, (all, level, inner) => {
    const title = text(inner);
    const id = slug(title, used);
    headings.push({ level: Number(level), id, title });
    const sign = level === '1' ? '' :
      `<a class="here" href="#${id}" tabindex="-1" aria-hidden="true">#</a>`;
    return `<h${level} id="${id}">${inner}${sign}</h${level}>`;
  });
}

const firstMax = 22; // characters of a first column that stands on one line

// A table scrolls in a box of its own. Where the first heading is empty, the first column
// names the rows; where all are, there is no head.
function table(all, content) {
  let inner = content;
  const heads = [...inner.matchAll(/<th\b[^>]*>(.*?)<\/th>/gs)].map(([, head]) => head.trim());
  inner = inner.replace(/<th\b([^>]*)><\/th>/g, '<td$1></td>');
  const named = heads[0] === '';
  if (heads.every((head) => head === '')) inner = inner.replace(/<thead>.*?<\/thead>/s, '');
  if (named)
    inner = inner.replace(/(<tbody>)(.*?)(<\/tbody>)/s, (_, begin, rows, end) => begin +
        rows.replace(/<tr>\s*<td([^>]*)>(.*?)<\/td>/gs, '<tr>\n<th scope="row"$1>$2</th>') + end);
  inner = inner.replace(/<td([^>]*)>(yes|no)(?=<\/td>)/g, '<td$1 class="$2">$2')
    .replace(/\([\d.,]+-[\d.,]+\)/g, '<span class="unbroken">$&</span>');
  const first = [...inner.matchAll(/<tr>\s*<t[dh][^>]*>(.*?)<\/t[dh]>/gs)];
  const short = first.every(([, cell]) => text(cell).length <= firstMax) ? ' short' : '';
  return `<div class="table columns-${Math.min(heads.length, 6)}${short}" tabindex="0"><table>${
    inner}</table></div>`;
}

// A plot is part of the page, so that it has the colours that the reader chose.
function plot(all, href, alt, file) {
  if (!href.endsWith('.svg')) return all;
  const svg = read(fileOf(href, file)).replace(/<style>.*?<\/style>\s*/s, '')
    .replace(/ xmlns="[^"]*"/, '').replace(/<title>.*?<\/title>\s*/s, '')
    .replace('<svg ', `<svg aria-label="${alt}" `);
  return `<figure class="plot">${svg}</figure>`;
}

// Options such as --json stay on one line: browsers break lines after a hyphen.
const unbroken = (html) => html.replace(/<pre>.*?<\/pre>|<code>[^<]*<\/code>/gs, (part) =>
  (part.startsWith('<pre>') ? part :
    part.replace(/(?<=[>\s])--?[a-z][\w-]*/g, '<span class="unbroken">$&</span>')));

// Returns { html, headings }; blocks of C and JavaScript are not paired yet.
function markdown(file, page) {
  const headings = [];
  let html = execFileSync('cmark-gfm', ['-e', 'table', '-e', 'autolink'],
                          { input: read(file), encoding: 'utf8' });
  html = identify(html, headings);
  html = html.replace(/<p><img src="([^"]*)" alt="([^"]*)"[^>]*><\/p>/g, (all, href, alt) =>
    plot(all, href, alt, file));
  html = html.replace(/(href|src)="([^"]*)"/g, (all, attribute, href) =>
    `${attribute}="${escape(unescape(target(href, file, page)))}"`);
  html = unbroken(html.replace(/<table>(.*?)<\/table>/gs, table));
  html = html.replace(/<pre><code(?: class="language-(\w+)")?>(.*?)<\/code><\/pre>/gs,
                      (all, language, inner) => code(language ?? '', inner));
  return { html, headings };
}

module.exports = { markdown, text };
