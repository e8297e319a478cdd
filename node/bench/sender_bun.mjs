// bun sender_bun.mjs MODULE HOW PORT SIZE SECONDS: sender.js with Bun.udpSocket(). Sends
// lists of 1000 datagrams with sendMany(), and waits while the send buffer is full.
const [port, size, seconds] = process.argv.slice(4).map(Number);
const payload = Buffer.alloc(size);
const list = new Array(1000).fill(payload);
const until = performance.now() + seconds * 1000;
const socket = await Bun.udpSocket({
  connect: { hostname: '127.0.0.1', port },
  socket: { drain: burst, error() {} }, // the receiver ends first
});

function burst() {
  if (performance.now() >= until) process.exit();
  try {
    if (socket.sendMany(list) < list.length) return;
  } catch {
    process.exit();
  }
  setImmediate(burst);
}

burst();
