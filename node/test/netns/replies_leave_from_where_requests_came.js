'use strict';
// reply() answers from the address that was asked, and a request to a group or by
// broadcast from an address of the interface that received it.
const assert = require('node:assert');
const dgram = require('../..');
const { createHosts, addSecondWire } = require('../lib/hosts');

function open(type, groups) {
  const server = dgram.createSocket({ type, recvInfo: true });
  server.bindSync();
  for (const [group, name] of groups) server.addMembership(group, { interface: name });
  server.on('message', (msg, rinfo) => {
    server.reply(rinfo, `${rinfo.localAddress} by ${rinfo.interface}`);
  });
  return server;
}

// Requests by this device to these addresses, and from where the answers are to come.
async function ask(server, far, from, device, wanted) {
  const peer = await far.open(server.type, from);
  for (const [to, source] of wanted) {
    peer.send({ msg: 'who?', port: server.address().port, address: to, interface: device });
    const { msg, address, port } = await peer.next();
    assert.strictEqual(msg, `${to} by ${device.replace('b', 'a')}`);
    assert.match(address, source);
    assert.strictEqual(port, server.address().port);
  }
}

createHosts().then(async ({ far }) => {
  addSecondWire(far);
  const four = open('udp4', [['239.77.0.1', 'a0'], ['239.77.0.1', 'a1']]);
  await ask(four, far, '10.77.0.2', 'b0', [
    ['10.77.0.1', /^10\.77\.0\.1$/], ['10.77.0.4', /^10\.77\.0\.4$/],
    ['239.77.0.1', /^10\.77\.0\.[14]$/], ['255.255.255.255', /^10\.77\.0\.[14]$/],
    ['10.77.0.255', /^10\.77\.0\.[14]$/],
  ]);
  await ask(four, far, '10.78.0.2', 'b1', [
    ['10.78.0.1', /^10\.78\.0\.1$/], ['239.77.0.1', /^10\.78\.0\.1$/],
    ['255.255.255.255', /^10\.78\.0\.1$/],
  ]);

  const six = open('udp6', [['ff15::77', 'a0'], ['ff15::77', 'a1']]);
  await ask(six, far, 'fd77::2', 'b0', [
    ['fd77::1', /^fd77::1$/], ['fd77::4', /^fd77::4$/], ['ff15::77', /^fd77::[14]$/],
  ]);
  await ask(six, far, 'fd78::2', 'b1', [
    ['fd78::1', /^fd78::1$/], ['ff15::77', /^fd78::1$/],
  ]);
  process.exit();
});
