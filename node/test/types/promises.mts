// libdgram/promises
import promises, { createSocket, PromiseSocket, type ReceiveOptions } from 'libdgram/promises';
import { Socket, type RemoteInfo } from 'libdgram';

const socket: PromiseSocket = createSocket('udp4');
createSocket({ type: 'udp6', recvInfo: true, signal: new AbortController().signal });
// @ts-expect-error -- it takes no listener
createSocket('udp4', () => {});
// @ts-expect-error -- createSocket() makes them
new PromiseSocket();

async function use() {
  const address: string = (await socket.bind(0, '::1')).address;
  await socket.bind({ port: 0, device: 'lo' });
  await socket.connect(1, '::1');
  const bytes: number[] = [
    await socket.send('x'), await socket.send('x', 1, '::1'),
    await socket.send(Buffer.from('x'), 0, 1, 1, '::1'),
    await socket.sendMany(['x', { msg: 'y', port: 1 }], 1, '::1'),
    await socket.sendOne({ msg: 'x', port: 1, ttl: 5 }),
  ];
  const options: ReceiveOptions = { signal: new AbortController().signal };
  const [msg, rinfo]: [Buffer, RemoteInfo] = await socket.receive(options);
  await socket.reply(rinfo, msg);
  for await (const [text, { port }] of socket) void [text.length, port];
  for await (const [text] of socket.iterate({ highWaterMark: 5 })) void text.length;
  const same: PromiseSocket = socket.ref().unref().setTypeOfService(1);
  const own: Socket = socket.socket;
  void [address, bytes, same, own, socket.getStats().bytesSent, socket.setTTL(5)];
  await socket.close();
  await socket[Symbol.asyncDispose]();
  // @ts-expect-error -- no callback
  socket.send('x', () => {});
}

async function useUnix() {
  const log = promises.createSocket('unix_dgram');
  const { address } = await log.bind({ path: '/run/log.sock', mode: 0o660 });
  await log.connect(address);
  const bytes: number = await log.send('x') + await log.send('x', '@name');
  const [msg, rinfo] = await log.receive();
  await log.reply(rinfo, msg);
  void [bytes, rinfo.pid, log.socket.address()];
  // @ts-expect-error -- it has no ports
  await log.send('x', 5);
  await log.close();
}
void [use, useUnix, promises.createSocket];
