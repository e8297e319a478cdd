'use strict';
// transfer_parent.js MODULE [NODE_OPTIONS of the child]: sends sockets of the module to
// a child process. Prints what both see.
const { fork } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');

const [name, options] = process.argv.slice(2);
const dgram = require(name);
const child = fork(path.join(__dirname, 'transfer_child.js'), {
  execArgv: [], env: { ...process.env, NODE_OPTIONS: options ?? '' },
});
const log = (...values) => console.log(JSON.stringify(values));
const errorOf = (message, socket) => new Promise((resolve) => {
  child.send(message, socket, resolve);
});

async function bound(type) {
  const socket = dgram.createSocket(type);
  socket.bind(0, type === 'udp4' ? '127.0.0.1' : '::1');
  await once(socket, 'listening');
  return socket;
}

async function give(type) {
  const socket = await bound(type);
  const client = await bound(type);
  const { port, address } = socket.address();
  const answer = once(client, 'message');
  const read = [];
  socket.on('message', (msg) => read.push(msg.toString()));
  const ready = once(child, 'message');
  log(await errorOf({ type, port: client.address().port }, socket));
  log(...await ready);
  // Both read: datagrams are sent until the child has received one. The parent sleeps
  // after each, so that the child is the first to see it.
  const done = once(child, 'message');
  let ended = false;
  done.then(() => {
    ended = true;
  });
  for (let i = 0; i < 500 && !ended; i++) {
    await new Promise((resolve) =>
      client.send('to whom it comes', port, address, resolve));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const [seen] = await done;
  delete seen[0].port;
  log(...seen);
  const [msg, rinfo] = await answer;
  log(msg.toString(), rinfo.port === port);
  // The socket of the parent stays open.
  const last = (async () => {
    while (!read.includes('again')) await once(socket, 'message');
  })();
  client.send('again', port, address);
  await last;
  log('the parent reads');
  log(await errorOf({ type, port: client.address().port }, socket));
  await once(child, 'message');
  socket.close();
  client.close();
}

(async () => {
  const closed = dgram.createSocket('udp4');
  closed.close();
  const answer = once(child, 'message');
  log(await errorOf('closed', closed));
  log(...await answer);
  const unbound = dgram.createSocket('udp4');
  const err = await errorOf('unbound', unbound);
  log(err.message, err.code, err.errno, err.syscall);
  unbound.bind(0);
  await once(unbound, 'listening');
  unbound.close();
  await give('udp4');
  await give('udp6');
  child.kill();
})();
