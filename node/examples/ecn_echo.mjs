// An echo that tells the sender which ECN mark its datagram arrived with. A router that is
// congested changes ECT to CE, and the sender slows down.
import dgram from 'libdgram';

const NAMES = ['not ECT', 'ECT(1)', 'ECT(0)', 'CE'];
const ECT0 = 2;

const server = dgram.createSocket({
  type: 'udp4', recvInfo: { localAddress: true, typeOfService: true },
});

server.on('message', (msg, rinfo) => {
  const { address, port, localAddress, typeOfService } = rinfo;
  if (port === 0) return; // the sender is forged
  const answer = {
    msg: `${msg} arrived with ${NAMES[dgram.tos.ecn(typeOfService)]}`,
    port, address, localAddress,
    typeOfService: dgram.tos(dgram.tos.dscp(typeOfService), ECT0),
  };
  server.sendOne(answer, (err) => {
    console.log(err ? err.message : answer.msg);
  });
});

server.on('listening', () => {
  const { address, port } = server.address();
  console.log(`server listening ${address}:${port}`);
});

server.bind(41234);
