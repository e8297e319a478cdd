'use strict';
const assert = require('node:assert');
const dgram = require('node:dgram');
const { once } = require('node:events');
const freePort = require('../lib/free_port');

// A timestamp of now, and so many seconds.
function writeTime(packet, at, ahead) {
  const ms = Date.now() + 1000 * ahead;
  packet.writeUInt32BE(Math.floor(ms / 1000) + 2208988800, at);
  packet.writeUInt32BE(Math.floor(ms % 1000 / 1000 * 2 ** 32), at + 4);
}

// An answer that is `ahead` seconds ahead. `spoil` changes it.
function answerTo(request, ahead, spoil = () => {}) {
  const answer = Buffer.alloc(48);
  answer[0] = 4 << 3 | 4;
  answer[1] = 2;
  request.copy(answer, 24, 40);
  writeTime(answer, 32, ahead);
  writeTime(answer, 40, ahead);
  spoil(answer);
  return answer;
}

// Returns the port. `answers` are [ahead, spoil], sent in order.
async function server(...answers) {
  const socket = dgram.createSocket('udp4', (msg, { port }) => {
    for (const [ahead, spoil] of answers)
      socket.send(answerTo(msg, ahead, spoil), port, '127.0.0.1');
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.unref(); // a test that fails ends, too
  return socket.address().port;
}

module.exports = {
  async 'ntp_client.js'(run) {
    const noOrigin = (answer) => answer[31] ^= 1;
    const ports = await Promise.all([server([5]), server([-3]),
                                     server([100, noOrigin], [0])]);
    const output = await run.start(...ports.map((port) => `127.0.0.1:${port}`)).ended();
    for (const [i, seconds] of [5, -3, 0].entries()) {
      const line = new RegExp(
        `^127.0.0.1:${ports[i]}: offset (.*) s, delay (.*) s, stratum 2$`, 'm');
      const [, offset, delay] = output.match(line) ?? assert.fail(output);
      // This server has milliseconds, and Node's clock may differ a little.
      assert.ok(Math.abs(offset - seconds) <= delay / 2 + 0.5, output);
    }
    assert.match(output, /^median of 3: offset [+-]0\./m);

    const useless = {
      'kiss of death: 52415445': (answer) => {
        answer[1] = 0;
        answer.write('RATE', 12);
      },
      'not synchronized': (answer) => answer[0] |= 3 << 6,
      'too far from its reference clock': (answer) => answer.writeUInt32BE(2 << 16, 8),
      'no time': (answer) => answer.fill(0, 32, 48),
      'impossible times': (answer) => writeTime(answer, 40, -5),
      'no answer': noOrigin,
    };
    const names = await Promise.all(Object.values(useless).map(
      async (spoil) => `127.0.0.1:${await server([1, spoil])}`));
    const nobody = `127.0.0.1:${await freePort(dgram)}`;
    const program = run.start(...names, nobody);
    assert.strictEqual(await program.ended(1), '');
    for (const [i, text] of Object.keys(useless).entries())
      assert.ok(program.errors.includes(`${names[i]}: ${text}\n`), program.errors);
    assert.match(program.errors, new RegExp(`^${nobody}: .*ECONNREFUSED$`, 'm'));
  },
};
