// bun receiver_bun.mjs MODULE HOW SECONDS: receiver.js with Bun.udpSocket().
const seconds = +process.argv[4];
let count = 0;
let start = 0;
let cpu;

// Earlier messages are the warm-up.
function begin() {
  start = performance.now();
  cpu = process.cpuUsage();
  count = 0;
  setTimeout(end, seconds * 1000);
}

function end() {
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  console.log(`result kpps=${(count / ms).toFixed(3)} ` +
              `cpu_us=${((user + system) / count).toFixed(4)}`);
  process.exit();
}

const socket = await Bun.udpSocket({
  hostname: '127.0.0.1',
  socket: {
    data() {
      if (count === 0 && start === 0) {
        start = 1;
        setTimeout(begin, 300);
      }
      count++;
    },
  },
});
console.log('ready', socket.port);
