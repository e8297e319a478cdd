'use strict';
// A router says by ICMP what does not pass, and a 'pathError' event tells it.
const assert = require('node:assert');
const { once } = require('node:events');
const dgram = require('../..');
const { createRoutedHosts } = require('../lib/hosts');

const payload = Buffer.alloc(1400);
const send = (socket, ...to) => new Promise((resolve) => {
  socket.send(payload, ...to, (err, bytes) => resolve(err ? err.code : bytes));
});

async function run(type, near, far, reporter, icmp) {
  const socket = dgram.createSocket({ type, pathErrors: true });
  socket.bindSync({ address: near });
  socket.setDontFragment(true);
  assert.strictEqual(socket.getPathMTU(far), 1500);

  let reported = once(socket, 'pathError');
  assert.strictEqual(await send(socket, 9, far), 1400);
  let [err] = await reported;
  assert.deepStrictEqual({ ...err, errno: 0 }, {
    errno: 0, code: 'EMSGSIZE', syscall: 'send', address: far, port: 9, reporter,
    mtu: 1300, ...icmp,
  });
  assert.strictEqual(socket.getPathMTU(far), 1300);

  // From now on this host says it, and the send fails.
  reported = once(socket, 'pathError');
  assert.strictEqual(await send(socket, 9, far), 'EMSGSIZE');
  [err] = await reported;
  assert.strictEqual(err.mtu, 1300);
  assert.strictEqual('reporter' in err, false);
  socket.close();
}

async function unreachable(type, near, to, reporter) {
  const socket = dgram.createSocket({ type, pathErrors: true });
  socket.bindSync({ address: near });
  const reported = once(socket, 'pathError');
  assert.strictEqual(await send(socket, 9, to), 1400);
  const [err] = await reported;
  assert.match(err.code, /^E(HOST|NET)UNREACH$/);
  assert.strictEqual(err.address, to);
  assert.strictEqual(err.reporter, reporter);
  socket.close();
}

createRoutedHosts(1300).then(async () => {
  await run('udp4', '10.77.1.1', '10.77.2.2', '10.77.1.9', { icmpType: 3, icmpCode: 4 });
  await run('udp6', 'fd77:1::1', 'fd77:2::2', 'fd77:1::9', { icmpType: 2, icmpCode: 0 });
  await unreachable('udp4', '10.77.1.1', '10.77.3.1', '10.77.1.9');
  await unreachable('udp6', 'fd77:1::1', 'fd77:3::1', 'fd77:1::9');
  process.exit();
});
