'use strict';
// Callbacks come in the order of the sends, whoever refuses one of them; those of a
// connected socket have ticks of their own; those that waited for the bind run in
// the context of what began it.
const { AsyncLocalStorage } = require('node:async_hooks');

const TOO_LONG = Buffer.alloc(70000);

module.exports = ({ dgram, log }) => {
  const store = new AsyncLocalStorage();
  const socket = dgram.createSocket('udp4');
  const peer = dgram.createSocket('udp4');
  const end = () => {
    socket.close();
    peer.close();
  };
  const tell = (name) => (err) => log(name, err?.code ?? 'sent', store.getStore());

  const connected = () => {
    socket.send('a', tell('a'));
    process.nextTick(log, 'a tick between');
    store.run('of b', () => socket.send('b', tell('b')));
    socket.send(TOO_LONG, tell('too long'));
    store.run('of c', () => socket.send('c', tell('c')));
    setImmediate(end);
  };
  const unconnected = () => {
    socket.send('a', 9, tell('a'));
    socket.send(TOO_LONG, 9, tell('too long'));
    socket.send('other', 9, '::1', tell('other'));
    store.run('of b', () => socket.send('b', 9, tell('b')));
    setImmediate(() => socket.connect(peer.address().port, () => setImmediate(connected)));
  };
  peer.bind(0, '127.0.0.1', () => {
    store.run('bind', () => socket.bind(0));
    store.run('waiting', () => socket.send('w', 9, (err) => {
      tell('waiting')(err);
      setImmediate(unconnected);
    }));
  });
};
