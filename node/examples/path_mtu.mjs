// Sends the longest datagram that passes without fragments, and waits for an answer. If a
// router says that it is too long, sends a shorter one.
//
// usage: path_mtu.mjs [ADDRESS]
import dgram from 'libdgram';
import { Buffer } from 'node:buffer';
import { isIPv6 } from 'node:net';

const address = process.argv[2] ?? '127.0.0.1';
const [type, headers, longest] = isIPv6(address) ? ['udp6', 48, 65527] :
  ['udp4', 28, 65507];

const socket = dgram.createSocket({ type, pathErrors: true });
let length;

// The kernel knows the MTU of its own interface, and what routers have told it.
function send() {
  length = Math.min(socket.getPathMTU(address) - headers, longest);
  console.log(`sending ${length} bytes`);
  socket.send(Buffer.alloc(length), 41234, address, (err) => {
    if (err && err.code !== 'EMSGSIZE') throw err; // else there is a 'pathError', too
  });
}

socket.on('pathError', (err) => {
  console.log(`${err.reporter ?? 'this host'}: ${err.code}, MTU ${err.mtu}`);
  if (err.code === 'EMSGSIZE') send();
  else socket.close();
});

socket.on('message', (msg) => {
  console.log(`answer to ${length} bytes: ${msg}`);
  socket.close();
});

socket.bind(0, () => {
  socket.setDontFragment(true);
  send();
});
