'use strict';
const assert = require('node:assert');
const { once } = require('node:events');
const dgram = require('../..');

// 20 ms are 160 ticks. The sequence numbers wrap.
function packet(sequence, ssrc, letter) {
  const bytes = Buffer.alloc(13);
  bytes.writeUInt16BE(sequence & 0xffff, 2);
  bytes.writeUInt32BE(sequence * 160, 4);
  bytes.writeUInt32BE(ssrc, 8);
  bytes.write(letter, 12);
  bytes[0] = 0x80; // version 2
  return bytes;
}

const first = [
  packet(65532, 7, 'A'), packet(65533, 7, 'B'),
  Buffer.from('80', 'hex'), // shorter than a header
  packet(65535, 7, 'D'), packet(65534, 7, 'C'),
  packet(9, 99, 'X'), packet(20, 99, 'X'), // another source, not in sequence
  Buffer.from('a000fffe00000000000000074109', 'hex'), // more padding than payload
  packet(65536, 7, 'E'), packet(65536, 7, 'E'), // a duplicate
  Buffer.from('8f00fffe00000000000000074141', 'hex'), // no such contributing sources
  Buffer.from('9000fffe0000000000000007be', 'hex'), // no such extension
  packet(65538, 7, 'G'), // F is missing
  packet(50000, 7, 'Y'), // a jump
];

async function lineOf(stream, text, start) {
  while (!text().includes(start)) await once(stream, 'data');
  return text().split('\n').find((line) => line.startsWith(start));
}

module.exports = {
  async 'rtp_receiver.js'(run) {
    const receiver = run.start(0, 12, 500);
    const { stderr, stdout } = receiver.child;
    let played = '';
    let bytes = 0;
    stdout.setEncoding('latin1').on('data', (data) => {
      for (let at = (160 - bytes % 160) % 160; at < data.length; at += 160)
        played += data[at];
      bytes += data.length;
    });
    const line = await lineOf(stderr, () => receiver.errors, 'listening ');
    const to = [Number(line.split(' ')[1]), '127.0.0.1'];
    const sender = dgram.createSocket('udp4');
    const forger = dgram.createSocket('udp4');
    try {
      sender.sendMany(first, ...to);
      forger.sendMany([packet(1, 9, 'Z'), packet(2, 9, 'Z')], ...to);
      while (played.length < 10) await once(stdout, 'data');
      sender.sendMany([packet(700, 8, 'H'), packet(701, 8, 'I')], ...to);
      const [status] = await once(receiver.child, 'close');
      assert.strictEqual(status, 0, receiver.errors);
      assert.strictEqual(played, 'ABCDEUGWgwHI');
      assert.match(receiver.errors, /^frames 12, concealed 4, late 0, duplicates 1, refused 9$/m);
    } finally {
      sender.close();
      forger.close();
    }
  },
};
