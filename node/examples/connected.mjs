// A socket with a peer: each datagram goes there.
import dgram from 'libdgram';
import { Buffer } from 'node:buffer';

const message = Buffer.from('Some bytes');
const client = dgram.createSocket('udp4');
client.connect(41234, 'localhost', (err) => {
  if (err) throw err;
  client.send(message, (failure) => {
    client.close();
    console.log(failure ?? 'sent');
  });
});
