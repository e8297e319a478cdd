'use strict';
// Opens every page of the site in a headless Chromium and checks that it renders without
// errors and that no link is broken; then what the keyboard does, print, pages without
// JavaScript, and accessibility: of a page of each kind, or with --all of all.
//
// usage: node tools/site/test.js [--all] SITE CHROMIUM [DIRECTORY]     for screenshots
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { start } = require('./browser.js');
const { checkAccessible } = require('./test/accessible.js');
const { checkKeyboard } = require('./test/keyboard.js');
const { checkPrint, checkWithoutScripts } = require('./test/media.js');
const { checkPages, checkLinks, checkOrder } = require('./test/pages.js');
const { shoot } = require('./test/shots.js');

const args = process.argv.slice(2);
const all = args[0] === '--all';
const [folder, program, shots] = all ? args.slice(1) : args;
if (!program) {
  console.error('usage: node tools/site/test.js [--all] SITE CHROMIUM [DIRECTORY]');
  process.exit(2);
}
const site = path.resolve(folder);
const url = (name) => {
  const [file, anchor] = name.split('#');
  return pathToFileURL(path.join(site, file)).href + (anchor ? `#${anchor}` : '');
};
const names = fs.readdirSync(site, { recursive: true })
  .filter((name) => name.endsWith('.html')).sort();
// One page of each kind.
const sample = ['index.html', 'docs.html', 'guides/event-loop.html', 'recipes/mdns.html',
                'man/dgram_send.3.html', 'performance.html'];

const kilobytesMax = 50; // what each page loads besides itself

function checkParts(pages) {
  const page = (name) => pages.get(url(`${name}.html`));
  for (const [name, code] of [['index', 2], ['api', 80], ['recipes/mdns', 1],
                              ['guides/migrating/asio', 2], ['man/dgram_send.3', 1]])
    assert.ok(page(name).code >= code, `${name} lacks code`);
  assert.ok(page('api').tabs >= 35, 'C and JavaScript are no tabs');
  const kilobytes = ['style.css', 'site.js']
    .reduce((sum, file) => sum + fs.statSync(path.join(site, file)).size, 0) / 1000;
  assert.ok(kilobytes <= kilobytesMax, `style and scripts have ${kilobytes} KB`);
  assert.ok(page('index').plots >= 1 && page('performance').plots >= 1, 'no plots');
}

async function main() {
  const browser = start(program);
  const started = Date.now();
  const part = (name) => process.env.VERBOSE &&
    console.log(`${((Date.now() - started) / 1000).toFixed(1)} s: ${name}`);
  try {
    await browser.allow('clipboardReadWrite', 'clipboardSanitizedWrite');
    const tab = await browser.open();
    const pages = await checkPages(tab, url, names);
    part('pages');
    const links = checkLinks(pages, site);
    checkParts(pages);
    checkOrder(pages, url('docs.html'));
    await checkKeyboard(tab, url, pages);
    part('keyboard');
    await checkPrint(tab, url);
    await checkWithoutScripts(tab, url);
    part('print');
    const count = await checkAccessible(tab, url, all ? names : sample);
    part('accessible');
    if (shots) await shoot(tab, url, shots);
    assert.deepStrictEqual(tab.complaints, []);
    console.log(`${pages.size} pages, ${links} links, ${count} checks by axe-core: fine`);
  } finally {
    await browser.stop();
  }
}

main().catch((err) => {
  console.error(err.message);
  process.exitCode = 1;
});
