'use strict';
// replaced_world.js MODULE WHAT: uses sockets after the program has replaced a part of
// the language or of Node. Prints what was received. Without WHAT, prints the names of
// the parts. node:dgram works with each of them replaced.
const [name, what] = process.argv.slice(2);
const broken = (label) => function() {
  throw new Error(`${label} was used`);
};

function breakMethods(label, object, names) {
  for (const key of names ?? Reflect.ownKeys(object)) {
    const { value, configurable } = Reflect.getOwnPropertyDescriptor(object, key);
    if (typeof value !== 'function' || !configurable || key === 'constructor') continue;
    Object.defineProperty(object, key, {
      value: broken(`${label}.${String(key)}`), writable: true, configurable: true,
    });
  }
}

const remove = (...names) => {
  for (const key of names) delete globalThis[key];
};

const parts = {
  'performance': () => {
    globalThis.performance = {};
  },
  'Buffer': () => remove('Buffer'),
  'globals': () => remove('Uint8Array', 'Int32Array', 'DataView', 'ArrayBuffer', 'Map',
                          'Set', 'WeakSet', 'WeakMap', 'Promise', 'Reflect', 'Symbol',
                          'setImmediate', 'setTimeout', 'queueMicrotask', 'Proxy',
                          'AbortController', 'AbortSignal', 'RangeError', 'Boolean',
                          'String', 'JSON', 'Math', 'Error', 'TypeError'),
  'Array.from': () => breakMethods('Array', Array),
  'Array.prototype': () => breakMethods('Array', Array.prototype, [
    'push', 'shift', 'unshift', 'slice', 'splice', 'indexOf', 'includes', 'filter',
    'map', 'some', 'every', 'find', 'forEach', 'reduce', 'join', 'concat', 'at',
  ]),
  'stacks': () => {
    Error.prepareStackTrace = broken('prepareStackTrace');
  },
  'String.prototype': () => breakMethods('String', String.prototype),
  'Map.prototype': () => breakMethods('Map', Map.prototype),
  'Set.prototype': () => {
    breakMethods('Set', Set.prototype);
    breakMethods('WeakSet', WeakSet.prototype);
    breakMethods('WeakMap', WeakMap.prototype);
  },
  'Promise.prototype': () => breakMethods('Promise', Promise.prototype),
  'typed arrays': () => {
    breakMethods('TypedArray', Object.getPrototypeOf(Uint8Array.prototype));
    breakMethods('TypedArray', Object.getPrototypeOf(Uint8Array));
  },
  'species': () => {
    for (const Class of [Object.getPrototypeOf(Uint8Array), Array, Buffer, ArrayBuffer]) {
      Object.defineProperty(Class, Symbol.species, {
        get: broken('species'), configurable: true,
      });
    }
  },
  'Number': () => breakMethods('Number', Number),
  'Object.prototype': () => {
    for (const key of ['get', 'set', 'value', 'writable', 'signal', 'type', 'resource',
                       'handle', 'pooled', 'offload', 'native', 'kept', 'lookup'])
      Object.prototype[key] = undefined;
  },
  'constants in Object.prototype': () => {
    for (const key of ['socket', 'handle', 'native', 'spare', 'reading', 'queue',
                       'direct', 'offload', 'share', 'twin', 'referenced', 'parts',
                       'connected', 'alone', 'known', 'error', 'status', 'late', 'group',
                       'resource', 'batch', 'offset', 'pool', 'waits', 'call', 'memory',
                       'parked', 'inbox', 'isFull', 'iterators', 'taken', 'calls',
                       'isListed', 'isPassed', 'isEmitted'])
      Object.defineProperty(Object.prototype, key, { value: undefined });
  },
  'setters in Object.prototype': () => {
    for (const key of ['socket', 'handle', 'native', 'known', 'group', 'queue', 'late'])
      Object.defineProperty(Object.prototype, key, { set: () => {} });
  },
  'options in Object.prototype': () => {
    Object.assign(Object.prototype, {
      offload: 'no', segmentsMax: -1, pooled: true, deferSends: true, ipv6Only: true,
      recvBufferSize: 5, 0: 'element', highWaterMark: 'no',
    });
  },
  'AsyncResource': () =>
    breakMethods('AsyncResource', require('node:async_hooks').AsyncResource.prototype),
  'net': () => breakMethods('net', require('node:net')),
  'os and fs': () => {
    breakMethods('os', require('node:os'));
    breakMethods('fs', require('node:fs'), ['closeSync', 'fstatSync']);
  },
};

if (what === undefined) {
  process.stdout.write(Object.keys(parts).join('\n'));
  process.exit();
}

const dgram = require(name);
const { setImmediate: later } = globalThis;
const { asyncIterator } = Symbol;
const { writeSync } = require('node:fs');
const lines = [];
let count = 0;
const say = (text) => {
  lines[count++] = text;
};
const show = (msg) => {
  let text = '';
  for (let i = 0; i < msg.length; i++) text += msg[i].toString(16);
  return text;
};

const payload = Buffer.from('payload');
const view = new Uint16Array([1, 2, 3]);
const server = dgram.createSocket('udp4');
const failed = (err) => say(`failed ${err.stack}`);
server.on('error', failed);
server.on('message', (msg, rinfo) => {
  say(`got ${show(msg)} ${rinfo.size} ${rinfo.family} ${rinfo.address}`);
});

// What node:dgram does not have, without another line unless it fails.
async function iterate() {
  if (!server.iterate) return;
  const iterator = server.iterate({ highWaterMark: 1 });
  const { value } = await iterator.next();
  if (value[0].length !== payload.length) say('not the payload');
  server.pause();
  server.resume();
  await iterator.return();
  await server[asyncIterator]().return();
  server.resume();
}

process.on('uncaughtException', failed);
process.on('exit', () => {
  let text = '';
  for (let i = 0; i < count; i++) text += `${lines[i]}\n`;
  writeSync(1, text);
});

server.bind(0, '127.0.0.1', () => {
  const { port } = server.address();
  parts[what]();
  const client = dgram.createSocket('udp4');
  dgram.createSocket({ type: 'udp4' }).close();
  const done = (err, n) => say(`sent ${err?.code} ${n}`);
  const steps = [
    (next) => client.send(payload, port, '127.0.0.1', next),
    (next) => {
      iterate();
      client.send(payload, port, '127.0.0.1', next);
    },
    (next) => client.send('text', 1, 2, port, '127.0.0.1', next),
    (next) => client.send(view, 2, 4, port, next),
    (next) => client.send(['a', payload, view], port, '127.0.0.1', next),
    (next) => client.send(payload, port, '::1', next),
    (next) => client.send(payload, port, 'localhost', next),
    (next) => {
      for (let i = 0; i < 5; i++) client.send(`burst ${i}`, port, '127.0.0.1');
      client.send('', port, '127.0.0.1', next);
    },
    (next) => client.connect(port, '127.0.0.1', next),
    (next) => client.send(payload, next),
    (next) => client.send(['b', view], next),
    (next) => {
      say(client.remoteAddress().family);
      client.setTTL(5);
      client.setBroadcast(true);
      client.getSendQueueSize();
      client.setMulticastTTL(3);
      client.unref().ref();
      client.disconnect();
      next();
    },
    (next) => {
      try {
        client.send(payload, 70000, '127.0.0.1');
      } catch (err) {
        say(`${err.code}`);
      }
      try {
        client.setMulticastInterface('x');
      } catch (err) {
        say(`${err.code} ${err.syscall}`);
      }
      next();
    },
    (next) => client.close(next),
    (next) => server.close(next),
  ];
  const walk = (i) => {
    if (i === steps.length) return;
    steps[i]((err, n) => {
      done(err, n);
      later(walk, i + 1);
    });
  };
  walk(0);
});
