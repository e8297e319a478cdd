'use strict';
const assert = require('node:assert');
const { once } = require('node:events');
const dgram = require('../..');

const GROUP = '224.0.0.251';
const NAME = '\x07pRinter\x05local\0';

function query(id, questions, text) {
  const header = Buffer.from([id >> 8, id & 255, 0, 0, 0, questions, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, Buffer.from(text, 'latin1')]);
}

const malformed = [
  Buffer.alloc(11),
  query(1, 255, '\x3f'), // labels beyond the end
  query(1, 2, '\xc0'), // half a pointer
  query(1, 1, '\x07printer\x05local\0\0\x01'), // no class
  query(1, 1, '\x07printer\x05local\0\0\x1c\0\x01'), // another type
];

module.exports = {
  async 'mdns.js'(run) {
    const responder = run.start('Printer', 0);
    const port = await responder.port();
    const client = dgram.createSocket('udp4');
    const neighbour = dgram.createSocket({ type: 'udp4', reuseAddr: true });
    neighbour.bindSync({ port, address: '127.0.0.1' });
    try {
      const to = { port, address: GROUP, interface: 'lo' };
      for (const msg of malformed) client.sendOne({ msg, ...to });
      // From another port: the answer has the number and the question.
      const questions = '\x01x\0\0\x01\0\x01' + NAME + '\0\x01\0\x01';
      client.sendOne({ msg: query(0x1234, 2, questions), ...to });
      const [answer] = await once(client, 'message');
      assert.strictEqual(answer.toString('hex', 0, 12), '123484000001000100000000');
      assert.deepStrictEqual([...answer.subarray(-10)], [0, 0, 0, 10, 0, 4, 127, 0, 0, 1]);
      assert.strictEqual(await responder.next(), 'answered 127.0.0.1 by lo');
      // From the port of mDNS, with the bit for an answer by unicast.
      neighbour.sendOne({ msg: query(0, 1, `${NAME}\0\x01\x80\x01`), ...to });
      const [unicast] = await once(neighbour, 'message');
      assert.strictEqual(unicast.toString('hex', 0, 12), '000084000000000100000000');
    } finally {
      client.close();
      neighbour.close();
    }
    // Names are UTF-8, as in C, and have up to 63 bytes.
    const kitchen = run.start('Küche', 0, 1);
    const asker = dgram.createSocket('udp4');
    const label = Buffer.from('\x06Küche').toString('latin1');
    const msg = query(1, 1, `${label}\x05local\0\0\x01\0\x01`);
    asker.sendOne({ msg, port: await kitchen.port(), address: GROUP, interface: 'lo' });
    await kitchen.ended();
    asker.close();
    await run.start('ü'.repeat(32), 0).ended(2);
    await run.start().ended(2);
    // Another program on the same port asks the group, and gets its answer by the group.
    const found = await run.start('ask', 'printer', port, 1).ended();
    assert.match(found, /^found \d+\.\d+\.\d+\.\d+ by \S+$/m);
    // Nobody answers: it ends with an error.
    await run.start('ask', 'nobody', 0).ended(1);
  },
};
