'use strict';
// Callbacks run in the order of the sends, also if one is refused. Those of a connected
// socket have ticks of their own. Those of sends that waited for the bind run in the
// context of the call that started it.
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
  const report = (name) => (err) => log(name, err?.code ?? 'sent', store.getStore());

  const connected = () => {
    socket.send('a', report('a'));
    process.nextTick(log, 'a tick between');
    store.run('of b', () => socket.send('b', report('b')));
    socket.send(TOO_LONG, report('too long'));
    store.run('of c', () => socket.send('c', report('c')));
    setImmediate(end);
  };
  const unconnected = () => {
    socket.send('a', 9, report('a'));
    socket.send(TOO_LONG, 9, report('too long'));
    socket.send('other', 9, '::1', report('other'));
    store.run('of b', () => socket.send('b', 9, report('b')));
    setImmediate(() => socket.connect(peer.address().port, () => setImmediate(connected)));
  };
  peer.bind(0, '127.0.0.1', () => {
    store.run('bind', () => socket.bind(0));
    store.run('waiting', () => socket.send('w', 9, (err) => {
      report('waiting')(err);
      setImmediate(unconnected);
    }));
  });
};
