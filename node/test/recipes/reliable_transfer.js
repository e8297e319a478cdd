'use strict';
const assert = require('node:assert');
const { randomBytes } = require('node:crypto');
const dgram = require('node:dgram');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const bound = require('../lib/bound');
const freePort = require('../lib/free_port');

// Both ways each tenth datagram is lost, each seventh comes twice, and each ninth after the
// next. Before each packet comes a forged one of another transfer.
function badPath(deliver) {
  let count = 0;
  let held = [];
  return (msg) => {
    if (++count % 10 === 0) return;
    const forged = Buffer.from(msg);
    forged[3] ^= 1; // of the id
    deliver(forged);
    if (count % 9 === 0) return held.push(msg);
    deliver(msg);
    if (count % 7 === 0) deliver(msg);
    for (const late of held.splice(0)) deliver(late);
  };
}

// Returns the port, and what closes it.
async function relayTo(port) {
  let client;
  const forward = badPath((msg) => back.send(msg, port, '127.0.0.1'));
  const toClient = badPath((msg) => front.send(msg, client, '127.0.0.1'));
  const front = await bound((msg, rinfo) => {
    client = rinfo.port;
    forward(msg);
  });
  const back = await bound(toClient);
  return { port: front.address().port, close: () => [front, back].map((s) => s.close()) };
}

async function refusesWithoutToken(port) {
  const client = await bound();
  const hello = Buffer.concat([Buffer.from([1]), randomBytes(8), Buffer.alloc(20)]);
  const data = Buffer.concat([Buffer.from([3]), hello.subarray(1, 9), Buffer.alloc(1208)]);
  const answers = [];
  client.on('message', (msg) => answers.push(msg.length));
  for (const length of [0, 1, 8, 9, 28])
    client.send(hello.subarray(0, length), port, '127.0.0.1');
  client.send(data, port, '127.0.0.1');
  client.send(hello, port, '127.0.0.1');
  await once(client, 'message');
  assert.deepStrictEqual(answers, [17]);
  client.close();
}

module.exports = {
  async 'transfer.js'(run) {
    const from = path.join(run.folder, 'from');
    const to = path.join(run.folder, 'to');
    for (const [size, relayed] of [[0, false], [300000, true]]) {
      fs.writeFileSync(from, randomBytes(size));
      const receiver = run.start('receive', 0, to);
      const port = await receiver.port();
      await refusesWithoutToken(port);
      assert.ok(!fs.existsSync(`${to}.part`));
      const relay = relayed && await relayTo(port);
      const sent = await run.start('send', '127.0.0.1', relay ? relay.port : port, from).ended();
      assert.match(sent, relay ? / [1-9]\d* packets again$/m : / 0 packets again$/m);
      assert.match(await receiver.ended(), new RegExp(`^received ${size} bytes$`, 'm'));
      assert.ok(fs.readFileSync(from).equals(fs.readFileSync(to)));
      if (relay) relay.close();
    }
    // A file that cannot be written: both sides say so.
    const receiver = run.start('receive', 0, path.join(run.folder, 'none', 'to'));
    const refused = run.start('send', '127.0.0.1', await receiver.port(), from);
    await refused.ended(1);
    assert.match(refused.errors, /^refused$/m);
    await receiver.ended(1);
    assert.match(receiver.errors, /^ENOENT: /);
    const nobody = run.start('send', '127.0.0.1', await freePort(dgram), from);
    await nobody.ended(1);
    assert.match(nobody.errors, /ECONNREFUSED/);
  },
};
