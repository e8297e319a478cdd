'use strict';
// node bench/flood.js [SIZE]: one process floods another, with node:dgram on
// both sides and with libdgram on both sides, in interleaved rounds. Bursts of
// 100 sends with callbacks and a 'message' listener; then sendMany() and
// 'messages'. Prints medians, in thousand messages a second.
const { fork } = require('node:child_process');
const path = require('node:path');

const ROUNDS = 5;
const SECONDS = 1;
const BURST = 100;
const SIDES = [
  ['node:dgram', 'each'], ['libdgram', 'each'], ['libdgram', 'many'],
];

function load(name) {
  return require(name === 'libdgram' ? path.join(__dirname, '..') : name);
}

function receive(name, how) {
  const socket = load(name).createSocket({
    type: 'udp4', recvBufferSize: 4 << 20,
  });
  let count = 0;
  let start = 0;
  const note = (n) => {
    count += n;
    const now = performance.now();
    if (start === 0) start = now;
    if (now - start < SECONDS * 1000) return;
    process.send({ rate: count / (now - start) });
    process.exit();
  };
  let unseen = 0;
  if (how === 'many') socket.on('messages', (list) => note(list.length));
  else socket.on('message', () => ++unseen === 64 && note(unseen) || (unseen %= 64));
  socket.bind(0, '127.0.0.1', () => process.send({ port: socket.address().port }));
}

function send(name, how, port, size) {
  const socket = load(name).createSocket('udp4');
  const payload = Buffer.alloc(size);
  const list = new Array(BURST * 10).fill(payload);
  const burst = () => {
    if (how === 'many') {
      socket.sendMany(list, port, '127.0.0.1', () => setImmediate(burst));
      return;
    }
    let left = BURST;
    const sent = () => --left === 0 && setImmediate(burst);
    for (let i = 0; i < BURST; i++)
      socket.send(payload, port, '127.0.0.1', sent);
  };
  socket.bind(0, '127.0.0.1', burst);
}

function rateOf(name, how, size) {
  return new Promise((resolve) => {
    const receiver = fork(__filename, ['receive', name, how]);
    let sender;
    receiver.on('message', ({ port, rate }) => {
      if (port) {
        sender = fork(__filename, ['send', name, how, port, size]);
        return;
      }
      sender.kill();
      sender.on('exit', () => resolve(rate));
    });
  });
}

async function main(size) {
  const rates = SIDES.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < SIDES.length; i++)
      rates[i].push(await rateOf(...SIDES[i], size));
  }
  const medians = rates.map((list) => list.sort((a, b) => a - b)[ROUNDS >> 1]);
  SIDES.forEach(([name, how], i) => console.log(
    `${name}, ${how}, ${size} B: ${medians[i].toFixed(0)} thousand a second, ` +
    `${(medians[i] / medians[0]).toFixed(1)} x`));
}

const [role, ...args] = process.argv.slice(2);
if (role === 'receive') receive(args[0], args[1]);
else if (role === 'send') send(args[0], args[1], +args[2], +args[3]);
else main(+(role ?? 64));
