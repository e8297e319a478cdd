'use strict';
// What the keyboard does: skip link, search, tabs, menu, colour scheme, copy.
const assert = require('node:assert');

// What has the focus, and whether one sees that.
function focused() {
  const e = document.activeElement;
  const { top, left, width } = e.getBoundingClientRect();
  return {
    id: e.id, text: e.textContent.trim().slice(0, 60),
    seen: width > 0 && top >= 0 && left >= 0 && top < window.innerHeight,
    outlined: getComputedStyle(e).outlineStyle !== 'none',
  };
}

async function checkTabOrder(tab, url) {
  await tab.size(1440, 900);
  await tab.go(url('guides/event-loop.html'));
  await tab.press('Tab');
  const skip = await tab.evaluate(focused);
  assert.strictEqual(skip.text, 'Skip to the text');
  assert.ok(skip.seen && skip.outlined, 'one does not see the skip link');
  const order = [];
  for (let i = 0; i < 30; i++) {
    await tab.press('Tab');
    const at = await tab.evaluate(focused);
    assert.ok(at.outlined, `one does not see that ${at.text || at.id} has the focus`);
    order.push(at.id || at.text);
  }
  const at = ['libdgram', 'search', 'theme', 'Overview'].map((name) => order.indexOf(name));
  assert.ok(at[0] === 0 && at[1] > 0 && at[2] > at[1] && at[3] > at[2], `order: ${order}`);
  await tab.go(url('guides/event-loop.html'));
  await tab.press('Tab');
  await tab.press('Enter');
  assert.strictEqual((await tab.evaluate(focused)).id, 'main');
}

function results() {
  const input = document.getElementById('search');
  const found = document.getElementById('found');
  return {
    hidden: found.hidden, expanded: input.getAttribute('aria-expanded'),
    active: input.getAttribute('aria-activedescendant'),
    selected: found.querySelector('[aria-selected=true]')?.id ?? null,
    query: input.value, text: found.innerText,
    links: [...found.querySelectorAll('a')].map((a) => a.href),
    left: found.getBoundingClientRect().left, right: found.getBoundingClientRect().right,
  };
}

// Types a query as a person does; the index is loaded at the first.
async function ask(tab, query) {
  await tab.evaluate(() => { document.getElementById('search').value = ''; });
  await tab.type(query);
  await tab.evaluate((wanted) => new Promise((resolve) => {
    const found = document.getElementById('found');
    const input = document.getElementById('search');
    const done = () => input.value === wanted && !found.hidden;
    const shown = () => (done() ? resolve() : setTimeout(shown, 5));
    shown();
  }), query);
  return tab.evaluate(results);
}

async function checkFound(tab, pages) {
  for (const [query, wanted] of [
    ['dgram_send', /man\/dgram_send\.3\.html$/], ['dgram_send_batch', /man\/dgram_send\.3/],
    ['addMembership', /api\.html#socketaddmembership/], ['statsd', /recipes\/statsd-/],
    ['quick start', /quick-start\.html$/], ['dgram(1)', /man\/dgram\.1\.html$/],
    ['manual pages', /man\.html$/], ['performance', /performance\.html$/],
    ['sendMany', /node\.html#|api\.html#/], ['event loop', /event-loop\.html$/],
  ]) {
    const { links, left, right } = await ask(tab, query);
    assert.ok(links.length > 0, `'${query}' finds nothing`);
    assert.match(links[0], wanted, `'${query}' finds ${links[0]} first`);
    assert.ok(left >= 0 && right <= 390, `results from ${left} to ${right}`);
    for (const link of links) {
      const [address, id] = link.split('#');
      assert.ok(pages.has(address) && (!id || pages.get(address).ids.includes(id)),
                `'${query}' finds ${link}, which is not there`);
    }
  }
  assert.match((await ask(tab, 'qqxyzzy')).text, /Nothing found/);
}

async function checkSearch(tab, url, pages) {
  await tab.size(390, 844);
  await tab.go(url('man/dgram_send.3.html'));
  await tab.press('/');
  assert.strictEqual((await tab.evaluate(focused)).id, 'search');
  await checkFound(tab, pages);
  const { links } = await ask(tab, 'drain');
  await tab.press('ArrowDown');
  await tab.press('ArrowDown');
  let now = await tab.evaluate(results);
  assert.deepStrictEqual([now.expanded, now.active, now.selected], ['true', 'found-1', 'found-1']);
  await tab.press('ArrowUp');
  await tab.press('ArrowUp');
  now = await tab.evaluate(results);
  assert.strictEqual(now.active, `found-${links.length - 1}`);
  await tab.press('Escape');
  now = await tab.evaluate(results);
  assert.deepStrictEqual([now.hidden, now.expanded, now.active, now.query],
                         [true, 'false', null, 'drain']);
  await tab.press('ArrowDown');
  await tab.press('ArrowDown');
  await tab.opens(() => tab.press('Enter'));
  assert.strictEqual(await tab.evaluate(() => location.href), links[0]);
}

// Which panels of the page are shown, by language.
function panels() {
  const shown = {};
  for (const e of document.querySelectorAll('.panel'))
    if (e.offsetHeight > 0) shown[e.dataset.language] = (shown[e.dataset.language] ?? 0) + 1;
  return { shown, stops: document.querySelectorAll('[role=tab][tabindex="0"]').length,
           lists: document.querySelectorAll('[role=tablist]').length };
}

// Chooses until another page finds what was stored: on a busy machine the browser may
// lose what a page stores.
async function remember(tab, choose, address, key, value) {
  for (let tries = 0; tries < 10; tries++) {
    await choose();
    await tab.go(address);
    if (await tab.evaluate((name) => localStorage[name], key) === value) return;
  }
  assert.fail(`${key} '${value}' is forgotten`);
}

async function checkTabs(tab, url) {
  await tab.size(820, 1000);
  await tab.go(url('api.html'));
  const before = await tab.evaluate(panels);
  assert.deepStrictEqual(Object.keys(before.shown), ['c']);
  assert.strictEqual(before.stops, before.lists);
  const move = () => tab.evaluate(() => {
    const lists = document.querySelectorAll('[role=tablist]');
    const one = lists[20].querySelector('[aria-selected=true]');
    one.focus();
    one.scrollIntoView({ block: 'center', behavior: 'instant' });
    return Math.round(one.getBoundingClientRect().top);
  });
  const top = await move();
  await tab.press('ArrowRight');
  const after = await tab.evaluate(panels);
  assert.deepStrictEqual(after.shown, { js: before.shown.c }, 'not all examples changed');
  assert.deepStrictEqual((await tab.evaluate(focused)).text, 'JavaScript');
  const moved = await tab.evaluate(() =>
    Math.round(document.activeElement.getBoundingClientRect().top));
  assert.ok(Math.abs(moved - top) <= 1, `the tabs moved from ${top} to ${moved}`);
  const again = async () => {
    await tab.go(url('api.html'));
    await move();
    await tab.press('End');
  };
  await remember(tab, again, url('quick-start.html'), 'language', 'js');
  await tab.go(url('api.html'));
  assert.deepStrictEqual((await tab.evaluate(panels)).shown, after.shown);
  await move();
  await tab.press('Home');
  assert.deepStrictEqual((await tab.evaluate(panels)).shown, before.shown);
}

// The first page has a third tab, which other pages lack: they show C then.
async function checkFirstTabs(tab, url) {
  const go = async (page) => {
    await tab.go(url(page));
    return Object.keys((await tab.evaluate(panels)).shown);
  };
  const press = async (key, wanted) => {
    await tab.evaluate(() => document.querySelector('[role=tab][tabindex="0"]').focus());
    await tab.press(key);
    assert.deepStrictEqual(Object.keys((await tab.evaluate(panels)).shown), [wanted]);
  };
  assert.deepStrictEqual(await go('index.html'), ['c']);
  await press('ArrowRight', 'js');
  const command = async () => {
    await go('index.html');
    await press('End', 'sh');
  };
  await remember(tab, command, url('api.html'), 'language', 'sh');
  assert.deepStrictEqual(await go('api.html'), ['c']);
  await go('index.html');
  await press('Home', 'c');
}

async function checkMenu(tab, url) {
  await tab.size(390, 844);
  await tab.go(url('comparison.html'));
  const open = () => tab.evaluate(() => document.querySelector('.menu details').open);
  assert.strictEqual(await open(), false);
  await tab.evaluate(() => document.querySelector('.menu summary').focus());
  await tab.press('Enter');
  assert.strictEqual(await open(), true);
  await tab.press('Tab');
  assert.strictEqual((await tab.evaluate(focused)).text, 'Overview');
}

async function checkTheme(tab, url) {
  const dark = () => tab.evaluate(() =>
    getComputedStyle(document.body).backgroundColor !== 'rgb(255, 255, 255)');
  const press = async () => {
    await tab.evaluate(() => document.getElementById('theme').focus());
    await tab.press('Enter');
  };
  const light = async () => {
    const chosen = () => tab.evaluate(() => document.documentElement.dataset.theme);
    do await press(); while (await chosen() !== 'light');
  };
  await tab.media('', true);
  await tab.go(url('index.html'));
  assert.ok(await dark(), 'the page does not follow the system');
  await press();
  assert.ok(!await dark(), 'light was chosen');
  await remember(tab, light, url('comparison.html'), 'theme', 'light');
  assert.ok(!await dark(), 'the choice is not used');
  await press();
  await tab.media('', false);
  assert.ok(await dark(), 'dark was chosen');
  await press();
  assert.ok(!await dark(), 'the page does not follow the system again');
  assert.match(await tab.evaluate(() => document.getElementById('theme').ariaLabel), /^Auto/);
}

async function checkCopy(tab, url) {
  await tab.go(url('guides/debugging.html'));
  const copy = async (like) => {
    await tab.evaluate((part) => [...document.querySelectorAll('.code')]
      .find((e) => e.textContent.includes(part)).querySelector('.copy').focus(), like);
    await tab.press('Enter');
    return tab.evaluate(() => new Promise((resolve) => setTimeout(async () => resolve(
      { said: document.querySelector('[role=status]').textContent,
        button: document.activeElement.dataset.word,
        copied: await navigator.clipboard.readText() }), 50)));
  };
  const { said, button, copied } = await copy('$ DGRAM_TRACE=1');
  assert.deepStrictEqual([said, button], ['Copied', 'Copied']);
  assert.match(copied, /^DGRAM_TRACE=1 dgram send [^\n]*\n$/);
}

async function checkKeyboard(tab, url, pages) {
  await checkTabOrder(tab, url);
  await checkSearch(tab, url, pages);
  await checkTabs(tab, url);
  await checkFirstTabs(tab, url);
  await checkMenu(tab, url);
  await checkTheme(tab, url);
  await checkCopy(tab, url);
}

module.exports = { checkKeyboard };
