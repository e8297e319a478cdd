'use strict';
module.exports = ({ dgram, log, attempt, noName }) => {
  const steps = [];
  const next = () => setImmediate(() => steps.shift()?.());
  const peer = dgram.createSocket('udp4');
  let port;
  const bound = (run, type = 'udp4') => steps.push(() => {
    const socket = dgram.createSocket(type);
    for (const event of ['connect', 'error', 'close'])
      socket.on(event, (...args) => log(event, ...args));
    socket.bind(0, () => run(socket, () => socket.close(next)));
  });
  const addressOf = ({ address, family }) => [address, family];

  for (const bad of [0, -1, 65536, 1.5, 'x', '', ' ', true, null, undefined, {},
                     [], 9n, Symbol('p'), () => {}])
    attempt('port', () => dgram.createSocket('udp4').connect(bad));
  for (const bad of [null, false, 5, {}, [], true, NaN, 0n, Symbol('a')])
    attempt('address', () => dgram.createSocket('udp4').connect(9, bad));
  bound((socket, done) => {
    attempt('one', () => socket.connect(`${port}`, '', function(...args) {
      log('connected', args, this === socket);
      log(socket.listenerCount('connect'), addressOf(socket.remoteAddress()),
          Object.keys(socket.remoteAddress()), addressOf(socket.address()));
      attempt('two', () => socket.connect(port));
      attempt('disconnect', () => socket.disconnect());
      log(socket.address(), addressOf(socket.address()));
      attempt('disconnect', () => socket.disconnect());
      attempt('remote', () => socket.remoteAddress());
      socket.connect(port, undefined, () => {
        log('connected again');
        socket.removeAllListeners('connect');
        done();
      });
    }));
    attempt('connecting', () => socket.connect(port));
    attempt('connecting', () => socket.disconnect());
    attempt('connecting', () => socket.remoteAddress());
  });
  bound((socket, done) => socket.connect(port, '0.0.0.0', () => {
    log(addressOf(socket.remoteAddress()));
    socket.removeAllListeners('connect');
    done();
  }));
  for (const address of ['::1', '255.255.255.255', noName,
                         '127.1', 'localhost', '224.0.0.1']) {
    bound((socket, done) => socket.connect(port, address, function(err) {
      log(address, err, this === undefined, socket.listenerCount('connect'));
      if (!err) socket.disconnect();
      socket.connect(port, () => {
        log('and then');
        done();
      });
    }));
  }
  bound((socket, done) => {
    socket.once('error', () => setImmediate(done));
    socket.connect(port, '::1');
  });
  for (const address of ['::1', '::ffff:127.0.0.1', '127.0.0.1', 'fe80::1', '::',
                         '::1%lo', '::1%nix']) {
    bound((socket, done) => socket.connect(port, address, (err) => {
      attempt(address, () => [err, addressOf(socket.remoteAddress())]);
      setImmediate(done);
    }), 'udp6');
  }
  for (const callback of [5, {}, 'x', true]) {
    bound((socket, done) => {
      attempt('callback', () => socket.connect(port, '127.0.0.1', callback));
      attempt('stuck', () => socket.connect(port));
      setImmediate(done);
    });
    steps.push(() => {
      const socket = dgram.createSocket('udp4');
      attempt('queued', () => socket.connect(port, '127.0.0.1', callback));
      setImmediate(() => {
        attempt('stuck', () => socket.connect(port));
        socket.close(next);
      });
    });
  }
  for (const callback of [0, null, false, '']) {
    bound((socket, done) => {
      attempt('falsy', () => socket.connect(port, '127.0.0.1', callback));
      setImmediate(done);
    });
  }
  // Only datagrams of the peer are received.
  bound((socket, done) => {
    const { port: own } = socket.address();
    socket.on('message', (msg, rinfo) => {
      log('message', msg, rinfo.port === port);
      done();
    });
    socket.connect(port, () => {
      const stranger = dgram.createSocket('udp4');
      stranger.send('stranger', own, '127.0.0.1', () => {
        stranger.close();
        peer.send('peer', own, '127.0.0.1');
      });
    });
  });
  // The port of the peer is closed.
  bound((socket, done) => {
    const gone = dgram.createSocket('udp4').bind(0, '127.0.0.1', () => {
      socket.connect(gone.address().port, () => {
        gone.close();
        socket.once('error', () => setImmediate(done));
        socket.send('x', (err, n) => log('sent', err, n));
      });
    });
  });
  steps.push(() => peer.close());
  peer.bind(0, '127.0.0.1', () => {
    ({ port } = peer.address());
    next();
  });
};
