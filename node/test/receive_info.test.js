'use strict';
// createSocket({ recvInfo }): what a socket asks for is in the rinfo of its messages.
const assert = require('node:assert');
const { execFileSync, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { Worker } = require('node:worker_threads');
const dgram = require('..');
const unbounded = require('./lib/needs_native')('control messages');

const test = (name, run) => unbounded(name, { timeout: 120000 }, run);
const root = path.join(__dirname, '..');
const program = (name) => path.join(__dirname, 'lib', name);

async function bound(options, address) {
  const socket = dgram.createSocket(options);
  const listening = once(socket, 'listening'); // a lookup may answer at once
  socket.bind(0, address);
  await listening;
  return socket;
}

// What a socket with the options receives of the messages.
async function received(options, messages, event = 'message') {
  const server = await bound({ recvBufferSize: 1 << 21, ...options });
  const client = dgram.createSocket(options.type);
  const { port } = server.address();
  const got = [];
  server.on(event, (...args) => {
    if (event === 'message') got.push(args[1]);
    else got.push(...args[0].map(({ rinfo }) => rinfo));
  });
  client.sendMany(messages.map((message) => ({ msg: 'x', port, ...message })));
  while (got.length < messages.length) await once(server, event);
  server.close();
  client.close();
  return got;
}

test('an rinfo says what the kernel knows', async () => {
  const before = BigInt(Date.now()) * 1000000n;
  const [rinfo] = await received({ type: 'udp4', recvInfo: true }, [
    { address: '127.0.0.3', typeOfService: 0xb9, ttl: 9 },
  ]);
  const after = BigInt(Date.now() + 1) * 1000000n;
  assert.deepStrictEqual(Object.keys(rinfo), [
    'address', 'family', 'port', 'size', 'localAddress', 'interface', 'typeOfService',
    'ttl', 'timestamp',
  ]);
  assert.strictEqual(Object.getPrototypeOf(rinfo), Object.prototype);
  const { localAddress, interface: device, typeOfService, ttl, timestamp } = rinfo;
  assert.deepStrictEqual({ localAddress, device, typeOfService, ttl },
                         { localAddress: '127.0.0.3', device: 'lo',
                           typeOfService: 0xb9, ttl: 9 });
  assert.ok(timestamp >= before - 1000000n && timestamp <= after, `${timestamp}`);
});

test('an IPv6 socket says the same', async () => {
  const [rinfo] = await received({ type: 'udp6', recvInfo: true }, [
    { address: '::1', typeOfService: 0x2a, ttl: 11 },
  ]);
  assert.strictEqual(rinfo.localAddress, '::1');
  assert.strictEqual(rinfo.interface, 'lo');
  assert.strictEqual(rinfo.typeOfService, 0x2a);
  assert.strictEqual(rinfo.ttl, 11);
  assert.strictEqual(typeof rinfo.timestamp, 'bigint');
});

test('an IPv6 socket says it of IPv4 datagrams', async () => {
  const [rinfo] = await received({ type: 'udp6', recvInfo: true }, [
    { address: '::ffff:127.0.0.4', typeOfService: 4, ttl: 12 },
  ]);
  assert.strictEqual(rinfo.localAddress, '::ffff:127.0.0.4');
  assert.strictEqual(rinfo.interface, 'lo');
  assert.strictEqual(rinfo.typeOfService, 4);
  assert.strictEqual(rinfo.ttl, 12);
});

test("a socket that asks for nothing gets node:dgram's rinfo", async () => {
  for (const recvInfo of [undefined, false, {}, { ttl: false }]) {
    const [rinfo] = await received({ type: 'udp4', recvInfo }, [{}]);
    assert.deepStrictEqual(Reflect.ownKeys(rinfo), ['address', 'family', 'port', 'size']);
  }
});

test('an unknown member is refused', () => {
  for (const [name, value] of [['tos', true], ['TTL', false], ['localaddress', undefined],
                               ['toString', true], ['__proto__', true]]) {
    const recvInfo = JSON.parse(`{ "ttl": true, "${name}": ${value ?? null} }`);
    assert.throws(() => dgram.createSocket({ type: 'udp4', recvInfo }), {
      code: 'ERR_INVALID_ARG_VALUE', name: 'TypeError',
      message: `The property 'options.recvInfo.${name}' is unknown, must be one of: ` +
        "'localAddress', 'interface', 'typeOfService', 'ttl', 'timestamp', 'credentials'. " +
        `Received ${value ?? null}`,
    });
  }
});

test('a property of Object.prototype is no member', () => {
  Object.prototype.ttl = 'yes';
  try {
    dgram.createSocket({ type: 'udp4', recvInfo: { interface: true } }).close();
  } finally {
    delete Object.prototype.ttl;
  }
});

test('an rinfo says no more than what is asked for', async () => {
  for (const name of ['localAddress', 'interface', 'typeOfService', 'ttl', 'timestamp']) {
    const [rinfo] = await received({ type: 'udp4', recvInfo: { [name]: true } }, [{}]);
    assert.deepStrictEqual(Reflect.ownKeys(rinfo),
                           ['address', 'family', 'port', 'size', name]);
  }
});

test("each of 'messages' has the information of its datagram", async () => {
  const messages = Array.from({ length: 300 }, (_, i) => ({
    address: `127.0.0.${1 + i % 7}`, typeOfService: i % 5 * 4, ttl: 1 + i % 200,
  }));
  for (const event of ['message', 'messages']) {
    const got = await received({ type: 'udp4', recvInfo: true }, messages, event);
    assert.deepStrictEqual(got.map(({ localAddress: address, typeOfService, ttl }) =>
      ({ address, typeOfService, ttl })), messages);
  }
});

// Their texts do not fit into the table of known addresses.
test('many local addresses are told apart', async () => {
  const messages = Array.from({ length: 4000 }, (_, i) =>
    ({ address: `127.1.${i >> 8}.${i & 255}` }));
  for (const event of ['message', 'messages']) {
    const got = [];
    for (let i = 0; i < messages.length; i += 500) {
      got.push(...await received({ type: 'udp4', recvInfo: { localAddress: true } },
                                 messages.slice(i, i + 500), event));
    }
    assert.deepStrictEqual(got.map(({ localAddress: address }) => ({ address })), messages);
  }
});

test('sockets with and without information do not mix', async () => {
  const [plain, asking, client] = await Promise.all([
    bound({ type: 'udp4' }), bound({ type: 'udp4', recvInfo: { ttl: true } }),
    bound({ type: 'udp4' }),
  ]);
  const got = { plain: new Set(), asking: new Set() };
  let left = 200;
  const all = new Promise((resolve) => {
    const take = (set) => (msg, rinfo) => {
      set.add(Object.keys(rinfo).join());
      if (--left === 0) resolve();
    };
    plain.on('message', take(got.plain));
    asking.on('message', take(got.asking));
  });
  for (let i = 0; i < 100; i++) {
    client.send('x', plain.address().port, '127.0.0.1');
    client.send('x', asking.address().port, '127.0.0.1');
  }
  await all;
  assert.deepStrictEqual([...got.plain], ['address,family,port,size']);
  assert.deepStrictEqual([...got.asking], ['address,family,port,size,ttl']);
  for (const socket of [plain, asking, client]) socket.close();
});

test('a worker thread gets it', async () => {
  const worker = new Worker(`
    const { parentPort } = require('node:worker_threads');
    const dgram = require(${JSON.stringify(root)});
    const server = dgram.createSocket({ type: 'udp4', recvInfo: true });
    server.on('message', (msg, rinfo) => {
      parentPort.postMessage(rinfo);
      server.close();
    });
    server.bind(0, () => server.send('x', server.address().port, '127.0.0.8'));
  `, { eval: true });
  const [rinfo] = await once(worker, 'message');
  assert.strictEqual(rinfo.localAddress, '127.0.0.8');
  assert.strictEqual(typeof rinfo.timestamp, 'bigint');
});

test('a cluster worker gets it, and answers from there', () => {
  assert.strictEqual(execFileSync(process.execPath, [program('answering_worker.js')], {
    encoding: 'utf8', timeout: 60000,
  }), 'request to 127.0.0.6 by lo\nanswer from 127.0.0.6\n');
});

test('wrong options throw', () => {
  for (const recvInfo of [1, 'yes', ['ttl'], Symbol('x'), () => {}]) {
    assert.throws(() => dgram.createSocket({ type: 'udp4', recvInfo }), {
      name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE',
      message: /^The "options.recvInfo" property must be of type boolean or object\./,
    });
  }
  for (const ttl of [1, 'yes', {}]) {
    assert.throws(() => dgram.createSocket({ type: 'udp4', recvInfo: { ttl } }), {
      code: 'ERR_INVALID_ARG_TYPE',
      message: /^The "options.recvInfo.ttl" property must be of type boolean\./,
    });
  }
});

const createInterface = ['-rn', 'sh', '-c', 'ip link add d0 type veth peer name d1'];
const reason = spawnSync('unshare', createInterface).status === 0 ? false :
  'no network namespace with interfaces';

unbounded('the name of an interface is right after a rename', { skip: reason }, () => {
  const log = execFileSync('unshare', ['-rn', process.execPath, program('renamed_interface.js')],
                           { encoding: 'utf8', timeout: 60000 });
  assert.strictEqual(log, 'd0 d0 renamed renamed again again\n');
});
