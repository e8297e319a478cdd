'use strict';
// A program may replace the methods of a socket, or override them in a subclass. These are
// the calls that the socket itself then makes, with their arguments.
const host = require('node:dgram');
const { getPrototypeOf } = Object;
const asyncDispose = Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose');
const own = '127.0.0.1';

function namesOf(object) {
  const names = new Set([asyncDispose]);
  for (let at = object; at !== null; at = getPrototypeOf(at))
    for (const name of Object.keys(at)) if (!name.startsWith('_')) names.add(name);
  return names;
}

function text(value) {
  if (typeof value === 'function') return 'function';
  if (Array.isArray(value)) return `[${value.map(text).join(' ')}]`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.byteLength})`;
  if (value instanceof Error) return value.message;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

module.exports = ({ dgram, log, attempt }) => {
  // Logs the calls, and how deep they are.
  const spied = (options) => {
    const socket = dgram.createSocket(options ?? 'udp4');
    let depth = 0;
    for (const name of namesOf(socket)) {
      const method = socket[name];
      if (typeof method !== 'function') continue;
      socket[name] = function(...args) {
        log(`${depth} ${String(name)}(${args.map(text).join(', ')})`, this === socket);
        depth++;
        try {
          return method.apply(this, args);
        } finally {
          depth--;
        }
      };
    }
    return socket;
  };
  const lookup = (name, family, callback) =>
    (name === 'none' ? callback(new Error('no address')) : callback(null, own));
  const steps = {
    'send before the bind': (done) => {
      const socket = spied();
      socket.send('a', 9, own, (err) => log('sent', err));
      socket.send(['b', Buffer.from('c')], '0x1b59', null);
      socket.send(new Uint16Array(3), 9, '', null);
      socket.send(new DataView(new ArrayBuffer(4)), 1, 2, 9, own);
      socket.sendto('text', 1, 2, 9, own);
      socket.close(done);
    },
    'send replaced after the call': (done) => {
      const socket = dgram.createSocket('udp4');
      socket.send('a', 9, own, (err) => {
        log('sent', err);
        socket.close(done);
      });
      socket.send = () => log('the other send()');
    },
    'send is no function': (done) => {
      const socket = dgram.createSocket('udp4');
      const { send } = socket;
      socket.send = 5;
      attempt('send', () => send.call(socket, 'a', 9));
      socket.on('listening', () => socket.close(done));
    },
    'send in a subclass': (done) => {
      class Counting extends dgram.Socket {
        send(...args) {
          log('overridden', args.map(text));
          return super.send(...args);
        }
      }
      const socket = new Counting('udp4');
      socket.send('a', 9, () => socket.close(done));
    },
    'connected before the queued send': (done) => {
      const socket = dgram.createSocket('udp4');
      if (!host.Socket.prototype.connectSync) return done();
      socket.on('listening', () => socket.connectSync(9));
      process.once('uncaughtException', () => socket.close(done));
      socket.send('a', 9, own, (err) => log('sent', err));
    },
    'bind': (done) => {
      const socket = spied();
      socket.bind({ port: 0, address: own }, () => socket.close(done));
    },
    'bind that fails': (done) => {
      const socket = spied();
      socket.on('error', () => socket.close(done));
      socket.bind(0, '::1', () => {});
    },
    'connect': (done) => {
      const socket = spied();
      socket.connect(9, own, () => {
        socket.send('a', () => {
          socket.disconnect();
          socket.close(done);
        });
      });
    },
    'connect that fails': (done) => {
      const socket = spied({ type: 'udp4', lookup });
      socket.bind(0, () => {
        socket.connect(9, 'none', () => {
          socket.once('error', () => socket.close(done));
          socket.connect(9, 'none');
        });
      });
    },
    'send to an unknown name': (done) => {
      const socket = spied({ type: 'udp4', lookup });
      socket.once('error', () => socket.close(done));
      socket.bind(0, () => socket.send('a', 9, 'none'));
    },
    'message': (done) => {
      const socket = spied();
      socket.on('message', () => socket.close(done));
      socket.bind(0, own, () => socket.send('a', socket.address().port, own));
    },
    'signal': (done) => {
      const controller = new AbortController();
      const socket = spied({ type: 'udp4', signal: controller.signal });
      socket.on('close', done);
      controller.abort();
    },
    'asyncDispose': async (done) => {
      await spied()[asyncDispose]();
      const socket = spied();
      socket.send('a', 9);
      await socket[asyncDispose]();
      done();
    },
    'connectSync': (done) => {
      if (!host.Socket.prototype.connectSync) return done();
      const socket = spied();
      socket.on('connect', () => socket.close(done));
      socket.connectSync(9);
    },
  };
  const names = Object.keys(steps);
  const next = () => setImmediate(() => {
    const name = names.shift();
    if (name === undefined) return;
    log(`---- ${name}`);
    steps[name](next);
  });
  next();
};
