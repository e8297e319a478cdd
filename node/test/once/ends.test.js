'use strict';
// A program that ends, or throws, in a callback of a socket has the same exit code and
// output as with node:dgram, and the same code still runs.
const assert = require('node:assert');
const { spawn } = require('node:child_process');
const { text } = require('node:stream/consumers');
const path = require('node:path');
const { test } = require('node:test');

const root = path.join(__dirname, '..', '..');
const acts = {
  'process.exit()': 'process.exit(7);',
  'an exception': "throw new Error('out of it');",
  'an exception that is caught': "throw new Error('out of it');",
  'a rejection': "Promise.reject(new Error('out of it'));",
};
const places = [
  'listening', 'message', 'send', 'connect', 'error', 'close', 'bind', 'lookup',
];

// After an exception in these places, nothing else happens and the sockets stay open.
const ending = new Set(['listening', 'connect', 'lookup']);

// Each place is reached once, and one of them acts.
const program = (name, place, act) => `
  const dgram = require(${JSON.stringify(name)});
  const act = (place) => {
    console.log(place);
    if (place === '${place}') { ${acts[act]} }
  };
  if (${act.endsWith('caught')})
    process.on('uncaughtException', (err) => {
      console.log('caught', err.message);
      if (${ending.has(place)}) setTimeout(closeBoth, 200);
    });
  const closeBoth = () => {
    console.log('nothing else');
    server.close();
    client.close();
  };
  process.on('exit', (code) => console.log('exit', code));
  const server = dgram.createSocket('udp4');
  const client = dgram.createSocket({ type: 'udp4',
    lookup(host, family, callback) {
      act('lookup');
      callback(null, '127.0.0.1', 4);
    } });
  server.on('listening', () => act('listening'));
  let left = 2;
  server.on('message', () => {
    if (--left === 0) setImmediate(finish);
    act('message');
  });
  const finish = () => {
    setImmediate(() => {
      server.close();
      client.close();
    });
    server.emit('error', new Error('made up'));
  };
  server.on('error', () => act('error'));
  server.on('close', () => act('close'));
  server.bind(0, '127.0.0.1', () => {
    client.on('connect', () => act('connect'));
    client.connect(server.address().port, 'name', () => {
      client.send('one', () => act('send'));
      client.send('two', () => {});
    });
    act('bind');
  });`;

async function outcome(...args) {
  const child = spawn(process.execPath,
                      ['--no-warnings', '-e', program(...args)],
                      { timeout: 60000 });
  const exited = new Promise((resolve) =>
    child.on('exit', (code, signal) => resolve({ code, signal })));
  const [stdout, stderr] = await Promise.all(
    [text(child.stdout), text(child.stderr)]);
  // The stack frames of the modules differ. For an exception in a 'message' listener,
  // the line shown is where it was created, not where it was thrown.
  return { ...await exited, stdout,
           stderr: stderr.replace(/^ {4}at .*\n/gm, '')
             .replace(/^ *\^+$/gm, '^') };
}

for (const act of Object.keys(acts)) {
  for (const place of places) {
    test(`${act} in ${place}`, { timeout: 70000 }, async () => {
      const [expected, got] = await Promise.all(
        ['node:dgram', root].map((name) => outcome(name, place, act)));
      assert.match(expected.stdout, new RegExp(`^${place}$`, 'm'));
      assert.strictEqual(expected.signal, null); // it ended by itself
      assert.deepStrictEqual(got, expected);
    });
  }
}
