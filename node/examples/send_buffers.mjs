// One datagram out of two buffers, to 127.0.0.1.
import dgram from 'libdgram';
import { Buffer } from 'node:buffer';

const first = Buffer.from('Some ');
const second = Buffer.from('bytes');
const client = dgram.createSocket('udp4');
client.send([first, second], 41234, (err) => {
  client.close();
  console.log(err ?? 'sent');
});
