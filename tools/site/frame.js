'use strict';
// The frame of a page: header, menu, contents, neighbours.
const fs = require('node:fs');
const path = require('node:path');
const { escape } = require('./highlight.js');
const { up, menu, pages } = require('./pages.js');

const client = (name) => fs.readFileSync(path.join(__dirname, 'client', name), 'utf8');
// Runs before the page is painted.
const early = client('early.js').replace(/^(?:'use strict';|\/\/.*)\n/gm, '').trim();

const header = [['Quick start', 'quick-start.html'], ['Docs', 'docs.html'],
                ['Recipes', 'recipes.html'], ['API', 'api.html'], ['Manual', 'man.html']]
  .filter(([, page]) => page === 'man.html' || pages.some((known) => known.page === page));

function link(page, to, name) {
  return `<a href="${up(page)}${to}"${to === page ? ' aria-current="page"' : ''}>${
    escape(name)}</a>`;
}

// The pages below a page are listed where one of them is shown.
function menuItem(page, { page: to, name, below }) {
  const open = below.length > 0 && (to === page || below.some((item) => item.page === page));
  return `<li>${link(page, to, name)}${open ? `\n<ul>${below.map((item) =>
    `<li>${link(page, item.page, item.name)}</li>`).join('\n')}</ul>` : ''}</li>`;
}

// Items of one line of the list stand together under what it says before them.
function menuItems(page, items) {
  const lines = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (item.of && last?.of === item.of) last.items.push(item);
    else lines.push({ of: item.of, items: [item] });
  }
  return lines.map(({ of, items: together }) => {
    const list = together.map((item) => menuItem(page, item)).join('\n');
    return of ? `<li><span>${escape(of)}</span>\n<ul>${list}</ul></li>` : list;
  }).join('\n');
}

function siteMenu(page) {
  return menu.map(({ title, items }, i) =>
    `<div>${title && `<p id="menu-${i}">${escape(title)}</p>\n`}<ul${
      title && ` aria-labelledby="menu-${i}"`}>\n${menuItems(page, items)}\n</ul></div>`)
    .join('\n');
}

// Long names may be broken where their words meet.
const breakable = (title) => escape(title.replace(/\(.*\)$/, '()'))
  .replace(/[a-z](?=[A-Z])|[._[](?=\w)/g, '$&<wbr>');

function contents(headings) {
  const listed = headings.filter(({ level }) => level === 2 || level === 3);
  if (listed.length < 3) return '';
  return `<nav class="contents" aria-label="On this page">
<details><summary>On this page</summary>
<ul>${listed.map(({ level, id, title }) => `<li class="l${level}"><a href="#${id}">${
    breakable(title)}</a></li>`).join('\n')}</ul></details></nav>`;
}

// previous, next: pages with their names, or undefined
function neighbours(page, [previous, next]) {
  const one = (to, kind, word) => (to ? `<a class="${kind}" rel="${kind}" href="${up(page)}${
    to.page}"><small>${word}</small> ${escape(to.name)}</a>` : '');
  if (!previous && !next) return '';
  return `<nav class="neighbours" aria-label="Previous and next page">${
    one(previous, 'prev', 'Previous')}${one(next, 'next', 'Next')}</nav>`;
}

const icon = '<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">' +
  '<circle cx="12" cy="12" r="8"/><path d="M12 4a8 8 0 0 1 0 16z"/></svg>';

// A menu above the text is closed before it is painted. Without JavaScript it is open.
const closed = `<script>
if (!matchMedia('(min-width: 60rem)').matches) document.querySelector('.menu details').open = false;
</script>`;

// options: headings, kind (classes of the page), beside ([previous, next])
function frame(page, title, body, { headings = [], kind = '', beside = [] } = {}) {
  const top = up(page);
  const landing = kind === 'landing';
  const nav = `<nav class="menu" id="menu" aria-label="Site"><details open>
<summary>Menu</summary><div>
${siteMenu(page)}
</div></details></nav>
${landing ? '' : closed}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title === 'libdgram' ? title : `${title} - libdgram`)}</title>
<link rel="icon" href="data:,">
<script>${early}</script>
<link rel="stylesheet" href="${top}style.css">
<script src="${top}site.js" defer></script>
</head>
<body class="${kind}" data-up="${top}">
<a class="skip" href="#main">Skip to the text</a>
<header>
<a class="name" href="${top}index.html">libdgram</a>
<nav class="top" aria-label="Main">${
  header.map(([name, to]) => link(page, to, name)).join('\n')}</nav>
<div class="search" role="search">
<input id="search" type="search" placeholder="Search ( / )" autocomplete="off" spellcheck="false"
 role="combobox" aria-label="Search the documents" aria-autocomplete="list" aria-expanded="false"
 aria-controls="found">
<div id="found" role="listbox" aria-label="Found" hidden></div>
</div>
<button type="button" id="theme" class="scripted">${icon}<span>Auto</span></button>
</header>
<div class="columns">
${landing ? '' : nav + contents(headings)}
<main id="main" tabindex="-1">
${body}
${neighbours(page, beside)}
</main>
${landing ? nav : ''}
</div>
</body>
</html>
`;
}

module.exports = { frame, client };
