'use strict';
// Asks a socket for its addresses after their interface was removed. Its argument is the
// module.
const { execFileSync } = require('node:child_process');
const { inspect } = require('node:util');
const dgram = require(process.argv[2]);

const ip = (...args) => execFileSync('ip', args);
const show = (text) => process.stdout.write(`${text}\n`);

function ask(socket, method) {
  try {
    show(`${method} ${inspect(socket[method]().address)}`);
  } catch (err) {
    // The stack has the paths of the module.
    const { stack, ...members } = err;
    show(`${method} ${stack.split('\n')[0]} ${inspect(members)}`);
  }
}

ip('link', 'set', 'lo', 'up');
ip('link', 'add', 'd0', 'type', 'veth', 'peer', 'name', 'd1');
ip('link', 'set', 'd1', 'up');
ip('link', 'set', 'd0', 'up');
ip('-6', 'addr', 'add', 'fe80::99/64', 'dev', 'd0', 'nodad');
const socket = dgram.createSocket('udp6');
socket.bind(0, 'fe80::99%d0', () => {
  socket.connect(9, 'fe80::98%d0', () => {
    ask(socket, 'address');
    ask(socket, 'remoteAddress');
    ip('link', 'del', 'd0');
    ask(socket, 'address');
    ask(socket, 'remoteAddress');
    socket.close();
  });
});
