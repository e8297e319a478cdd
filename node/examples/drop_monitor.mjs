// A server that tells each second what it received and what the kernel dropped because
// the program did not read it in time.
import dgram from 'libdgram';

const server = dgram.createSocket({ type: 'udp4', recvBufferSize: 65536 });
let before;

function report() {
  const stats = server.getStats();
  const received = stats.datagramsReceived - before.datagramsReceived;
  const dropped = stats.receiveDrops - before.receiveDrops;
  before = stats;
  if (received > 0 || dropped > 0)
    console.log(`received ${received}, dropped ${dropped}`);
}

server.on('messages', () => {
  // The work of the server.
});

server.on('listening', () => {
  const { address, port } = server.address();
  console.log(`server listening ${address}:${port}`);
  before = server.getStats();
  setInterval(report, 1000);
});

server.bind(41234);
