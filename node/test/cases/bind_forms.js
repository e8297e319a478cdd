'use strict';
const dns = require('node:dns');

module.exports = ({ dgram, log, attempt, noName }) => {
  const own = '127.0.0.1';
  const fn = () => log('earlier function called');
  const forms = [
    [], [null], [undefined, own], [0], [0, own], [0, null], [0, ''], [0, 0],
    [0, false], [0, own, fn, 1], [0, fn], [{}], [{ port: 0, address: own }],
    [{ address: '' }], [{ fd: 0, address: own }], [{ fd: -1, address: own }],
    [{ fd: '5', address: own }], [{ fd: 1.5 }], [{ fd: null }], [{ fd: true }],
    [{ fd: 2 ** 31 }], [[]], [{ port: 0, exclusive: 'x' }], ['abc', own],
    [NaN, own], [Infinity], [65536], [-65536], [2 ** 32], ['', own], [false],
    [0, '127.1'], [0, '0x7f000001'], [0, 'localhost'], [fn, own],
    [{ recvStart: 5, address: own }],
  ];
  const failing = [
    [0, '::1'], [0, '192.0.2.1'], [0, 'fe80::1'], [5, '1.1.1.1'],
    [{ port: '0', address: '192.0.2.1' }], [{ port: '7', address: '192.0.2.1' }],
    [-1, '192.0.2.1'], [true, '192.0.2.1'], [0, noName],
    [0, `${'x'.repeat(300)}.invalid`],
  ];
  const steps = [];
  const next = () => setImmediate(() => steps.shift()?.());
  for (const args of forms) {
    steps.push(() => {
      const socket = dgram.createSocket('udp4');
      socket.on('error', (err) => {
        log('error', err);
        socket.close(next);
      });
      socket.bind(...args, function(...given) {
        const { address, family, port } = this.address();
        log(args, given, address, family, port > 0, this === socket,
            socket.listenerCount('error'), socket.eventNames());
        socket.close(next);
      });
    });
  }
  for (const args of failing) {
    steps.push(() => {
      const socket = dgram.createSocket('udp4');
      socket.on('error', (err) => {
        log('error', err);
        attempt('address', () => socket.address());
        attempt('ttl', () => socket.setTTL(5));
        attempt('state', () => socket._bindState);
        socket.bind(0, own, () => {
          log('bound', socket.address().address);
          socket.close(next);
        });
      });
      socket.bind(...args, () => log('never'));
    });
  }
  // Ports are truncated to 16 bits. A socket keeps the port of the test, so that no
  // other process gets it meanwhile.
  for (const form of [(port) => port - 65536, (port) => `${port}`,
                      (port) => port + 65536, (port) => port + 0.9,
                      (port) => ` 0x${port.toString(16)} `]) {
    steps.push(() => {
      const shared = { type: 'udp4', reuseAddr: true };
      const holder = dgram.createSocket(shared).bind(0, own, () => {
        const { port } = holder.address();
        const socket = dgram.createSocket(shared);
        socket.bind(form(port), own, () => {
          log('port', String(form), socket.address().port === port);
          holder.close();
          socket.close(next);
        });
      });
    });
  }
  for (const port of [9n, Symbol('p')]) {
    steps.push(() => {
      const socket = dgram.createSocket('udp4');
      attempt('port', () => socket.bind(port, own) === socket);
      setImmediate(() => {
        attempt('state', () => socket.bind(0));
        socket.close(next);
      });
    });
  }
  // A bind that fails, with a callback and without an 'error' listener.
  steps.push(() => {
    const socket = dgram.createSocket('udp4');
    socket.bind(0, '::1', () => log('never'));
    setImmediate(() => {
      log('counts', socket.listenerCount('error'));
      socket.close(next);
    });
  });
  steps.push(() => {
    const socket = dgram.createSocket('udp6');
    const mapped = dgram.createSocket('udp6');
    socket.on('error', (err) => log('v6', err));
    socket.bind(0, own);
    setImmediate(() => socket.bind(0, () => {
      log(socket.address().address, socket.address().family);
      const other = dgram.createSocket('udp4');
      other.on('error', (err) => {
        log('dual', err);
        other.close();
        socket.close();
        mapped.bind(0, '::ffff:127.0.0.1', () => {
          log(mapped.address().address);
          mapped.close(next);
        });
      });
      other.bind(socket.address().port);
    }));
  });
  for (const options of [{ reuseAddr: true }, { reuseAddr: 1 }, {}]) {
    steps.push(() => {
      const a = dgram.createSocket({ type: 'udp4', ...options });
      const b = dgram.createSocket({ type: 'udp4', ...options });
      a.bind(0, () => {
        b.on('error', (err) => {
          log('taken', err);
          a.close();
          b.close(next);
        });
        b.bind(a.address().port, () => {
          log('shared', a.address().port === b.address().port);
          a.close();
          b.close(next);
        });
      });
    });
  }
  steps.push(() => {
    const a = dgram.createSocket({ type: 'udp6', ipv6Only: true });
    const b = dgram.createSocket({ type: 'udp4', ipv6Only: true });
    a.bind(0, () => {
      const c = dgram.createSocket('udp4').bind(a.address().port, () => {
        log('not dual');
        a.close();
        c.close();
        b.on('error', (err) => {
          log('ipv6Only', err);
          b.close(next);
        });
        b.bind(0);
      });
    });
  });
  const { lookup } = dns;
  steps.push(() => {
    dns.lookup = (name, family, callback) => {
      log('patched', name, family, typeof callback);
      lookup(name, family, callback);
    };
    const socket = dgram.createSocket('udp4');
    socket.bind(() => socket.send('x', 9, own, () => {
      socket.connect(9, () => {
        dns.lookup = lookup;
        socket.disconnect();
        socket.send('z', 9, 'localhost', (err) => {
          log('sent', err);
          socket.close(next);
        });
      });
    }));
  });
  steps.push(() => {
    const socket = dgram.createSocket('udp4');
    dns.lookup = (name, family, callback) => callback(new Error('patched'));
    socket.on('error', (err) => {
      log('error', err);
      socket.close();
      dns.lookup = lookup;
      next();
    });
    socket.bind(0, 'localhost');
    setImmediate(() => {
      try {
        socket.close(() => {
          log('no error');
          dns.lookup = lookup;
          next();
        });
      } catch {
        // The socket is closed after the error.
      }
    });
  });
  next();
};
