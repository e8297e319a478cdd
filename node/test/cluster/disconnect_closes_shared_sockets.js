'use strict';
// A worker that disconnects closes its shared sockets, but not the others.
module.exports.run = async ({ dgram, log, meet }) => {
  const shared = dgram.createSocket('udp4');
  const own = dgram.createSocket('udp4');
  shared.on('close', () => log('shared close'));
  own.on('close', () => log('own close'));
  await new Promise((resolve) => shared.bind(0, '127.0.0.1', resolve));
  await new Promise((resolve) => own.bind(
    { port: 0, address: '127.0.0.1', exclusive: true }, resolve));
  own.unref();
  await meet('bound');
  require('node:cluster').worker.disconnect();
};
