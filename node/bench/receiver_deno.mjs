// deno run -A --unstable-net receiver_deno.mjs MODULE HOW SECONDS: receiver.js with
// Deno.listenDatagram(), into one buffer.
const seconds = +Deno.args[2];
const socket = Deno.listenDatagram({ transport: 'udp', hostname: '127.0.0.1', port: 0 });
const buffer = new Uint8Array(65536);
let count = 0;
let start = 0;
let cpu;

// CPU time of this process in milliseconds, all threads included.
function cpuTime() {
  const [user, system] = Deno.readTextFileSync('/proc/self/stat')
    .replace(/^.*\) /, '').split(' ').slice(11, 13).map(Number);
  return (user + system) * 10;
}

// Earlier messages are the warm-up.
function begin() {
  start = performance.now();
  cpu = cpuTime();
  count = 0;
  setTimeout(end, seconds * 1000);
}

function end() {
  const ms = performance.now() - start;
  console.log(`result kpps=${(count / ms).toFixed(3)} ` +
              `cpu_us=${((cpuTime() - cpu) * 1000 / count).toFixed(4)}`);
  Deno.exit();
}

console.log('ready', socket.addr.port);
for (;;) {
  await socket.receive(buffer);
  if (count === 0 && start === 0) {
    start = 1;
    setTimeout(begin, 300);
  }
  count++;
}
