'use strict';
// addMembership(group, { interface: 'all' }) receives the group by interfaces that come
// later, also by one that is created again.
const assert = require('node:assert');
const { once } = require('node:events');
const { setTimeout } = require('node:timers/promises');
const dgram = require('../..');
const { createHosts, addSecondWire } = require('../lib/hosts');

async function untilJoined(socket, name, joined) {
  while (socket.getMemberships().some((one) => one.interface === name) !== joined)
    await setTimeout(10);
}

async function receives(socket, far, address, group, device, interfaceOf) {
  const peer = await far.open(socket.type, address);
  const message = once(socket, 'message');
  peer.send({ msg: 'to all', port: socket.address().port, address: group,
              interface: device });
  const [msg, rinfo] = await message;
  assert.strictEqual(`${msg}`, 'to all');
  assert.strictEqual(rinfo.localAddress, group);
  assert.strictEqual(rinfo.interface, interfaceOf);
}

async function join(type, group) {
  const socket = dgram.createSocket({ type, recvInfo: true });
  socket.bindSync();
  socket.addMembership(group, { interface: 'all' });
  await untilJoined(socket, 'a0', true);
  return socket;
}

createHosts().then(async ({ near, far }) => {
  const four = await join('udp4', '239.77.0.1');
  const six = await join('udp6', 'ff15::77');
  await receives(four, far, '10.77.0.2', '239.77.0.1', 'b0', 'a0');
  await receives(six, far, 'fd77::2', 'ff15::77', 'b0', 'a0');
  for (let i = 0; i < 2; i++) {
    assert.ok(!four.getMemberships().some((one) => one.interface === 'a1'));
    addSecondWire(far);
    await untilJoined(four, 'a1', true);
    await untilJoined(six, 'a1', true);
    await receives(four, far, '10.78.0.2', '239.77.0.1', 'b1', 'a1');
    await receives(six, far, 'fd78::2', 'ff15::77', 'b1', 'a1');
    near.ip('link del a1');
    await untilJoined(four, 'a1', false);
    await untilJoined(six, 'a1', false);
  }
  await receives(four, far, '10.77.0.2', '239.77.0.1', 'b0', 'a0');
  process.exit();
});
