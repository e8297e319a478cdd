// A server on all addresses of the host. Each answer leaves from the address that was
// asked, also if the host has several ones.
import dgram from 'libdgram';

const server = dgram.createSocket({
  type: 'udp4', recvInfo: { localAddress: true, interface: true },
});

server.on('message', (msg, rinfo) => {
  const answer = `${rinfo.localAddress} got ${msg}`;
  // With a callback, a forged sender does not end the program.
  server.reply(rinfo, answer, (err) => {
    console.log(err ? `no answer: ${err.message}` : answer);
  });
});

server.on('listening', () => {
  const { address, port } = server.address();
  console.log(`server listening ${address}:${port}`);
});

server.bind(41234);
