'use strict';
// A socket that is bound to a device.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { test } = require('node:test');
const dgram = require('..');
const testNative = require('./lib/needs_native')('an option of the kernel');

const skip = process.platform === 'linux' ? false : 'this system has no such bind';
const worker = path.join(__dirname, 'lib', 'device_worker.js');

async function errorOfBind(options) {
  const socket = dgram.createSocket('udp4');
  socket.bind(options);
  const [err] = await once(socket, 'error');
  socket.close();
  return err;
}

for (const [type, address] of [['udp4', '127.0.0.1'], ['udp6', '::1']]) {
  testNative(`receives by its device, ${type}`, { skip }, async (t) => {
    const socket = dgram.createSocket({ type, recvInfo: true });
    socket.bind({ address, device: 'lo' });
    try {
      await once(socket, 'listening');
    } catch (err) {
      if (err.code !== 'EADDRNOTAVAIL') throw err;
      socket.close();
      t.skip('no IPv6');
      return;
    }
    socket.send('x', socket.address().port, address);
    const [, rinfo] = await once(socket, 'message');
    assert.strictEqual(rinfo.interface, 'lo');
    socket.close();
  });
}

testNative('an unknown device is an error of the bind', { skip }, async () => {
  for (const device of ['none0', 'sixteen_bytes_xx', 'x'.repeat(2000)]) {
    const err = await errorOfBind({ device });
    assert.strictEqual(err.code, 'ENODEV');
    assert.match(err.message, /^bind ENODEV /);
  }
});

testNative('the socket may be bound again without the device', { skip }, async () => {
  const socket = dgram.createSocket('udp4');
  assert.throws(() => socket.bindSync({ device: 'none0' }), { code: 'ENODEV' });
  assert.ok(socket.bindSync().port > 0);
  socket.close();
});

test('a device is a string', () => {
  const socket = dgram.createSocket('udp4');
  for (const device of [1, {}, true]) {
    assert.throws(() => socket.bind({ device }), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.throws(() => socket.bindSync({ device }), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  assert.ok(socket.bindSync().port > 0);
  socket.close();
});

test('undefined, null and an empty string are no device', () => {
  for (const device of [undefined, null, '']) {
    const socket = dgram.createSocket('udp4');
    assert.ok(socket.bindSync({ device }).port > 0);
    socket.close();
  }
});

test('a device with a null byte is refused', () => {
  const socket = dgram.createSocket('udp4');
  for (const device of ['\0', 'lo\0x'])
    assert.throws(() => socket.bind({ device }), { code: 'ERR_INVALID_ARG_VALUE' });
  socket.close();
});

test('a descriptor has its own device', () => {
  const socket = dgram.createSocket('udp4');
  assert.throws(() => socket.bind({ fd: 3, device: 'lo' }),
                { code: 'ERR_INVALID_ARG_VALUE' });
  socket.close();
});

test('an inherited device does not count', async () => {
  const socket = dgram.createSocket('udp4');
  socket.bind({ __proto__: { device: 'none0' } });
  await once(socket, 'listening');
  socket.close();
});

testNative('a worker has the bind for itself', { skip }, () => {
  const { status, stdout, stderr } =
    spawnSync(process.execPath, [worker], { encoding: 'utf8', timeout: 60000 });
  assert.strictEqual(stderr, '');
  assert.strictEqual(stdout, 'first: listening\nsecond: EADDRINUSE\n');
  assert.strictEqual(status, 0);
});
