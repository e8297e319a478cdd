'use strict';
// createSocket({ steering }): which of the sockets that share a port gets a datagram.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const dgram = require('..');
const test = require('./lib/needs_native')('programs of the kernel');

const root = path.join(__dirname, '..');
const skip = process.platform === 'linux' ? false : 'this system has no steering';
const SOCKETS = 4;
const SOURCES = 100;
const PORTS = 3;

const steered = {
  type: 'udp4', reusePort: true, steering: 'source', steeringSockets: SOCKETS,
  recvBufferSize: 1 << 20,
};

test('invalid values are refused', () => {
  for (const steering of ['', 'CPU', 'program', null, true, 1, {}]) {
    assert.throws(() => dgram.createSocket({ ...steered, steering }), {
      code: 'ERR_INVALID_ARG_VALUE', name: 'TypeError',
      message: /^The property 'options.steering' must be one of: 'cpu', 'source'/,
    });
  }
  for (const reusePort of [undefined, false]) {
    assert.throws(() => dgram.createSocket({ ...steered, reusePort }), {
      code: 'ERR_INVALID_ARG_VALUE',
      message: /^The property 'options.steering' needs options.reusePort/,
    });
  }
  for (const steeringSockets of ['4', null, true]) {
    assert.throws(() => dgram.createSocket({ ...steered, steeringSockets }),
                  { code: 'ERR_INVALID_ARG_TYPE' });
  }
  for (const steeringSockets of [undefined, 0, -1, 1.5, NaN, 65536]) {
    assert.throws(() => dgram.createSocket({ ...steered, steeringSockets }),
                  { code: 'ERR_OUT_OF_RANGE' });
  }
  for (const busyPoll of ['4', null, true])
    assert.throws(() => dgram.createSocket({ type: 'udp4', busyPoll }),
                  { code: 'ERR_INVALID_ARG_TYPE' });
  for (const busyPoll of [-1, 1.5, 2 ** 32])
    assert.throws(() => dgram.createSocket({ type: 'udp4', busyPoll }),
                  { code: 'ERR_OUT_OF_RANGE' });
  dgram.createSocket({ type: 'udp4', steeringSockets: 4, busyPoll: 4 }).close();
});

async function openGroup(onMessage) {
  const group = [];
  let port = 0;
  for (let i = 0; i < SOCKETS; i++) {
    const socket = dgram.createSocket(steered);
    socket.on('message', (msg) => onMessage(msg.toString(), i));
    socket.bind(port, '0.0.0.0');
    await once(socket, 'listening');
    ({ port } = socket.address());
    group.push(socket);
  }
  return group;
}

async function sendFrom(address, port) {
  const socket = dgram.createSocket('udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  await new Promise((resolve) => socket.send(address, port, '127.0.0.1', resolve));
  socket.close();
}

test("'source' keeps an address on one socket", { skip }, async () => {
  const reached = new Map(); // Set of sockets by address
  let received = 0;
  let done;
  const all = new Promise((resolve) => {
    done = resolve;
  });
  const group = await openGroup((address, index) => {
    reached.set(address, (reached.get(address) ?? new Set()).add(index));
    if (++received === SOURCES * PORTS) done();
  });
  for (let i = 0; i < SOURCES; i++) {
    for (let n = 0; n < PORTS; n++)
      await sendFrom(`127.0.1.${i + 1}`, group[0].address().port);
  }
  await all;
  assert.strictEqual(reached.size, SOURCES);
  for (const sockets of reached.values()) assert.strictEqual(sockets.size, 1);
  const used = new Set([...reached.values()].map(([index]) => index));
  assert.strictEqual(used.size, SOCKETS);
  for (const socket of group) socket.close();
});

// What the kernel was asked for by a socket with these options.
function traceOf(options, bind) {
  const program = `
    const socket = require('.').createSocket(JSON.parse(process.argv[1]));
    socket.on('listening', () => socket.close());
    ${bind};`;
  const { status, stderr } = spawnSync(
    process.execPath, ['-e', program, JSON.stringify(options)],
    { cwd: root, encoding: 'utf8', timeout: 60000,
      env: { ...process.env, DGRAM_TRACE: '1' } });
  assert.strictEqual(status, 0, stderr);
  return stderr;
}

test('it is for sockets that are bound with reusePort', { skip }, () => {
  const cpu = { ...steered, steering: 'cpu' };
  assert.match(traceOf(cpu, 'socket.bind(0)'), /SO_ATTACH_REUSEPORT_CBPF/);
  assert.match(traceOf(cpu, "socket.bindSync(); "), /SO_ATTACH_REUSEPORT_CBPF/);
  assert.doesNotMatch(
    traceOf(cpu, "socket.addMembership('224.0.0.114', '127.0.0.1'); socket.close()"),
    /SO_ATTACH_REUSEPORT_CBPF/);
});

test('busyPoll is passed to the kernel', { skip }, () => {
  assert.match(traceOf({ type: 'udp4', busyPoll: 50 }, 'socket.bind(0)'),
               /SO_BUSY_POLL, 50/);
  assert.doesNotMatch(traceOf({ type: 'udp4' }, 'socket.bind(0)'), /SO_BUSY_POLL/);
});
