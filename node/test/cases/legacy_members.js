'use strict';
module.exports = ({ dgram, log, attempt }) => {
  process.on('warning', ({ name, code, message }) => log('warning', name, code, message));
  const socket = dgram.createSocket({ type: 'udp4', reuseAddr: true });
  const state = (when) => {
    attempt(when, () => [typeof socket._handle, socket._handle === null,
                         socket._receiving, socket._bindState,
                         Array.isArray(socket._queue), socket._reuseAddr]);
    attempt(when, () => socket._healthCheck());
  };
  state('unbound');
  attempt('fd', () => socket._handle.fd);
  socket.bind(0, '127.0.0.1');
  socket.send('x', 9, () => {});
  state('binding');
  socket.on('listening', () => {
    state('bound');
    attempt('fd', () => socket._handle.fd > 2);
    attempt('methods', () => ['close', 'ref', 'unref', 'hasRef', 'getsockname', 'fd',
                              'getAsyncId', 'recvStart', 'recvStop']
      .map((name) => typeof socket._handle[name]));
    attempt('stop', () => socket._stopReceiving());
    attempt('receiving', () => socket._receiving);
    attempt('hasRef', () => socket._handle.hasRef());
    attempt('hasRef', () => socket.unref()._handle.hasRef());
    socket.close();
    state('closed');
    if (!dgram._createSocketHandle) return;
    const handle = dgram._createSocketHandle('127.0.0.1', 0, 'udp4');
    const adopted = dgram.createSocket('udp4');
    adopted.on('message', (msg) => {
      log('message', msg);
      adopted.close();
    });
    let listening = false;
    attempt('adopt', () => adopted.bind(handle, () => {
      listening = true;
    }) === adopted);
    log(listening, adopted.address().address, adopted.address().port > 0);
    attempt('again', () => adopted.bind(0));
    attempt('taken', () => dgram._createSocketHandle('192.0.2.1', 0, 'udp4'));
    adopted.send('x', adopted.address().port);
  });
};
