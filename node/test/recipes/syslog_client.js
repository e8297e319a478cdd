'use strict';
const assert = require('node:assert');
const { once } = require('node:events');
const path = require('node:path');
const { setTimeout } = require('node:timers/promises');
const dgram = require('../..');

// Receives up to 20 lines. Returns whether one of them matches.
async function receive(local, pattern) {
  const daemon = dgram.createSocket('unix_dgram');
  daemon.bindSync(local);
  let matches = false;
  for (let i = 0; i < 20 && !matches; i++)
    matches = pattern.test((await once(daemon, 'message'))[0]);
  daemon.close();
  await once(daemon, 'close');
  return matches;
}

module.exports = {
  async 'syslog_console.js'(run) {
    const local = path.join(run.folder, 'log');
    assert.strictEqual(await run.start(local, 3).ended(), 'wrote 3 lines\n'); // no daemon
    const { child } = run.start(local);
    const line = new RegExp(`^<14>example\\[${child.pid}\\]: line \\d+$`);
    assert.ok(await receive(local, line));
    // Without a daemon for a while: then it reports what it has lost.
    const report = new RegExp(`^<12>example\\[${child.pid}\\]: [1-9]\\d* lines are lost$`);
    do await setTimeout(50);
    while (!await receive(local, report));
  },
};
