'use strict';
// loop_in_job.js MODULE ADDON: a promise job, and a callback of a FinalizationRegistry,
// run the event loop. They have no async id. Prints when ticks and jobs of messages run.
const [name, addon] = process.argv.slice(2);
const { turn } = require(addon);
const node = require('node:dgram');
const dgram = require(name);

const COUNT = 10;
const lines = [];
const server = dgram.createSocket('udp4');
const client = node.createSocket('udp4');
let seen = 0;

server.on('message', (msg) => {
  lines.push(`message ${msg}`);
  seen++;
  process.nextTick(() => lines.push(`tick of ${msg}`));
  Promise.resolve().then(() => lines.push(`job of ${msg}`));
});

function runLoop(where) {
  for (let i = 0; i < COUNT; i++) client.send(`${i}`);
  lines.push(`loop in ${where}`);
  const goal = seen + COUNT;
  while (seen < goal) turn();
  lines.push('end of loop');
}

function inRegistry(next) {
  const registry = new FinalizationRegistry(() => {
    runLoop('registry');
    setTimeout(next, 1, registry);
  });
  (() => registry.register({}))();
  setTimeout(() => global.gc(), 1);
}

function end() {
  console.log(lines.join('\n'));
  server.close();
  client.close();
}

server.bind(0, '127.0.0.1', () => {
  client.connect(server.address().port, '127.0.0.1', async () => {
    await null;
    runLoop('job');
    setTimeout(inRegistry, 1, end);
  });
});
