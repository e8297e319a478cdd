'use strict';
// forbidden_network.js MODULE: prints the results of calls where the network is denied.
const dgram = require(process.argv[2]);

const own = '127.0.0.1';

function show(label, err) {
  console.log(label, err.message, err.code, err.syscall, err.address,
              Object.keys(err), JSON.stringify(err.errno));
}

const calls = {
  bind: (socket) => socket.bind(0, own),
  send: (socket) => socket.send('x', 9, () => console.log('never')),
  connect: (socket) => socket.connect(9, () => console.log('never')),
  name: (socket) => socket.bind(0, 'localhost'),
};

for (const [label, call] of Object.entries(calls)) {
  const socket = dgram.createSocket('udp4');
  socket.on('error', (err) => {
    show(label, err);
    socket.close();
  });
  call(socket);
}
if (require('node:dgram').Socket.prototype.bindSync) {
  try {
    dgram.createSocket('udp4').bindSync();
  } catch (err) {
    show('bindSync', err);
  }
}
