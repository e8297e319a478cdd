// deno run -A --unstable-net receiver_deno.mjs MODULE HOW SECONDS: receiver.js with
// Deno.listenDatagram(), into one buffer.
import counter from './counter.js';

// CPU time of this process in microseconds, all threads included.
function cpuTime() {
  const [user, system] = Deno.readTextFileSync('/proc/self/stat')
    .replace(/^.*\) /, '').split(' ').slice(11, 13).map(Number);
  return (user + system) * 10000;
}

const add = counter(Deno.args[2], cpuTime);
const socket = Deno.listenDatagram({ transport: 'udp', hostname: '127.0.0.1', port: 0 });
const buffer = new Uint8Array(65536);

console.log('ready', socket.addr.port);
for (;;) {
  await socket.receive(buffer);
  add(1);
}
