'use strict';
// Pages have no violation that axe-core finds: in light, in dark, and in a narrow window.
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');

const file = path.join(__dirname, '..', 'node_modules', 'axe-core', 'axe.min.js');

// A page answers to a new size of the window within a frame.
async function run() {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const { violations, passes } = await window.axe.run(document, {
    resultTypes: ['violations'], preload: false,
  });
  return {
    passes: passes.length,
    violations: violations.map(({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 120)).join(' | ')}`),
  };
}

async function checkAccessible(tab, url, names) {
  if (!fs.existsSync(file)) {
    console.log('skipped: axe-core is not installed (tools/site/install)');
    return 0;
  }
  const axe = fs.readFileSync(file, 'utf8');
  const found = [];
  let count = 0;
  for (const name of names) {
    await tab.size(1440, 900);
    await tab.media('');
    await tab.go(url(name));
    await tab.call('Runtime.evaluate', { expression: axe });
    for (const [kind, width, dark] of [['light', 1440, false], ['dark', 1440, true],
                                       ['narrow', 390, false]]) {
      await tab.size(width, 900);
      await tab.media('', dark);
      const { passes, violations } = await tab.evaluate(run);
      found.push(...violations.map((violation) => `${name}, ${kind}: ${violation}`));
      assert.ok(passes > 15, `${name}: axe-core checked only ${passes} rules`);
      count++;
    }
  }
  assert.deepStrictEqual(found, []);
  return count;
}

module.exports = { checkAccessible };
