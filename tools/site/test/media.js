'use strict';
// The site in print and without JavaScript.
const assert = require('node:assert');

// The page of `api.html` as it is shown.
function shown() {
  const seen = (selector) => [...document.querySelectorAll(selector)]
    .filter((e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility === 'visible')
    .length;
  const all = (selector) => document.querySelectorAll(selector).length;
  return {
    panels: seen('.panel'), allPanels: all('.panel'),
    names: seen('.panel > .language'),
    menu: seen('.menu a'), header: seen('header'), tabs: seen('[role=tab]'),
    copy: seen('.copy'), theme: seen('#theme'), search: seen('#search'),
    contents: seen('.contents a'),
  };
}

async function checkPrint(tab, url) {
  await tab.size(794, 1123);
  await tab.media('print', true);
  await tab.go(url('api.html'));
  const page = await tab.evaluate(shown);
  assert.ok(page.panels > 60 && page.panels === page.allPanels, `${page.panels} examples in print`);
  assert.strictEqual(page.names, page.panels, 'examples without their language');
  const { menu, header, tabs, copy, contents } = page;
  assert.deepStrictEqual({ menu, header, tabs, copy, contents },
                         { menu: 0, header: 0, tabs: 0, copy: 0, contents: 0 });
  const { back, clipped } = await tab.evaluate(() => ({
    back: getComputedStyle(document.body).backgroundColor,
    clipped: [...document.querySelectorAll('pre')]
      .filter((e) => e.scrollWidth > e.clientWidth + 1).length,
  }));
  assert.strictEqual(back, 'rgb(255, 255, 255)', 'print is dark');
  assert.strictEqual(clipped, 0, 'code is cut off in print');
  await tab.media('');
}

async function checkWithoutScripts(tab, url) {
  await tab.scripts(false);
  for (const width of [390, 1440]) {
    await tab.size(width, 900);
    await tab.go(url('api.html'));
    const page = await tab.evaluate(shown);
    assert.ok(page.panels > 60 && page.panels === page.allPanels,
              `${page.panels} examples without scripts`);
    assert.strictEqual(page.names, page.panels, 'examples without their language');
    assert.ok(page.menu > 20, `${page.menu} links in the menu without scripts`);
    const { tabs, copy, theme, search } = page;
    assert.deepStrictEqual({ tabs, copy, theme, search },
                           { tabs: 0, copy: 0, theme: 0, search: 0 });
    assert.ok(await tab.evaluate(() =>
      document.documentElement.scrollWidth <= window.innerWidth), `too wide for ${width}`);
  }
  await tab.scripts(true);
}

module.exports = { checkPrint, checkWithoutScripts };
