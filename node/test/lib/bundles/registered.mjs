// The same as registered.cjs, in a module: imported names change, too.
import 'libdgram/register';
import { createSocket } from 'node:dgram';

const socket = createSocket('udp4', (msg) => {
  console.log(JSON.stringify({ received: String(msg), sendMany: typeof socket.sendMany }));
  socket.close();
});
socket.bind(0, '127.0.0.1', () =>
  socket.send('over', socket.address().port, '127.0.0.1'));
