'use strict';
// Receives by an interface, and prints its name before and after it gets another one, and
// after it is created again. In a network namespace of its own.
const { execSync } = require('node:child_process');
const { once } = require('node:events');
const dgram = require('../..');
const waitForNetwork = require('./wait_for_network');

const ip = (args) => execSync(`ip ${args}`);
const server = dgram.createSocket({ type: 'udp4', recvInfo: { interface: true } });
const client = dgram.createSocket('udp4');

// What the host sends to itself is received by the loopback, but what it sends to a group
// by the interface that sent it.
async function receive() {
  client.sendOne({ msg: 'x', port: server.address().port, address: '224.0.0.251',
                   localAddress: '10.9.0.1' });
  const [, rinfo] = await once(server, 'message');
  return rinfo.interface;
}

function make(name) {
  ip(`link add ${name} type veth peer name other`);
  ip('link set other up');
  ip(`addr add 10.9.0.1/24 dev ${name}`);
  ip(`link set ${name} up`);
  waitForNetwork();
}

async function twice() {
  const names = [];
  for (let i = 0; i < 2; i++) names.push(await receive());
  return names.join(' ');
}

async function run() {
  make('d0');
  server.addMembership('224.0.0.251', '10.9.0.1');
  const out = [await twice()];
  ip('link set d0 down');
  ip('link set d0 name renamed');
  ip('link set renamed up');
  waitForNetwork();
  out.push(await twice());
  ip('link del renamed');
  make('again');
  server.addMembership('224.0.0.251', '10.9.0.1');
  out.push(await twice());
  console.log(out.join(' '));
  server.close();
  client.close();
}

ip('link set lo up');
server.bind(0, run);
