// Every function of libdgram in each of its forms, and what is none of them.
import dgram, {
  createSocket, type Datagram, type DetachedSocket, type RemoteInfo,
} from 'libdgram';
import { BlockList, type AddressInfo } from 'node:net';
import { lookup } from 'node:dns';

const done = (err: Error | null, bytes: number) => void [err, bytes];
const buffer = Buffer.from('x');
const view = new DataView(new ArrayBuffer(4));

// createSocket
createSocket('udp4');
createSocket('udp6', (msg: Buffer, rinfo: RemoteInfo) => {
  const parts: [string, 'IPv4' | 'IPv6', number, number] =
    [rinfo.address, rinfo.family, rinfo.port, rinfo.size];
  return void [msg.length, parts];
});
createSocket({ type: 'udp4' });
const socket: dgram.Socket = createSocket({
  type: 'udp6',
  reuseAddr: true,
  reusePort: true,
  ipv6Only: true,
  recvBufferSize: 1,
  sendBufferSize: 1,
  lookup: (name, options, callback) => lookup(name, options, callback),
  signal: new AbortController().signal,
  receiveBlockList: new BlockList(),
  sendBlockList: new BlockList(),
  pooled: true,
  deferSends: true,
  sendHighWaterMark: 1 << 20,
  lookupTTL: 60000,
  pathErrors: true,
  busyPoll: 50,
  recvInfo: true,
  steering: 'source',
  steeringSockets: 4,
}, (msg) => void msg.length);
// @ts-expect-error -- no such type
createSocket('udp5');
// @ts-expect-error -- the type is required
createSocket({ reuseAddr: true });
// @ts-expect-error -- no such option
createSocket({ type: 'udp4', reuse: true });

// Events
socket.on('close', () => {}).once('connect', () => {})
  .addListener('error', (err) => void err.message)
  .prependListener('listening', () => {})
  .prependOnceListener('message', (msg, rinfo) => void [msg.length, rinfo.size])
  .on('messages', (list: Datagram[]) => {
    for (const { msg, rinfo } of list) void [msg.length, rinfo.port];
  })
  .on('pathError', (err) => {
    const parts: [string, string | undefined, number | undefined] =
      [err.address, err.reporter, err.mtu ?? err.port];
    return void [parts, err.code, err.icmpType, err.icmpCode];
  })
  .on('of a program', (...args) => void args)
  .off('close', () => {}).removeListener('close', () => {})
  .removeAllListeners();

// bind, bindSync
socket.bind().bind(1).bind(1, '::1').bind(1, '::1', () => {}).bind(1, () => {})
  .bind(() => {}).bind({ port: 1, address: '::1', exclusive: true })
  .bind({ fd: 3 }, () => {});
const bound: AddressInfo = socket.bindSync();
socket.bindSync({ port: 1, address: '::1' }).port.toFixed();
// @ts-expect-error -- a port is a number
socket.bind('1');

// connect, connectSync, disconnect
socket.connect(1);
socket.connect(1, '::1');
socket.connect(1, '::1', () => {});
socket.connect(1, () => {});
socket.connectSync(1);
socket.connectSync(1, '::1');
socket.disconnect();
// @ts-expect-error -- the port is required
socket.connect();
// @ts-expect-error -- it takes no callback
socket.connectSync(1, '::1', () => {});

// send: to the peer, to a port, to an address; all of a payload or a part of it
socket.send('x');
socket.send(buffer, done);
socket.send(view, 1);
socket.send(new Uint16Array(1), 1, done);
socket.send([buffer, 'x'], 1, '::1');
socket.send('x', 1, '::1', done);
socket.send(buffer, 0, 1);
socket.send(buffer, 0, 1, done);
socket.send(buffer, 0, 1, 1);
socket.send(buffer, 0, 1, 1, done);
socket.send(buffer, 0, 1, 1, '::1');
socket.send(buffer, 0, 1, 1, '::1', done);
// @ts-expect-error -- a payload is no number
socket.send(1);
// @ts-expect-error -- a list has no offset
socket.send([buffer], 0, 1, 1, '::1');

// sendMany
socket.sendMany(['x', buffer, view, ['x', buffer]]);
socket.sendMany(['x'], done);
socket.sendMany(['x']) satisfies number;
socket.writableNeedDrain satisfies boolean;
socket.writableLength satisfies number | undefined;
socket.on('drain', () => {});
// @ts-expect-error
socket.writableNeedDrain = true;
socket.sendMany([buffer], 1);
socket.sendMany([buffer], 1, done);
socket.sendMany([buffer], 1, '::1');
socket.sendMany([buffer], 1, '::1', done);
socket.sendMany([{ msg: 'x' }, { msg: [buffer], port: 1, address: '::1' }]);
// @ts-expect-error -- a list is wanted
socket.sendMany('x');
// @ts-expect-error -- the payload's name is msg
socket.sendMany([{ payload: 'x' }]);

// sendOne, reply, tos
socket.sendOne({ msg: 'x' });
socket.sendOne({
  msg: [buffer], port: 1, address: '::1', localAddress: '::1', interface: 'lo',
  typeOfService: dgram.tos(46, 1), ttl: 1,
}, done);
socket.sendMany([{ msg: 'x', interface: 1, ttl: 2 }], 1);
socket.on('message', (msg, rinfo) => {
  socket.reply(rinfo, msg);
  socket.reply(rinfo, ['x', msg], done);
  const time: bigint | undefined = rinfo.timestamp;
  void [rinfo.localAddress, rinfo.interface, rinfo.ttl, time];
  void [dgram.tos.ecn(rinfo.typeOfService ?? 0), dgram.tos.dscp(0)];
});
socket.reply({ address: '::1', family: 'IPv6', port: 1, size: 0 }, 'x');
createSocket({ type: 'udp4', recvInfo: { localAddress: true, ttl: false } });
// @ts-expect-error -- no such member
createSocket({ type: 'udp4', recvInfo: { tos: true } });
// @ts-expect-error -- an address is a text
socket.sendOne({ msg: 'x', localAddress: 1 });

// Multicast
socket.addMembership('ff02::1');
socket.addMembership('ff02::1', '::%lo');
socket.dropMembership('ff02::1');
socket.dropMembership('ff02::1', '::%lo');
socket.addSourceSpecificMembership('10.0.0.1', '232.1.1.1');
socket.addSourceSpecificMembership('10.0.0.1', '232.1.1.1', '10.0.0.2');
socket.dropSourceSpecificMembership('10.0.0.1', '232.1.1.1');
socket.dropSourceSpecificMembership('10.0.0.1', '232.1.1.1', '10.0.0.2');
socket.setMulticastInterface('::%lo');
socket.setMulticastLoopback(true);
socket.setMulticastTTL(1);

// Options and facts
socket.setBroadcast(true);
socket.setTTL(1);
socket.setRecvBufferSize(1);
socket.setSendBufferSize(1);
const numbers: number[] = [
  socket.getRecvBufferSize(), socket.getSendBufferSize(),
  socket.getSendQueueSize(), socket.getSendQueueCount(),
];
const addresses: AddressInfo[] = [bound, socket.address(),
                                  socket.remoteAddress()];
void [numbers, addresses];
// @ts-expect-error -- a flag is a boolean
socket.setBroadcast(1);

// Life
const same: dgram.Socket = socket.ref().unref().close().close(() => {});
void same;

// Interfaces by name or index
socket.addMembership('239.1.2.3', { interface: 'eth0' });
socket.dropMembership('239.1.2.3', { interface: 3 });
socket.addSourceSpecificMembership('10.0.0.1', '232.1.2.3', { interface: 'eth0' });
socket.dropSourceSpecificMembership('10.0.0.1', '232.1.2.3', { interface: 3 });
socket.setMulticastInterface({ interface: 'eth0' });
const all: boolean = socket.setMulticastAll(false);
void all;
// @ts-expect-error -- a name or an index
socket.addMembership('239.1.2.3', { interface: true });

// Type of service, fragments, path MTU
const flushed: dgram.Socket = socket.flushLookup().flushLookup('some.name');
void flushed;
const itself: dgram.Socket = socket.setTypeOfService(184).setDontFragment(true)
  .setDontFragment('probe');
const sizes: [number, number, number] =
  [socket.getTypeOfService(), socket.getPathMTU(), socket.getPathMTU('::1')];
const mode: dgram.DontFragment = socket.getDontFragment();
void [itself, sizes, mode];
// @ts-expect-error -- no such mode
socket.setDontFragment('never');

// Memberships
socket.addMembership('239.1.2.3', { interface: 'all' });
for (const { group, source, interface: name, all: onAll } of socket.getMemberships())
  void [group.length, source?.length, name?.length, onAll];

const stats: dgram.Stats = socket.getStats();
void [stats.datagramsSent.toFixed(), stats.receiveDrops?.toFixed()];

// Receive control
const detached: DetachedSocket = socket.detach();
createSocket(detached).bind(detached, () => {}).close();
const descriptor: number = detached.fd;
void descriptor;
const isPaused: boolean = socket.pause().resume().isPaused();
void isPaused;

async function iterate() {
  for await (const [msg, rinfo] of socket) void [msg.length, rinfo.localAddress];
  const { signal } = new AbortController();
  for await (const [msg] of socket.iterate({ signal, highWaterMark: 1 })) void msg.length;
  const { value, done } = await socket.iterate().next();
  if (!done) void value[1].port.toFixed();
  // @ts-expect-error -- a number
  socket.iterate({ highWaterMark: '1' });
}
void iterate;

async function stream() {
  const { value } = await socket.readable({ highWaterMark: 5 }).getReader().read();
  if (value) void [value[0].length, value[1].port];
  const writer = socket.writable({ highWaterMark: 5 }).getWriter();
  await writer.write('x');
  await writer.write({ msg: 'x', port: 1 });
  // @ts-expect-error -- no payload
  await writer.write(5);
}
void stream;
