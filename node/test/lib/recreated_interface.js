'use strict';
// Sends to the name of an interface, removes the interface, sends, creates it again, and
// sends again, three times. Some datagrams are sent alone, others with unscoped ones.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const { setTimeout } = require('node:timers/promises');
const dgram = require(process.argv[2]);

const ip = (...args) => execFileSync('ip', args);
const socket = dgram.createSocket('udp6');

function make() {
  ip('link', 'add', 'd0', 'type', 'veth', 'peer', 'name', 'd1');
  ip('link', 'set', 'd1', 'up');
  ip('link', 'set', 'd0', 'up');
}

function send(host) {
  return new Promise((resolve) => {
    socket.send('x', 9, host, (err, bytes) => {
      resolve(`${host} ${err ? err.code : bytes}`);
    });
  });
}

// A new interface may need a moment until it can send.
async function untilItSends() {
  let last;
  for (let i = 0; i < 500 && last !== 'ff02::fb%d0 1'; i++) {
    if (i > 0) await setTimeout(20);
    last = await send('ff02::fb%d0');
  }
}

async function sendAll() {
  const hosts = ['ff02::fb%d0', '::1', 'ff02::fb%d0'];
  const lines = await Promise.all(hosts.map(send));
  lines.push(await send('ff02::fb%d0'));
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function run() {
  // Disables duplicate address detection, so that the address is usable at once.
  fs.writeFileSync('/proc/sys/net/ipv6/conf/default/accept_dad', '0');
  ip('link', 'set', 'lo', 'up');
  for (let i = 0; i < 3; i++) {
    make();
    await untilItSends();
    await sendAll();
    ip('link', 'del', 'd0');
    await sendAll();
  }
  socket.close();
}

socket.bind(0, run);
