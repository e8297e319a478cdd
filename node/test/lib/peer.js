'use strict';
// A socket that sends what the parent tells it to, and tells the parent what it receives.
// Arguments: type and address.
const dgram = require('../..');

const [type, address] = process.argv.slice(2);
const socket = dgram.createSocket({ type, recvInfo: true });

socket.on('message', (msg, rinfo) => process.send({ msg: `${msg}`, ...rinfo }));
process.on('message', (message) => socket.sendOne(message, (err) => {
  if (err) throw err;
}));
process.on('disconnect', () => process.exit());
socket.bind(0, address, () => {
  if (type === 'udp4') socket.setBroadcast(true);
  process.send(socket.address().port);
});
