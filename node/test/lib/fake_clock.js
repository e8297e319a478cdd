'use strict';
// fake_clock.js WHEN MODULE [sandbox]: installs a fake clock that runs nothing, before
// or after the module is loaded, in the process or in a sandbox; then removes it; then
// installs it again. Prints what happens.
const makeSandbox = require('./sandbox');

const own = {
  nextTick: process.nextTick, setImmediate, setTimeout, setInterval, queueMicrotask,
  performance,
};
const [when, name, sandboxed] = process.argv.slice(2);
const { globals, load } = sandboxed && name !== 'node:dgram' ? makeSandbox() :
  { globals: sandboxed ? { process: {} } : globalThis, load: require };

function setClock({ nextTick, ...others }) {
  globals.process.nextTick = nextTick;
  for (const [key, value] of Object.entries(others)) {
    Object.defineProperty(globals, key, {
      value, configurable: true, writable: true,
    });
  }
}

const nothing = () => {};
const fake = {
  nextTick: nothing, setImmediate: nothing, setTimeout: nothing,
  setInterval: nothing, queueMicrotask: nothing, performance: { now: () => 0 },
};

async function use(dgram, label) {
  const happens = (what, run) => new Promise((resolve) => {
    run((...args) => {
      console.log(label, what, ...args);
      resolve();
    });
  });
  const server = dgram.createSocket('udp4');
  const client = dgram.createSocket('udp4');
  const got = [];
  server.on('message', (msg) => got.push(`${msg}`));
  await happens('bound', (call) => server.bind(0, '127.0.0.1', call));
  const { port } = server.address();
  client.send('silent', port, '127.0.0.1');
  await happens('sent', (call) => client.send('told', port, '127.0.0.1', call));
  await happens('connected', (call) => client.connect(port, '127.0.0.1', call));
  await happens('sent to the peer', (call) => client.send('peer', call));
  while (got.length < 3)
    await new Promise((resolve) => own.setImmediate(resolve));
  console.log(label, got.join());
  await happens('client closed', (call) => client.close(call));
  await happens('server closed', (call) => server.close(call));
}

async function main() {
  if (when === 'before') setClock(fake);
  const dgram = load(name);
  setClock(fake);
  await use(dgram, 'fake:');
  setClock(own);
  await use(dgram, 'own:');
  setClock(fake);
  await use(dgram, 'fake again:');
}

main();
