'use strict';
// recvStop() of the handle, where Node has it: what arrives is received after recvStart(),
// and a socket that does not read lets the process end.
module.exports = ({ dgram, log }) => {
  if (!('_handle' in dgram.Socket.prototype)) {
    log('no handle');
    return;
  }
  const client = dgram.createSocket('udp4');
  const server = dgram.createSocket('udp4', (msg) => {
    log('message', msg);
    if (msg.toString() === 'stop') log('stop', server._handle.recvStop());
    if (msg.toString() !== 'last') return;
    log('stop', server._handle.recvStop(), server._handle.recvStop());
    client.close();
  });
  server.on('close', () => log('is not closed'));
  process.on('exit', () => log('exit', server._receiving));
  const send = (text) => new Promise((resolve) => {
    client.send(text, server.address().port, '127.0.0.1', resolve);
  });
  server.bind(0, '127.0.0.1', async () => {
    for (const text of ['first', 'stop', 'kept', 'last']) await send(text);
    setTimeout(() => {
      log('start', server._handle.recvStart(), server._handle.recvStart());
    }, 50);
  });
};
