'use strict';
// While the hardware address of a neighbour is not known, the kernel keeps datagrams to
// it, as many as the send buffer holds. The others wait in the socket.
const assert = require('node:assert');
const dgram = require('../..');
const { createHosts } = require('../lib/hosts');

const iteration = () => new Promise(setImmediate);

async function main() {
  const { near, far } = await createHosts();
  const [, mac] = /link\/ether (\S+)/.exec(far.ip('link show b0'));
  far.ip('link set b0 arp off');
  near.sysctl('ipv4/neigh/a0/mcast_solicit', 1000); // so that it is asked for so long
  const peer = await far.open('udp4', '10.77.0.2');
  const socket = dgram.createSocket({ type: 'udp4', sendBufferSize: 4096,
                                      sendHighWaterMark: 20 * 257 });
  let drains = 0;
  socket.on('drain', () => drains++);
  await new Promise((done) => socket.connect(peer.port, peer.address, done));
  const results = [];
  let made = 0;
  while (!socket.writableNeedDrain) {
    made++;
    socket.send('x', (err, bytes) => results.push(err ? err.code : bytes));
    await iteration();
  }
  assert.ok(results.length > 0 && results.length < made);
  assert.strictEqual(made - results.length, 20);
  assert.strictEqual(socket.getSendQueueCount(), 20);
  const refused = await new Promise((done) => socket.send('x', done));
  assert.strictEqual(refused.code, 'ENOBUFS');
  assert.strictEqual(drains, 0);
  near.ip(`neigh replace 10.77.0.2 lladdr ${mac} dev a0 nud permanent`);
  while (results.length < made) await iteration();
  await iteration();
  assert.deepStrictEqual(new Set(results), new Set([1]));
  assert.strictEqual(drains, 1);
  assert.strictEqual(socket.writableLength, 0);
  for (let i = 0; i < made; i++) assert.strictEqual((await peer.next()).msg, 'x');
  socket.close();
  process.exit();
}

main();
