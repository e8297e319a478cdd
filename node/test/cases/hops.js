'use strict';
// The tick after the call in which each thing happens.
module.exports = ({ dgram, log, marks }) => {
  const host = require('node:dgram');
  const steps = [];
  const next = () => setImmediate(() => steps.shift()?.());
  const make = (name, options) => {
    const socket = dgram.createSocket({ type: 'udp4', ...options });
    for (const event of ['listening', 'connect', 'close'])
      socket.on(event, () => log(name, event));
    socket.on('error', (err) => log(name, 'error', err));
    return socket;
  };
  const peer = dgram.createSocket('udp4');
  let port;
  const step = (name, run, options) => steps.push(() => {
    const socket = make(name, options);
    marks(name, 5);
    run(socket, (value) => log(name, 'callback', value));
    log(name, 'returned');
    setImmediate(() => {
      try {
        socket.close();
      } catch {
        // The step closed it.
      }
      next();
    });
  });
  const bound = (name, run) => steps.push(() => {
    const socket = make(name);
    socket.bind(0, '127.0.0.1', () => setImmediate(() => {
      marks(name, 5);
      run(socket, (...values) => log(name, 'callback', ...values));
      log(name, 'returned');
      setImmediate(() => {
        try {
          socket.close();
        } catch {
          // The step closed it.
        }
        next();
      });
    }));
  });
  step('bind', (s, cb) => s.bind(0, '127.0.0.1', cb));
  step('bind default', (s, cb) => s.bind(cb));
  step('bind fails', (s, cb) => s.bind(port, '127.0.0.1', cb));
  step('bind other family', (s, cb) => s.bind(0, '::1', cb));
  step('send', (s, cb) => s.send('x', port, '127.0.0.1', cb));
  step('two sends', (s, cb) => {
    s.send('x', port, cb);
    s.send('y', port, cb);
  });
  step('connect', (s, cb) => s.connect(port, cb));
  step('connect and send', (s, cb) => {
    s.connect(port, cb);
    s.send('x', port, cb);
  });
  step('close', (s, cb) => s.close(cb));
  step('bind, close', (s, cb) => s.bind(0, cb).close(cb));
  step('send, close', (s, cb) => {
    s.send('x', port, cb);
    s.close(cb);
  });
  const sync = (host_, family, cb) => {
    if (host_ === 'bad') cb(new Error('bad'));
    else cb(null, '127.0.0.1');
  };
  step('sync lookup', (s, cb) => s.bind(0, 'x', cb), { lookup: sync });
  step('sync lookup fails', (s, cb) => s.bind(0, 'bad', cb), { lookup: sync });
  step('sync lookup send', (s, cb) => s.send('x', port, 'x', cb),
       { lookup: sync });
  step('sync lookup bad send', (s, cb) => s.send('x', port, 'bad', cb),
       { lookup: sync });
  step('sync lookup bad send, silent', (s) => s.send('x', port, 'bad'),
       { lookup: sync });
  step('sync lookup connect', (s, cb) => s.connect(port, 'x', cb),
       { lookup: sync });
  step('sync lookup bad connect', (s, cb) => s.connect(port, 'bad', cb),
       { lookup: sync });
  step('sync lookup bad connect, silent', (s) => s.connect(port, 'bad'),
       { lookup: sync });
  step('aborted', () => {}, { signal: AbortSignal.abort() });
  const controller = new AbortController();
  step('abort', () => controller.abort(), { signal: controller.signal });
  bound('send', (s, cb) => s.send('x', port, cb));
  bound('send to a bad family', (s, cb) => s.send('x', port, '::1', cb));
  bound('send too much', (s, cb) => s.send(Buffer.alloc(65508), port, cb));
  bound('connect', (s, cb) => s.connect(port, cb));
  bound('connect fails', (s, cb) => s.connect(port, '::1', cb));
  bound('connect fails, silent', (s) => s.connect(port, '::1'));
  bound('close', (s, cb) => s.close(cb));
  bound('connect, send', (s, cb) => {
    s.connect(port, (err) => cb('connected', err));
    s.send('x', port, cb);
  });
  bound('send, connect', (s, cb) => {
    s.send('x', port, cb);
    s.connect(port, cb);
  });
  bound('send, close', (s, cb) => {
    s.send('x', port, cb);
    s.close();
  });
  bound('connect, close', (s, cb) => {
    s.connect(port, cb);
    process.nextTick(() => s.close());
  });
  if (host.Socket.prototype.bindSync) {
    step('bindSync', (s) => {
      s.bindSync();
    });
    step('bindSync, close', (s) => {
      s.bindSync();
      s.close();
    });
    step('connectSync', (s) => s.connectSync(port));
    step('connectSync, close', (s, cb) => {
      s.connectSync(port);
      s.close(cb);
    });
  }
  steps.push(() => {
    const socket = make('connected');
    socket.connect(port, () => setImmediate(() => {
      marks('connected', 4);
      socket.send('a', (err, n) => log('connected a', err, n));
      socket.send('b', (err, n) => log('connected b', err, n));
      socket.send('c');
      socket.send('d', (err, n) => {
        log('connected d', err, n);
        process.nextTick(() => log('connected tick of d'));
        Promise.resolve().then(() => log('connected job of d'));
      });
      socket.close(() => {
        log('connected closed');
        next();
      });
    }));
  });
  steps.push(() => peer.close());
  peer.bind(0, '127.0.0.1', () => {
    ({ port } = peer.address());
    next();
  });
};
