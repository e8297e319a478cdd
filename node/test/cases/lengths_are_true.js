'use strict';
// A view that reports a wrong length is sent with its true bytes.
module.exports = ({ dgram, log, attempt }) => {
  const bytes = (size) => Uint8Array.from({ length: size }, (_, i) => 97 + i);
  const lying = (view, properties) => Object.defineProperties(view, properties);
  const says = (value) => ({ get: () => value });
  class Longer extends Uint8Array {
    get byteLength() {
      return 30;
    }

    get length() {
      return 40;
    }
  }
  class Broken extends Uint8Array {
    get byteLength() {
      throw new Error('asked');
    }
  }
  const other = new ArrayBuffer(16);
  const foreign = new Float32Array([1, 2]);
  Object.setPrototypeOf(foreign, Uint8Array.prototype);
  const shared = new Uint8Array(new SharedArrayBuffer(4));
  shared.set(bytes(4));
  const kinds = {
    'own byteLength': lying(bytes(2), { byteLength: says(30) }),
    'own length': lying(bytes(2), { length: says(30) }),
    'too short': lying(bytes(5), { byteLength: says(1), length: says(1) }),
    'no number': lying(bytes(3), { byteLength: says('x'), length: says(NaN) }),
    'own buffer': lying(bytes(3), { buffer: says(other), byteOffset: says(1) }),
    'subclass': new Longer(bytes(3)),
    'broken subclass': new Broken(bytes(4)),
    'other prototype': foreign,
    'null prototype': Object.setPrototypeOf(bytes(3), null),
    'words': lying(new Uint16Array([1, 2, 3]), { byteLength: says(1) }),
    'DataView': lying(new DataView(bytes(6).buffer, 1, 3), {
      byteLength: says(6), byteOffset: says(0), buffer: says(other),
    }),
    'shared': shared,
    'own tag': lying(new Uint16Array([9]), { [Symbol.toStringTag]: says('Uint8Array') }),
  };
  if (ArrayBuffer.prototype.resize) {
    const memory = new ArrayBuffer(8, { maxByteLength: 16 });
    new Uint8Array(memory).fill(98);
    kinds.tracking = new Uint8Array(memory);
    kinds.fixed = new Uint8Array(memory, 4, 4);
    kinds['view beyond'] = new DataView(memory, 4, 4);
    kinds.shrink = {
      before: () => memory.resize(6), // in the tick of the send
      payload: new Uint8Array(memory, 2),
    };
    kinds.grow = { before: () => memory.resize(12), payload: new Uint8Array(memory) };
    kinds['list that grows'] = {
      before: () => memory.resize(16), payload: [new Uint8Array(memory), 'x'],
    };
    kinds['list that shrinks'] = {
      before: () => memory.resize(4), payload: ['x', new Uint8Array(memory, 2)],
    };
  }
  const moved = bytes(5);
  kinds.detached = { before: () => structuredClone(moved, { transfer: [moved.buffer] }),
                     payload: moved };

  const list = (change) => {
    const parts = ['a', 'b', 'c'];
    return Object.defineProperty(parts, 0, { get: () => change(parts) ?? 'z' });
  };
  kinds['list that a getter lengthens'] = list((parts) => {
    parts.push('more');
  });

  const server = dgram.createSocket('udp4');
  const names = Object.keys(kinds);
  server.on('message', (msg, rinfo) => log('got', msg.length, msg, rinfo.size));
  server.bind(0, '127.0.0.1', () => {
    const { port } = server.address();
    const client = dgram.createSocket('udp4');
    const next = (connected, i = 0) => {
      if (i === names.length) {
        if (connected) setImmediate(refused, client, port);
        else client.connect(port, '127.0.0.1', () => next(true));
        return;
      }
      const kind = kinds[names[i]];
      const payload = kind.payload ?? kind;
      const done = (err, size) => {
        log(names[i], err, size);
        setImmediate(next, connected, i + 1);
      };
      if (connected) client.send(payload, done);
      else client.send(payload, port, '127.0.0.1', done);
      kind.before?.();
    };
    client.bind(0, '127.0.0.1', () => next(false));
  });

  function refused(client, port) {
    const proxy = new Proxy(bytes(3), {});
    attempt('proxy', () => client.send(proxy));
    attempt('proxy in a list', () => client.send([proxy]));
    attempt('proxy of a list', () => client.send(new Proxy(['a', bytes(2)], {})));
    attempt('list that a getter shortens', () => client.send(list((parts) => {
      parts.length = 1;
    })));
    attempt('detached, sliced', () => client.send(moved, 0, 0));
    attempt('beyond', () => client.send(bytes(3), 1, 3));
    attempt('like an array', () => client.send({ length: 2, byteLength: 2 }));
    setTimeout(() => {
      client.close();
      server.close();
    }, 50);
  }
};
