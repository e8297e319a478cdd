'use strict';
// Offset and length select bytes of the memory of a view, whatever length it reports.
const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const dgram = require('..');

const secret = Buffer.from('a secret that stood there before');

async function exchange(run) {
  const server = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(server, 'listening');
  const client = dgram.createSocket('udp4');
  client.send(secret, server.address().port, '127.0.0.1');
  await once(server, 'message');
  await run(client, server);
  client.close();
  server.close();
}

function short(size, properties) {
  const view = new Uint8Array(new ArrayBuffer(64), 8, size).fill(120);
  for (const [name, value] of Object.entries(properties))
    Object.defineProperty(view, name, { get: () => value });
  return view;
}

test('a slice does not exceed its view', () =>
  exchange((client, server) => {
    const { port } = server.address();
    for (const view of [short(2, { byteLength: 30 }),
                        short(2, { byteLength: 30, byteOffset: 0 })]) {
      assert.throws(() => client.send(view, 0, 20, port, '127.0.0.1'),
                    { code: 'ERR_BUFFER_OUT_OF_BOUNDS' });
    }
  }));

test('a slice has the bytes of its view', () =>
  exchange(async (client, server) => {
    const other = short(4, { buffer: secret.buffer, byteOffset: 0, byteLength: 1 });
    client.send(other, 1, 3, server.address().port, '127.0.0.1');
    const [msg] = await once(server, 'message');
    assert.strictEqual(`${msg}`, 'xxx');
  }));

test('sendMany() sends the true lengths', () =>
  exchange(async (client, server) => {
    client.sendMany([short(2, { byteLength: 30 }), [short(1, { length: 9 }), 'y']],
                    server.address().port, '127.0.0.1');
    const [first] = await once(server, 'message');
    const [second] = await once(server, 'message');
    assert.deepStrictEqual([`${first}`, `${second}`], ['xx', 'xy']);
  }));
