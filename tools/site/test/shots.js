'use strict';
// Screenshots of a page of each kind: three widths, light and dark.
const fs = require('node:fs');
const path = require('node:path');

const places = {
  index: 'index.html', start: 'quick-start.html', guide: 'guides/event-loop.html',
  recipe: 'recipes/statsd-server.html', api: 'api.html#socketaddress', man: 'man.html',
  send: 'man/dgram_send.3.html', performance: 'performance.html',
  comparison: 'comparison.html',
};

async function shoot(tab, url, folder) {
  fs.mkdirSync(folder, { recursive: true });
  for (const [width, height] of [[390, 844], [820, 1180], [1440, 900]])
    for (const dark of [false, true]) {
      await tab.size(width, height);
      await tab.media('', dark);
      for (const [name, page] of Object.entries(places)) {
        await tab.go('about:blank');
        await tab.go(url(page));
        await tab.screenshot(path.join(folder, `${width}-${dark ? 'dark' : 'light'}-${name}.png`));
      }
    }
}

module.exports = { shoot };
