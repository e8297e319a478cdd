'use strict';
// Every page: it has its parts, its links lead somewhere, and at no width of the window
// it is wider than that.
const assert = require('node:assert');
const { fileURLToPath } = require('node:url');

const widths = [1440, 820, 390];

// Facts about a page, collected inside it.
function inspect() {
  const all = (selector) => [...document.querySelectorAll(selector)];
  return {
    title: document.title,
    heading: document.querySelector('main h1')?.textContent ?? '',
    levels: all('h1, h2, h3, h4, h5, h6').map((e) => Number(e.tagName[1])),
    words: document.querySelector('main').innerText.split(/\s+/).length,
    code: all('pre').length,
    copy: all('.copy').length,
    tabs: all('[role=tablist]').length,
    plots: all('.plot svg').filter((e) => e.getBoundingClientRect().height > 100).length,
    links: all('a[href]').map((a) => a.href),
    ids: all('[id]').map((e) => e.id),
    next: document.querySelector('.neighbours .next')?.href,
    broken: all('img').filter((i) => !i.naturalWidth).map((i) => i.src),
    foreign: all('script[src], img, link[rel=stylesheet]')
      .map((e) => e.src || e.href).filter((address) => /^https?:/.test(address)),
  };
}

// What is wider than the window, outside of boxes that scroll.
function tooWide() {
  const width = document.documentElement.scrollWidth;
  if (width <= window.innerWidth) return [];
  return [`${width}`, ...[...document.querySelectorAll('body *')].filter((e) => {
    const inside = e.closest('pre, .table');
    return (!inside || inside === e) && e.getBoundingClientRect().right > window.innerWidth + 1;
  }).map((e) => e.outerHTML.slice(0, 80))];
}

async function checkPages(tab, url, names) {
  const pages = new Map();
  for (const name of names) {
    await tab.go(url(name));
    const page = await tab.evaluate(inspect);
    pages.set(url(name), page);
    for (const width of widths) {
      await tab.size(width, 900);
      assert.deepStrictEqual(await tab.evaluate(tooWide), [], `${name} at ${width}`);
    }
    assert.match(page.title, /libdgram/, name);
    assert.ok(page.heading, `${name} has no heading`);
    assert.ok(page.words > 20, `${name} is empty`);
    assert.strictEqual(page.copy, page.code, `${name}: code without a copy button`);
    assert.deepStrictEqual(page.broken, [], name);
    assert.deepStrictEqual(page.foreign, [], name);
    page.levels.forEach((level, i) => assert.ok(level <= (page.levels[i - 1] ?? 0) + 1,
      `${name}: heading ${i + 1} is of level ${level} after ${page.levels[i - 1] ?? 'none'}`));
  }
  return pages;
}

function checkLinks(pages, site) {
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

// From the list of all documents, "next" leads through them, each once.
function checkOrder(pages, first) {
  const seen = [];
  for (let at = first; at; at = pages.get(at).next) {
    assert.ok(!seen.includes(at), `${at} follows itself`);
    seen.push(at);
  }
  assert.ok(seen.length > 30, `${seen.length} pages in order`);
}

module.exports = { checkPages, checkLinks, checkOrder };
