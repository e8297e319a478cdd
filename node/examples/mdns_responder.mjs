// Answers mDNS queries for the address of example.local on all interfaces, also on those
// that come later: each query with the addresses of the interface that received it.
import dgram from 'libdgram';
import { Buffer } from 'node:buffer';
import { networkInterfaces } from 'node:os';

const GROUP = '224.0.0.251';
const PORT = 5353;
const NAME = Buffer.from('\x07example\x05local\0', 'latin1');
const TYPE_A_CLASS_IN = Buffer.from([0, 1, 0, 1]);

const socket = dgram.createSocket({
  type: 'udp4', reuseAddr: true, recvInfo: { localAddress: true, interface: true },
});

// Whether it is a query whose first question is for an address of the name.
function asksForName(msg) {
  const end = 12 + NAME.length;
  if (msg.length < end + 4 || msg[2] & 0x80) return false;
  const name = msg.toString('latin1', 12, end).toLowerCase();
  // The highest bit of the class asks for an answer by unicast.
  return name === NAME.toString('latin1') && msg.readUInt16BE(end) === 1 &&
    (msg.readUInt16BE(end + 2) & 0x7fff) === 1;
}

function answerTo(id, question, addresses) {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(0x8400, 2); // an authoritative answer
  header.writeUInt16BE(question.length > 0 ? 1 : 0, 4);
  header.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((address) => Buffer.concat([
    NAME, TYPE_A_CLASS_IN, Buffer.from([0, 0, 0, 120, 0, 4]), // for 120 seconds
    Buffer.from(address.split('.').map(Number)),
  ]));
  return Buffer.concat([header, question, ...records]);
}

socket.on('message', (msg, rinfo) => {
  if (!asksForName(msg)) return;
  const addresses = (networkInterfaces()[rinfo.interface] ?? [])
    .filter(({ family }) => family === 'IPv4').map((one) => one.address);
  if (addresses.length === 0) return;
  const sent = (err) => {
    console.log(err ? err.message : `${rinfo.interface}: ${addresses.join(' ')}`);
  };
  // A resolver that is none of mDNS asks from another port, and gets its own answer.
  if (rinfo.port !== PORT) {
    const question = Buffer.concat([NAME, TYPE_A_CLASS_IN]);
    socket.reply(rinfo, answerTo(msg.readUInt16BE(0), question, addresses), sent);
  } else {
    socket.sendOne({ msg: answerTo(0, Buffer.alloc(0), addresses), port: PORT,
                     address: GROUP, interface: rinfo.interface, ttl: 255 }, sent);
  }
});

socket.bind(PORT, () => {
  socket.addMembership(GROUP, { interface: 'all' });
  console.log('answering for example.local');
});
