'use strict';
// Between hosts in network namespaces. Each program of netns/ is a test: it creates its
// hosts and fails by an exception.
const assert = require('node:assert');
const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');
const needsNative = require('./lib/needs_native');

const folder = path.join(__dirname, 'netns');
const createInterface = 'ip link add d0 type veth peer name d1 && ' +
  'unshare -n true && nsenter -t $$ -n true';
const skip = spawnSync('unshare', ['-rn', 'sh', '-c', createInterface]).status === 0 ?
  false : 'no network namespaces with interfaces';

// What sockets of node:dgram can do, too.
const ofNode = ['a_network_that_takes_nothing_fills_the_mark.js'];

async function run(name) {
  const child = spawn('unshare', ['-rn', process.execPath, path.join(folder, name)],
                      { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60000 });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => output += text);
  const [status, signal] = await once(child, 'close');
  assert.strictEqual(output, '');
  assert.deepStrictEqual({ status, signal }, { status: 0, signal: null });
}

describe('between hosts', { concurrency: 2, skip }, () => {
  for (const name of fs.readdirSync(folder)) {
    const testOne = ofNode.includes(name) ? test : needsNative('options of the kernel');
    testOne(name.replace('.js', '').replaceAll('_', ' '), () => run(name));
  }
});
