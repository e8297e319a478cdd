// bun echo_bun.js: the same with the sockets of Bun.
const socket = await Bun.udpSocket({
  hostname: '127.0.0.1',
  socket: {
    data(self, msg, port, address) {
      self.send(msg, port, address);
    },
  },
});
console.log('ready', socket.port);
