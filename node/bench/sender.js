'use strict';
// node sender.js MODULE HOW PORT SIZE SECONDS: sends as fast as it can. HOW: each
// (bursts of 100 calls of send() with callbacks), many (sendMany() of 1000), connected
// (as each, to the peer), deferred (the same, with deferSends), named (as each, to
// localhost), kept (the same, with lookupTTL). Prints "result" with burst_ns, the time for
// a datagram of a burst: the first decile of the bursts. If nothing reads the receiver,
// other work of the machine hardly changes it.
const [name, how, port, size, seconds] = process.argv.slice(2);
const socket = require(name).createSocket({
  type: 'udp4', deferSends: how === 'deferred', lookupTTL: how === 'kept' ? 60000 : 0,
});
socket.on('error', () => {}); // the receiver ends first
const isConnected = how === 'connected' || how === 'deferred';
const host = how === 'named' || how === 'kept' ? 'localhost' : '127.0.0.1';
const payload = Buffer.alloc(+size);
const list = new Array(1000).fill(payload);
const until = performance.now() + seconds * 1000;
const times = []; // of bursts
let began;

function next() {
  const now = performance.now();
  times.push(now - began);
  if (now < until) setImmediate(burst);
  else end();
}

function end() {
  times.sort((a, b) => a - b);
  const datagrams = how === 'many' ? list.length : 100;
  const decile = times[Math.floor(times.length / 10)];
  console.log(`result burst_ns=${Math.round(decile * 1e6 / datagrams)}`);
  process.exit();
}

function burst() {
  began = performance.now();
  if (how === 'many') {
    socket.sendMany(list, +port, '127.0.0.1', next);
    return;
  }
  let left = 100;
  const sent = () => {
    if (--left === 0) next();
  };
  for (let i = 0; i < 100; i++) {
    if (isConnected) socket.send(payload, sent);
    else socket.send(payload, +port, host, sent);
  }
}

if (isConnected) socket.connect(+port, '127.0.0.1', burst);
else socket.bind(0, '127.0.0.1', burst);
