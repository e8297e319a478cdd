'use strict';
// nested_loop.js MODULE ADDON: listeners run the event loop to wait for other messages.
// In it they send, receive and close. Prints what was received.
const [name, addon] = process.argv.slice(2);
const { turn } = require(addon);
const dgram = require(name);

const COUNT = 200;
const own = '127.0.0.1';

// Does what the package deasync does.
function loopWhile(condition) {
  while (condition()) {
    process._tickCallback();
    if (condition()) turn();
  }
}

let timeLeft = true;
setTimeout(() => {
  timeLeft = false;
}, 20000).unref();

const open = (type, address) => new Promise((resolve) => {
  const socket = dgram.createSocket(type);
  socket.bind(0, address, () => resolve(socket));
});

function fill(to, count) {
  return new Promise((resolve) => {
    const client = dgram.createSocket('udp4');
    let left = count;
    for (let i = 0; i < count; i++) {
      client.send(Buffer.alloc(1 + i % 50, i), to, own, () => {
        if (--left === 0) client.close(resolve);
      });
    }
  });
}

// Waits in many listeners, in some for the echo of their own datagram. Some pause the
// socket, if it can be paused.
async function nested() {
  const server = await open('udp4', own);
  const other = await open('udp4', own);
  const echoes = new Set();
  const order = [];
  let depth = 0;
  other.on('message', (msg) => echoes.add(msg[0]));
  server.on('message', (msg) => {
    if (msg.length !== 1 + msg[0] % 50) order.push('torn');
    order.push(msg[0]);
    if (msg[0] % 5 === 0 && server.pause) {
      server.pause();
      setImmediate(() => server.resume());
    }
    if (depth === 8) return;
    depth++;
    if (msg[0] % 3 === 0) {
      server.send(Buffer.of(msg[0]), other.address().port, own);
      loopWhile(() => timeLeft && !echoes.has(msg[0]));
    } else {
      const goal = Math.min(order.length + 20, COUNT);
      loopWhile(() => timeLeft && order.length < goal);
    }
    depth--;
  });
  await fill(server.address().port, COUNT);
  while (timeLeft && order.length < COUNT) await new Promise(setImmediate);
  console.log('all', new Set(order).size, 'once', order.length,
              'whole', !order.includes('torn'));
  server.close();
  other.close();
}

// The socket is closed and freed while its listener waits.
async function closedWithin() {
  const server = await open('udp4', own);
  let closed = false;
  let seen = 0;
  server.on('close', () => {
    closed = true;
  });
  server.on('message', () => {
    seen++;
    setImmediate(() => server.close());
    loopWhile(() => timeLeft && !closed);
    for (let i = 0; i < 5; i++) setImmediate(() => {});
    loopWhile(() => timeLeft && seen === 0);
    global.gc();
    turn();
  });
  setImmediate(() => {}); // for that iteration
  await fill(server.address().port, 1);
  while (timeLeft && !closed) await new Promise(setImmediate);
  console.log('closed', closed, seen);
}

// Checks the memory afterwards.
async function mapped() {
  const server = await open('udp6', '::');
  const client = await open('udp6', '::');
  server.on('message', (msg) => {
    console.log('mapped', `${msg}`);
    server.close();
    client.close();
  });
  client.send('over', server.address().port, '::ffff:127.0.0.1', (err, bytes) =>
    console.log('sent', err, bytes));
}

nested().then(closedWithin).then(mapped);
