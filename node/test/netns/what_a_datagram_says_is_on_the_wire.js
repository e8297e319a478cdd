'use strict';
// Source address, type of service and TTL of each datagram, seen by the other host.
const assert = require('node:assert');
const dgram = require('../..');
const { createHosts } = require('../lib/hosts');

async function run(type, far, address, localAddress) {
  const peer = await far.open(type, address);
  const socket = dgram.createSocket(type);
  socket.bindSync();
  socket.setTTL(40);
  socket.setTypeOfService(8);
  const { port } = peer;
  socket.sendOne({ msg: 'a', port, address, typeOfService: 0xb9, ttl: 9, localAddress });
  socket.sendMany([
    { msg: 'b', typeOfService: 0x22 }, { msg: 'c', ttl: 11 }, { msg: 'd', localAddress },
    'e', { msg: 'f', ttl: 200, typeOfService: 0, interface: 'a0' },
  ], port, address);
  const got = [];
  for (let i = 0; i < 6; i++) got.push(await peer.next());
  assert.deepStrictEqual(
    got.map(({ msg, typeOfService, ttl }) => [msg, typeOfService, ttl]),
    [['a', 0xb9, 9], ['b', 0x22, 40], ['c', 8, 11], ['d', 8, 40], ['e', 8, 40],
     ['f', 0, 200]]);
  for (const { msg, address: from, localAddress: to, interface: device } of got) {
    if ('ad'.includes(msg)) assert.strictEqual(from, localAddress);
    assert.strictEqual(to, address);
    assert.strictEqual(device, 'b0');
  }
  socket.close();
}

createHosts().then(async ({ far }) => {
  for (const localAddress of ['10.77.0.1', '10.77.0.4'])
    await run('udp4', far, '10.77.0.2', localAddress);
  for (const localAddress of ['fd77::1', 'fd77::4'])
    await run('udp6', far, 'fd77::2', localAddress);
  process.exit();
});
