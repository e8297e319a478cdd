// A server that moves to a worker thread. Datagrams that wait in the kernel move with it:
// none is lost, and none is answered twice.
import dgram from 'libdgram';
import { once } from 'node:events';
import { Worker, isMainThread, parentPort, threadId } from 'node:worker_threads';

function answer(server) {
  server.on('message', (msg, rinfo) => {
    server.reply(rinfo, `${msg} from thread ${threadId}`);
  });
}

if (isMainThread) {
  const server = dgram.createSocket('udp4');
  answer(server);
  server.bind(41234);
  await once(server, 'listening');
  const { address, port } = server.address();
  console.log(`server listening ${address}:${port}`);
  const worker = new Worker(new URL(import.meta.url));
  await once(worker, 'online');
  const detached = server.detach();
  worker.postMessage(detached);
  // If the worker ended before it bound the descriptor, the port would stay bound.
  const [taken] = await Promise.race([once(worker, 'message'), once(worker, 'exit')]);
  if (taken !== 'taken') dgram.createSocket(detached).bind(detached).close();
  console.log('the worker has it');
} else {
  const [detached] = await once(parentPort, 'message');
  const server = dgram.createSocket(detached);
  answer(server);
  server.bind(detached, () => parentPort.postMessage('taken'));
}
