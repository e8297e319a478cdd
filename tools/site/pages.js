'use strict';
// Which pages the site has, in the order in which they teach, and where a link in a
// file of the repository leads on the site.
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..', '..');
const { join, dirname, relative, normalize } = path.posix;

const read = (file) => fs.readFileSync(path.join(root, file), 'utf8');
const up = (page) => '../'.repeat(page.split('/').length - 1);

// The file that a link in another one names.
const fileOf = (href, from) => normalize(join(dirname(from), href)).replace(/\/$/, '');

// The page of a file of the documentation.
function pageName(file) {
  if (file === 'README.md') return 'index.html';
  if (file === 'docs/README.md') return 'docs.html';
  return `${file.replace(/^docs\//, '').toLowerCase().replace(/(\/readme)?(\.md)?$/, '')}.html`;
}

// The links of a list of documents: files and names. `of` is what an item says before
// its first link, such as "Migrating from".
function* linksOf(list) {
  const parts = /^## (.*)$|^- ([^[\n]*)|\[([^\]]*)\]\(([^)]*)\)/gm;
  let of = '';
  for (const [, title, before, name, href] of read(list).matchAll(parts)) {
    if (title) yield { title };
    else if (before !== undefined) of = before.trim();
    else if (!/^[a-z]+:|#/.test(href))
      yield { file: fileOf(href, list), name: name.replaceAll('`', ''), of };
  }
}

// The pages that a list like docs/recipes/README.md has of its own folder.
function listedBy(list) {
  if (!list.endsWith('/README.md') || list === 'docs/README.md') return [];
  const items = [...linksOf(list)].filter(({ file }) => file && !file.endsWith('/README.md') &&
    file.startsWith(`${dirname(list)}/`) && file.endsWith('.md'));
  return items.filter(({ file }, i) => items.findIndex((item) => item.file === file) === i);
}

// The menu is docs/README.md: its headings, and its links to pages and folders.
function readMenu() {
  const first = [['README.md', 'Overview'], ['docs/README.md', 'All documents']];
  const menu = [{ title: '', items: first.map(([file, name]) => ({ file, name })) }];
  const known = new Set();
  for (const { title, ...item } of linksOf('docs/README.md')) {
    if (title) menu.push({ title, items: [] });
    else if (!item.file.endsWith('.h') && !known.has(item.file)) menu.at(-1).items.push(item);
    known.add(item.file);
  }
  for (const { items } of menu)
    for (const item of items) {
      item.page = pageName(item.file);
      item.below = listedBy(item.file).map((page) => ({ ...page, page: pageName(page.file) }));
    }
  return menu;
}

const menu = readMenu();
// { file, page, name }: the pages of the menu in order, then what else is in docs/
const pages = menu.flatMap(({ items }) => items.flatMap((item) => [item, ...item.below]));
for (const name of fs.readdirSync(path.join(root, 'docs'), { recursive: true }).sort()) {
  const file = join('docs', name.split(path.sep).join('/'));
  if (file.endsWith('.md') && !pages.some((known) => known.file === file))
    pages.push({ file, page: pageName(file), name: '' });
}
const pageOf = new Map(pages.map(({ file, page }) => [file, page]));
pageOf.set('node', 'node.html').set('docs', 'docs.html');
const sources = new Map(); // file -> page, in the order of the first links

function sourcePage(file) {
  if (!sources.has(file))
    sources.set(file, `source/${file.replace(/\//g, '_')}.html`);
  return sources.get(file);
}

// The link on the site for a link in a file of the repository.
function target(href, from, page) {
  if (/^[a-z]+:/.test(href) || href.startsWith('#')) return href;
  const [name, anchor] = href.split('#');
  const file = fileOf(name, from);
  const found = path.join(root, file);
  let to = pageOf.get(file);
  if (!to && /^man\/.*\.[137]$/.test(file)) to = `${file}.html`;
  if (!to && !fs.existsSync(found)) throw new Error(`${from}: no ${href}`);
  if (!to && fs.statSync(found).isDirectory())
    throw new Error(`${from}: ${href} is a directory without a page`);
  to ??= sourcePage(file);
  return relative(dirname(page), to) + (anchor ? `#${anchor}` : '');
}

module.exports = { root, read, up, menu, pages, sources, sourcePage, fileOf, target };
