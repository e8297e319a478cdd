'use strict';
// Calls in a 'beforeExit' listener keep the process alive, so that 'beforeExit' is
// emitted again, in the same cases as with node:dgram.
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { describe, test } = require('node:test');
const { promisify } = require('node:util');

const root = path.join(__dirname, '..');

// `s` is bound; `peer` and `deferring` are connected to it. All are unref'd.
const calls = {
  'send': "s.send('x', 9, '127.0.0.1')",
  'send with a callback': "s.send('x', 9, '127.0.0.1', () => log('sent'))",
  'send to localhost': "once(() => s.send('x', 9, 'localhost', () => log('sent')))",
  'send to the peer': "peer.send('x')",
  'send to the peer with a callback': "peer.send('x', () => log('sent'))",
  'send deferred': "deferring.send('x'); deferring.send('y')",
  'sends that are refused': `s.send('x', 9, '::1'); s.send(Buffer.alloc(65508), 9);
    peer.send(Buffer.alloc(65508))`,
  'send by a new socket': "create((t) => { t.unref(); t.send('x', 9); })",
  'connect': "once(() => s.connect(9, () => log('connected')))",
  'connect by a new socket': 'create((t) => { t.unref(); t.connect(9); })',
  'disconnect': 'once(() => peer.disconnect())',
  'bind': 'create((t) => t.bind(0, () => t.unref()))',
  'bind ended by close': "once(() => create((t) => t.bind(0, () => t.close())))",
  'bind that fails': "other.bind(s.address().port, '127.0.0.1')",
  'close': "once(() => s.close(() => log('closed')))",
  'close of a new socket': "once(() => create((t) => t.close(() => log('closed'))))",
  'close behind bind': "once(() => create((t) => t.bind(0).close()))",
  'abort': `once(() => {
    const controller = new AbortController();
    dgram.createSocket({ type: 'udp4', signal: controller.signal });
    controller.abort();
  })`,
  'aborted before': `if (count < 3)
    dgram.createSocket({ type: 'udp4', signal: AbortSignal.abort() })`,
  'close after a bind that failed': `once(() => {
    const t = dgram.createSocket('udp4').on('error', () => t.close());
    t.bind(s.address().port, '127.0.0.1');
  })`,
  'options': "s.setTTL(5); s.setBroadcast(true); s.getRecvBufferSize()",
  'ref and unref': 's.ref().unref()',
  'membership': "once(() => s.addMembership('224.0.0.114', '127.0.0.1'))",
};

const program = (name, call) => `
  const dgram = require(${JSON.stringify(name)});
  const log = console.log;
  let count = 0;
  const once = (run) => count === 1 && run();
  const create = (run) => run(dgram.createSocket('udp4'));
  const s = dgram.createSocket('udp4');
  const peer = dgram.createSocket('udp4');
  const other = dgram.createSocket('udp4').on('error', (err) => log(err.code));
  const deferring = dgram.createSocket({ type: 'udp4', deferSends: true });
  s.bind(0, '127.0.0.1', () => peer.connect(s.address().port, '127.0.0.1', () =>
    deferring.connect(s.address().port, '127.0.0.1', () => {
      for (const socket of [s, peer, deferring]) socket.unref();
      process.on('beforeExit', () => {
        log('beforeExit');
        if (++count === 20) process.exit();
        ${call};
      });
    })));`;

async function outputOf(name, call) {
  const { stdout } = await promisify(execFile)(
    process.execPath, ['--no-warnings', '-e', program(name, call)],
    { encoding: 'utf8', timeout: 60000 });
  return stdout;
}

describe("in 'beforeExit'", { concurrency: 4 }, () => {
  for (const [name, call] of Object.entries(calls)) {
    test(name, async () => {
      const expected = await outputOf('node:dgram', call);
      assert.match(expected, /beforeExit/);
      assert.strictEqual(await outputOf(root, call), expected);
    });
  }
});
