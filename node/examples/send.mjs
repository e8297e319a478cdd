// One datagram to a name.
import dgram from 'libdgram';
import { Buffer } from 'node:buffer';

const message = Buffer.from('Some bytes');
const client = dgram.createSocket('udp4');
client.send(message, 41234, 'localhost', (err) => {
  client.close();
  console.log(err ?? 'sent');
});
