'use strict';
// Two sockets share a port by bind({ device }): each receives by its device only.
const assert = require('node:assert');
const { once } = require('node:events');
const dgram = require('../..');
const { createHosts, addSecondWire } = require('../lib/hosts');

async function open(type, port, device) {
  const got = [];
  const socket = dgram.createSocket({ type, recvInfo: true });
  socket.on('message', (msg, rinfo) => got.push(`${msg} by ${rinfo.interface}`));
  socket.bind({ port, device });
  await once(socket, 'listening');
  return { socket, got, port: socket.address().port };
}

async function run(type, far, [from0, to0], [from1, to1]) {
  const first = await open(type, 0, 'a0');
  const second = await open(type, first.port, 'a1');
  const peers = [await far.open(type, from0), await far.open(type, from1)];
  for (const name of ['one', 'two', 'end']) {
    peers[0].send({ msg: name, port: first.port, address: to0 });
    peers[1].send({ msg: name, port: first.port, address: to1 });
  }
  for (const { socket, got } of [first, second])
    while (!got.some((text) => text.startsWith('end'))) await once(socket, 'message');
  assert.deepStrictEqual(first.got, ['one by a0', 'two by a0', 'end by a0']);
  assert.deepStrictEqual(second.got, ['one by a1', 'two by a1', 'end by a1']);
  second.socket.close();
  first.socket.close();
}

createHosts().then(async ({ far }) => {
  addSecondWire(far);
  await run('udp4', far, ['10.77.0.2', '10.77.0.1'], ['10.78.0.2', '10.78.0.1']);
  await run('udp6', far, ['fd77::2', 'fd77::1'], ['fd78::2', 'fd78::1']);
  process.exit();
});
