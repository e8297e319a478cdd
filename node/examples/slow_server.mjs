// A server that takes 20 ms for each request, one after the other. Meanwhile requests
// wait in the kernel. If its buffer is full, the kernel drops new ones, and the memory of
// the server does not grow.
import { setTimeout as work } from 'node:timers/promises';
import { createSocket } from 'libdgram/promises';

const server = createSocket({ type: 'udp4', recvInfo: { localAddress: true } });
const { address, port } = await server.bind(41234);
console.log(`server listening ${address}:${port}`);

for await (const [msg, rinfo] of server) {
  await work(20);
  try {
    await server.reply(rinfo, `did ${msg}`);
    console.log(`did ${msg} for ${rinfo.address}`);
  } catch (err) {
    console.log(`no answer: ${err.message}`);
  }
  if (`${msg}` === 'quit') break;
}
await server.close();
