'use strict';
// --abort-on-uncaught-exception: the process aborts where the exception is thrown, with
// that stack, as with node:dgram.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');

const root = path.join(__dirname, '..');

const prelude = (name) => `
  const dgram = require(${JSON.stringify(name)});
  const thrower = () => { throw new Error('thrown here'); };
  const open = (done) => {
    const socket = dgram.createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => done(socket, socket.address().port));
  };`;

const programs = {
  'a listener': `open((socket, port) => {
    socket.on('message', thrower);
    socket.send('x', port, '127.0.0.1');
  });`,
  'a tick of a listener': `open((socket, port) => {
    socket.on('message', () => process.nextTick(thrower));
    socket.send('x', port, '127.0.0.1');
  });`,
  'the second of two listeners in a wake-up': `open((socket, port) => {
    let count = 0;
    socket.on('message', () => ++count === 2 && thrower());
    for (let i = 0; i < 9; i++) socket.send('x', port, '127.0.0.1');
  });`,
  'the callback of a send': `open((socket, port) => {
    socket.send('x', port, '127.0.0.1', thrower);
  });`,
  'the callback of a send to the peer': `open((socket, port) => {
    socket.connect(port, '127.0.0.1', () => socket.send('x', thrower));
  });`,
  'the callback of a bind': `open(thrower);`,
  'a listener of errors': `open((socket) => {
    socket.on('error', thrower);
    open((gone, port) => gone.close(() => socket.connect(port, '127.0.0.1', () => {
      socket.send('x');
      setTimeout(() => process.exit(3), 2000);
    })));
  });`,
};

function run(name, code) {
  const { signal, status, stderr } = spawnSync('sh', [
    '-c', 'ulimit -c 0; exec "$0" "$@"', process.execPath,
    '--abort-on-uncaught-exception', '-e', prelude(name) + code,
  ], { encoding: 'utf8', timeout: 60000 });
  return { signal, status, stderr };
}

for (const [what, code] of Object.entries(programs)) {
  test(`${what} aborts at the throw`, () => {
    const expected = run('node:dgram', code);
    assert.notStrictEqual(expected.signal, null);
    const { signal, stderr } = run(root, code);
    assert.strictEqual(signal, expected.signal, stderr);
    assert.match(stderr, /thrown here\n\nFROM\n(Socket\.)?thrower /);
  });
}

test("'messages' abort at the throw", () => {
  const { signal, stderr } = run(root, `open((socket, port) => {
    socket.on('messages', thrower);
    socket.send('x', port, '127.0.0.1');
  });`);
  assert.notStrictEqual(signal, null);
  assert.match(stderr, /thrown here\n\nFROM\n(Socket\.)?thrower /);
});
