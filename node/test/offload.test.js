'use strict';
// The offload options and their effect on the messages that the kernel gets, which
// counts a GSO message as one.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const dgram = require('..');

const COUNT = 1280;
const root = path.join(__dirname, '..');

test('invalid values are refused', () => {
  for (const offload of ['', 'ON', 'yes', null, true, 1, {}]) {
    assert.throws(() => dgram.createSocket({ type: 'udp4', offload }), {
      code: 'ERR_INVALID_ARG_VALUE', name: 'TypeError',
      message: /^The property 'options.offload' must be one of/,
    });
  }
  for (const segmentsMax of ['4', null, true, {}]) {
    assert.throws(() => dgram.createSocket({ type: 'udp4', segmentsMax }),
                  { code: 'ERR_INVALID_ARG_TYPE' });
  }
  for (const segmentsMax of [-1, 1.5, NaN, 2 ** 32]) {
    assert.throws(() => dgram.createSocket({ type: 'udp4', segmentsMax }),
                  { code: 'ERR_OUT_OF_RANGE' });
  }
  for (const offload of [undefined, 'auto', 'off', 'on'])
    dgram.createSocket({ type: 'udp4', offload, segmentsMax: 64 }).close();
});

const program = `
const dgram = require('.');
const socket = dgram.createSocket({ type: 'udp4', ...JSON.parse(process.argv[1]) });
const sent = () => {
  const [names, values] = require('node:fs').readFileSync('/proc/net/snmp', 'utf8')
    .match(/^Udp: .*$/gm).map((line) => line.split(' '));
  return Number(values[names.indexOf('OutDatagrams')]);
};
const before = sent();
socket.sendMany(Array(${COUNT}).fill(Buffer.alloc(100)), 9, '127.0.0.1', (err) => {
  if (err) throw err;
  console.log(sent() - before);
  socket.close();
});
`;

// The counter is that of the whole machine, so these are minimum values.
function messagesOf(options, DGRAM_OFFLOAD) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath, ['-e', program, JSON.stringify(options)],
    { cwd: root, encoding: 'utf8', timeout: 60000,
      env: { ...process.env, DGRAM_OFFLOAD } });
  assert.strictEqual(status, 0, stderr);
  return Number(stdout);
}

const skip = fs.existsSync('/proc/net/snmp') ? false : 'no /proc/net/snmp';

test("'off' sends each datagram as one message", { skip }, () => {
  assert.ok(messagesOf({ offload: 'off' }) >= COUNT);
  assert.ok(messagesOf({ segmentsMax: 1 }) >= COUNT);
});

test('segmentsMax limits the length of messages', { skip }, () => {
  assert.ok(messagesOf({ segmentsMax: 4 }) >= COUNT / 4);
});

test('the environment overrides the options', { skip }, () => {
  assert.ok(messagesOf({ offload: 'on' }, 'off') >= COUNT);
  assert.ok(messagesOf({}, 'no') >= COUNT);
  assert.ok(messagesOf({}, '8') >= COUNT / 8);
});
