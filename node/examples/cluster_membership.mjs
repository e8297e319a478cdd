// Workers share a socket; one of them joins the group for all.
import cluster from 'node:cluster';
import dgram from 'libdgram';
import process from 'node:process';

if (cluster.isPrimary) {
  let ready = 0;
  for (let i = 0; i < 2; i++) {
    cluster.fork().on('message', (text) => {
      console.log(text);
      if (++ready === 2) cluster.disconnect();
    });
  }
} else {
  const socket = dgram.createSocket('udp4');
  socket.bind(41234, () => {
    try {
      socket.addMembership('224.0.0.114', '127.0.0.1');
      process.send('joined');
    } catch (err) {
      process.send(err.code);
    }
  });
}
