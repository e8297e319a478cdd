'use strict';
// Opens every page of the site in a headless Chromium, in a narrow and in a wide
// window, and checks that it renders without errors, that no link is broken, that
// nothing is wider than the window, that code and plots are shown, and that the search
// works.
//
// usage: node tools/site/test.js SITE CHROMIUM [DIRECTORY]     for screenshots
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { start } = require('./browser.js');

if (process.argv.length < 4) {
  console.error('usage: node tools/site/test.js SITE CHROMIUM [DIRECTORY]');
  process.exit(2);
}
const site = path.resolve(process.argv[2]);
const url = (name) => pathToFileURL(path.join(site, name)).href;

// Facts about a page, collected inside it.
function inspect() {
  const all = (selector) => [...document.querySelectorAll(selector)];
  return {
    title: document.title,
    heading: document.querySelector('main h1')?.textContent ?? '',
    words: document.querySelector('main').innerText.split(/\s+/).length,
    width: document.documentElement.scrollWidth,
    wide: all('main *').filter((e) => {
      const inside = e.closest('pre, .table');
      return (!inside || inside === e) &&
        e.getBoundingClientRect().right > window.innerWidth + 1;
    }).map((e) => e.outerHTML.slice(0, 80)),
    code: all('pre').filter((e) => e.innerText.trim() && e.offsetHeight > 0).length,
    pairs: all('.pair').length,
    links: all('a[href]').map((a) => a.href),
    ids: all('[id]').map((e) => e.id),
    images: all('img').map((i) => ({ src: i.src, width: i.naturalWidth })),
    foreign: all('script[src], img, link[rel=stylesheet]')
      .map((e) => e.src || e.href).filter((address) => /^https?:/.test(address)),
  };
}

function search(query) {
  const input = document.getElementById('search');
  input.value = query;
  input.dispatchEvent(new Event('input'));
  const found = document.getElementById('found');
  return {
    hidden: found.hidden,
    text: found.innerText,
    links: [...found.querySelectorAll('a')].map((a) => a.href),
    right: found.getBoundingClientRect().right,
    left: found.getBoundingClientRect().left,
  };
}

const names = fs.readdirSync(site, { recursive: true })
  .filter((name) => name.endsWith('.html')).sort();

async function checkPages(tab) {
  const pages = new Map();
  for (const name of names) {
    await tab.go(url(name));
    const page = await tab.evaluate(inspect);
    pages.set(url(name), page);
    assert.match(page.title, /libdgram/, name);
    assert.ok(page.heading, `${name} has no heading`);
    assert.ok(page.words > 20, `${name} is empty`);
    assert.ok(page.width <= 390, `${name} is ${page.width} wide: ${page.wide}`);
    assert.deepStrictEqual(page.wide, [], name);
    assert.deepStrictEqual(page.foreign, [], name);
    for (const { src, width } of page.images) assert.ok(width > 0, `no ${src}`);
  }
  return pages;
}

function checkLinks(pages) {
  let count = 0;
  for (const [from, page] of pages) {
    for (const link of page.links.filter((address) => address.startsWith('file:'))) {
      const [address, id] = link.split('#');
      const to = pages.get(address);
      assert.ok(to, `${from}: ${link} is not there`);
      assert.ok(fileURLToPath(address).startsWith(site), `${link} leaves the site`);
      assert.ok(!id || to.ids.includes(decodeURIComponent(id)),
                `${from}: nothing is called ${link}`);
      count++;
    }
  }
  assert.ok(count > 500, `${count} links`);
  return count;
}

async function checkSearch(tab, pages) {
  await tab.go(url('man/dgram_send.3.html'));
  for (const [query, wanted] of [
    ['dgram_send_batch', /dgram_send/], ['addMembership', /api\.html#/],
    ['statsd', /recipes\/statsd-server\.html/], ['gso', /\.html/],
  ]) {
    const { hidden, links, left, right } = await tab.evaluate(search, query);
    assert.ok(!hidden && links.length > 0, `'${query}' finds nothing`);
    assert.ok(links.some((link) => wanted.test(link)), `'${query}': ${links}`);
    assert.ok(left >= 0 && right <= 390, `results from ${left} to ${right}`);
    for (const link of links) {
      const [address, id] = link.split('#');
      assert.ok(pages.has(address) && (!id || pages.get(address).ids.includes(id)),
                `'${query}' finds ${link}, which is not there`);
    }
  }
  assert.match((await tab.evaluate(search, 'qqxyzzy')).text, /Nothing found/);
  assert.ok((await tab.evaluate(search, '')).hidden);
}

async function shoot(tab, folder) {
  fs.mkdirSync(folder, { recursive: true });
  const place = { index: 'index.html', api: 'api.html#socketaddress',
                  recipes: 'recipes.html', man: 'man.html',
                  send: 'man/dgram_send.3.html', performance: 'performance.html' };
  for (const [kind, width, height, dark] of [
    ['phone', 390, 844, false], ['wide', 1440, 900, false], ['dark', 1440, 900, true],
  ]) {
    await tab.size(width, height);
    await tab.dark(dark);
    for (const [name, page] of Object.entries(place)) {
      await tab.go('about:blank');
      await tab.go(url('').replace(/\/?$/, '/') + page);
      await tab.screenshot(path.join(folder, `${kind}-${name}.png`));
    }
  }
}

async function main(program, folder) {
  const browser = start(program);
  try {
    const tab = await browser.open();
    await tab.size(390, 844);
    const pages = await checkPages(tab);
    const links = checkLinks(pages);
    for (const [name, code] of [['index', 4], ['api', 80], ['recipes/mdns', 1],
                                ['guides/migrating/asio', 2], ['man/dgram_send.3', 1]])
      assert.ok(pages.get(url(`${name}.html`)).code >= code, `${name} lacks code`);
    assert.ok(pages.get(url('api.html')).pairs >= 35, 'C is not beside JavaScript');
    assert.ok(pages.get(url('index.html')).images.length >= 2, 'no plots');
    await checkSearch(tab, pages);
    if (folder) await shoot(tab, folder);
    assert.deepStrictEqual(tab.complaints, []);
    console.log(`${pages.size} pages, ${links} links: fine`);
  } finally {
    await browser.stop();
  }
}

main(process.argv[3], process.argv[4]).catch((err) => {
  console.error(err.message);
  process.exitCode = 1;
});
