'use strict';
module.exports = ({ dgram, log, attempt, noName }) => {
  const steps = [];
  const next = () => setImmediate(() => steps.shift()?.());
  const own = '127.0.0.1';
  const server = dgram.createSocket('udp4');
  let port;
  let waiting;
  server.on('message', (msg, rinfo) => {
    log('got', msg, rinfo.size);
    waiting?.();
  });
  // A call that throws sends nothing.
  const sends = (name, run, socket) => {
    let sent = false;
    attempt(name, () => {
      const value = run(socket, (...args) => log(name, 'callback', ...args));
      sent = true;
      return value;
    });
    return sent;
  };
  const ready = (socket, connected, go) =>
    socket.bind(0, () => (connected ? socket.connect(port, go) : go()));
  // The step ends when the datagram arrives, however long that takes.
  const step = (name, run, connected) => steps.push(() => {
    const socket = dgram.createSocket('udp4');
    socket.on('error', (err) => log(name, 'error', err));
    const close = () => {
      waiting = undefined;
      setImmediate(() => socket.close(next));
    };
    ready(socket, connected, () => {
      waiting = close;
      if (!sends(name, run, socket)) close();
    });
  });
  // No datagram may arrive.
  const quick = (name, run, connected) => steps.push(() => {
    const socket = dgram.createSocket('udp4');
    ready(socket, connected, () => {
      sends(name, run, socket);
      setImmediate(() => socket.close(next));
    });
  });
  const buf = Buffer.from('0123456789');
  step('plain', (s, cb) => s.send(buf, port, own, cb));
  step('port text', (s, cb) => s.send(buf, ` ${port} `, own, cb));
  step('sliced', (s, cb) => s.send(buf, 2, 3, port, own, cb));
  step('sliced text', (s, cb) => s.send('grün', 2, 3, port, own, cb));
  step('odd slice', (s, cb) => s.send(buf, '1', 1.9, port, own, cb));
  step('undefined slice', (s, cb) => s.send(buf, undefined, null, port, own, cb));
  step('slice without address', (s, cb) => s.send(buf, 1, 2, port, cb));
  step('slice with function', (s, cb) => s.send(buf, 1, 2, port, cb, () => {}));
  step('end', (s, cb) => s.send(buf, 10, 0, port, own, cb));
  step('null address', (s, cb) => s.send(buf, port, null, cb));
  step('empty address', (s, cb) => s.send(buf, port, '', cb));
  step('no callback', (s) => s.send(buf, port));
  step('empty list', (s, cb) => s.send([], port, cb));
  step('list', (s, cb) => s.send(['a', buf, new Uint16Array(2)], port, own, cb));
  step('no function', (s) => s.send(buf, 0, 10, port, own, 'x'));
  step('nothing for a function', (s) => s.send(buf, port, own, 0));
  step('sendto', (s, cb) => s.sendto(buf, 1, 2, port, own, cb));
  step('view', (s, cb) => s.send(new DataView(buf.buffer, buf.byteOffset, 3), 1, 2,
                                 port, own, cb));
  step('shared', (s, cb) => s.send(new Uint8Array(new SharedArrayBuffer(3)), port, cb));
  step('changed', (s, cb) => {
    const late = Buffer.from('early');
    s.send(late, port, cb);
    late.write('later');
  });
  step('name', (s, cb) => s.send(buf, port, 'localhost', cb));
  const bad = [
    ['zero port', [buf, 0, 4]], ['zero port', [buf, 0, 4, () => {}]],
    ['address', [buf, 1, 2]], ['long', [buf, 9, own, 'x']],
    ['null port', [buf, 0, 4, null, own]], ['list slice', [[buf], 0, 4, 9]],
    ['offset', [buf, 11, 0, 9]], ['length', [buf, 1, 10, 9]],
    ['negative', [buf, -1, 1, 9]], ['negative', [buf, 0, -1, 9]],
    ['huge', [buf, 2 ** 32, 2 ** 32 + 4, 'x']],
    ['symbol', [buf, Symbol('o'), 1, 9]], ['bigint', [buf, 1n, 1, 9]],
    ['ArrayBuffer', [buf.buffer, 0, 1, 9]], ['hole', [[, 'x'], 9]], // eslint-disable-line
    ['like a list', [{ length: 1, 0: buf }, 9]], ['nested', [[[buf]], 9]],
    ['String', [new String('x'), 9]], ['nothing', []], ['only', [buf]],
    ['port -0', [buf, '-0']], ['port 0x0', [buf, '0x0']], ['NaN', [buf, 9, NaN]],
    ['address 0', [buf, 9, 0]], ['address []', [buf, 9, []]],
    ['address false', [buf, 0, 1, 9, false]], ['class', [class A {}, 9]],
    ['null object', [Object.create(null), 9]], ['date', [new Date(0), 9]],
    ['regexp', [/x/, 9]], ['long text', [5, 9, own]], ['map', [new Map(), 9]],
    ['port text', [buf, 'it is a quite long text, longer than 28']],
    ['port text', [buf, "it's"]], ['port -1n', [buf, -1n]],
    ['port fn', [buf, function named() {}]], ['arrow', [buf, () => {}]],
  ];
  for (const [name, args] of bad) quick(name, (s) => s.send(...args));
  quick('null byte', (s) => s.send('x', 9, '127.0.0.1\0', () => {}));
  for (const [name, args] of bad) step(name, (s) => s.send(...args), true);
  const failing = [
    [Buffer.alloc(65508), 9, own], [Buffer.alloc(65508), 9],
    [Buffer.alloc(65508), 9, null], [Buffer.alloc(65508), 9, ''],
    [Buffer.alloc(65508), '9'], [Buffer.alloc(70000), 9],
    [new Array(1025).fill('x'), 9], ['x', 9, '::1'], ['x', 9, 'fe80::1'],
    ['x', 9, '255.255.255.255'], ['x', 9, noName],
    ['x', 9, `${'y'.repeat(300)}.invalid`],
    ['x', 9, ' 127.0.0.1'],
  ];
  for (const args of failing) {
    steps.push(() => {
      const socket = dgram.createSocket('udp4');
      socket.on('error', (err) => {
        log('error', err);
        socket.close(next);
      });
      attempt('fails', () => socket.send(...args, (...given) => {
        log('callback', ...given);
        socket.send(...args);
        // Without a callback, only a failed lookup is reported.
        if (given[0].syscall !== 'getaddrinfo')
          socket.send('x', 9, () => socket.close(next));
      }));
    });
  }
  for (const args of [['x'], [buf, 1, 2], [buf, 1234], [buf, 1234, own],
                      [buf, 0, 2, undefined, undefined], [buf, 0, 2, 0],
                      [buf, 1, '2'], [buf, 1, NaN], [['a', 'b']], [[]], ['']])
    step('connected', (s) => s.send(...args), true);
  step('connected callback', (s, cb) => s.send(buf, cb), true);
  step('connected callback', (s, cb) => s.send(buf, 1, 2, cb), true);
  step('connected ignored', (s, cb) => s.send(buf, 1234, cb), true);
  step('connected place', (s, cb) => s.send(buf, 0, 2, undefined, undefined, cb), true);
  quick('connected', (s, cb) => s.send(buf, 1234, own, cb), true);
  quick('connected', (s, cb) => s.send(buf, undefined, undefined, cb), true);
  quick('connected', (s, cb) => s.send(buf, 0, 2, 5, cb), true);
  quick('connected', (s, cb) => s.send(buf, 0, 2, undefined, own, cb), true);
  quick('connected too long', (s, cb) => s.send(Buffer.alloc(65508), cb), true);
  quick('connected list', (s, cb) => s.send(new Array(1025).fill('x'), cb), true);
  quick('connected sendto', (s, cb) => s.sendto(buf, 0, 1, 9, own, cb), true);
  steps.push(() => server.close());
  server.bind(0, own, () => {
    ({ port } = server.address());
    next();
  });
};
