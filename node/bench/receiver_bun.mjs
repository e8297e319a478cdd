// bun receiver_bun.mjs MODULE HOW SECONDS: receiver.js with Bun.udpSocket().
import counter from './counter.js';

const add = counter(process.argv[4]);
const socket = await Bun.udpSocket({
  hostname: '127.0.0.1',
  socket: {
    data() {
      add(1);
    },
  },
});
console.log('ready', socket.port);
