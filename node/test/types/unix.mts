// Unix sockets: the type of libdgram, and libdgram/unix-dgram.
import dgram, { createSocket, type UnixRemoteInfo, type UnixSocket } from 'libdgram';
import unix from 'libdgram/unix-dgram';
import 'libdgram/unix-dgram/register';

const done = (err: Error | null, bytes: number) => void [err, bytes];
const buffer = Buffer.from('x');

createSocket('unix_dgram');
createSocket('unix_dgram', (msg: Buffer, rinfo: UnixRemoteInfo) => {
  const parts: [string, 'unix', 0, number | undefined] =
    [rinfo.address, rinfo.family, rinfo.port, rinfo.pid];
  return void [msg.length, parts];
});
const socket: UnixSocket = createSocket({
  type: 'unix_dgram', recvBufferSize: 1, pooled: true, sendHighWaterMark: 1,
  recvInfo: { credentials: true }, signal: new AbortController().signal,
});
// @ts-expect-error -- there are no lookups
createSocket({ type: 'unix_dgram', lookup: () => {} });

socket.bind().bind('/run/x').bind('/run/x', () => {}).bind(() => {})
  .bind({ path: '/run/x', mode: 0o660, keepFile: true }, () => {}).bind({ fd: 3 });
const bound: dgram.UnixAddress = socket.bindSync('@x');
socket.bindSync({ path: '/run/x', mode: 0o600 }).address.length.toFixed();
// @ts-expect-error -- a path is a text
socket.bind(1);
socket.connect('/run/x');
socket.connect('/run/x', () => {});
socket.connectSync('/run/x');
socket.disconnect();
void [bound, socket.address(), socket.remoteAddress()];

socket.send('x');
socket.send('x', done);
socket.send(['x', buffer], '/run/x');
socket.send('x', '/run/x', done);
socket.send(buffer, 0, 1);
socket.send(buffer, 0, 1, done);
socket.send(buffer, 0, 1, '/run/x');
socket.send(buffer, 0, 1, '/run/x', done);
// @ts-expect-error -- there are no ports
socket.send('x', 1);
socket.sendMany(['x', { msg: 'x', path: '/run/x' }]);
socket.sendMany(['x'], '/run/x', done);
socket.sendOne({ msg: 'x', path: '/run/x' }, done);
// @ts-expect-error -- it has no TTL
socket.sendOne({ msg: 'x', path: '/run/x', ttl: 1 });
// @ts-expect-error -- nor this call
socket.setTTL(1);

socket.on('message', (msg, rinfo) => socket.reply(rinfo, msg, done))
  .on('messages', (list) => void list[0]?.rinfo.uid)
  .once('error', (err) => void err.message)
  .on('of a program', (...args) => void args);
socket.ref().unref().pause().resume().close();
void (async () => {
  for await (const [msg, { address, gid }] of socket) void [msg, address, gid];
});

const old: unix.Socket = unix.createSocket('unix_dgram', (msg, { path, size }) => {
  const parts: [Buffer, string | null, number] = [msg, path, size];
  return void parts;
});
old.on('congestion', (buf) => void buf.byteLength).on('writable', () => {})
  .on('error', (err) => void err.code.toFixed())
  .once('message', (msg, { size }) => void [msg, size]);
old.bind('/run/x');
old.connect('/run/x');
old.send(buffer);
old.send(buffer, (err) => void err?.errno);
old.send(buffer, 0, 1, '/run/x', (err) => void err?.syscall);
old.close();
// @ts-expect-error -- a text is no buffer
old.send('x');
unix.createSocket('udp4', (msg, rinfo) => void [msg, rinfo.port]).bind(1);
