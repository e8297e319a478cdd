'use strict';
// random_flow.js SEED STEPS [listener]: does random things with a socket that receives
// numbered datagrams: it pauses, iterates, breaks, awaits and lets the loop run. In the end
// each number was taken once: by an iterator; or with `listener` in order by a listener of
// 'message' that is always there, and by no two iterators. Prints "SEED ok".
const assert = require('node:assert');
const dgram = require('../..');
const { open, own } = require('./flow');

const [seed, steps, how] = process.argv.slice(2);
let state = +seed;

// Returns an integer below `limit`.
function random(limit) {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return (state >> 8) % limit;
}

const turn = () => new Promise(setImmediate);
const iterated = [];
const heard = [];
let sent = 0;

async function main() {
  const server = await open({ pooled: random(2) === 0 });
  const client = dgram.createSocket('udp4');
  const { port } = server.address();
  const onMessage = (msg) => {
    heard.push(+msg);
    if (random(40) === 0) server.pause();
    if (random(40) === 0) server.resume();
  };
  if (how) {
    server.on('message', onMessage);
    if (random(2) === 0) server.on('messages', () => random(9) === 0 && server.pause());
  }
  const iterators = [];
  const calls = [];

  const deeds = [
    () => { // what waits fits in the buffer of the kernel
      if (sent - Math.max(heard.length, iterated.length) > 1000) return;
      const list = Array.from({ length: 1 + random(60) }, () => `${sent++}`);
      return new Promise((done) => client.sendMany(list, port, own, done));
    },
    () => {
      iterators.push(server.iterate({ highWaterMark: 1 + random(80) }));
    },
    async () => { // takes some that are there
      if (how || iterators.length === 0) return;
      const iterator = iterators[random(iterators.length)];
      for (let i = random(50); i > 0 && iterated.length < sent; i--) {
        if (calls.length > 0) return;
        server.resume();
        const { value: [msg] } = await iterator.next();
        iterated.push(+msg);
      }
    },
    () => { // a call that may wait
      if (iterators.length === 0 || calls.length > 3) return;
      const call = iterators[random(iterators.length)].next().then(({ value, done }) => {
        calls.splice(calls.indexOf(call), 1);
        if (!done) iterated.push(+value[0]);
      });
      calls.push(call);
    },
    () => {
      if (iterators.length > 0)
        return iterators.splice(random(iterators.length), 1)[0].return();
    },
    () => { // without an iterator nobody would get them
      if (how || iterators.length > 0) server.resume();
    },
    () => {
      server.pause();
    },
    turn, turn,
  ];
  if (!how) server.pause();
  for (let i = 0; i < steps; i++) await deeds[random(deeds.length)]();

  if (how) {
    for (const iterator of iterators) await iterator.return();
    while (heard.length < sent) {
      server.resume();
      await turn();
    }
    await turn();
    assert.deepStrictEqual(heard, Array.from({ length: sent }, (_, i) => i));
    assert.strictEqual(new Set(iterated).size, iterated.length);
  } else {
    const last = server.iterate();
    while (iterated.length < sent) {
      const { value: [msg] } = await last.next();
      iterated.push(+msg);
    }
    assert.deepStrictEqual(iterated.sort((a, b) => a - b),
                           Array.from({ length: sent }, (_, i) => i));
  }
  server.close();
  client.close();
  console.log(`${seed} ok`);
}

main();
