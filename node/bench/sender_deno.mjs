// deno run -A --unstable-net sender_deno.mjs MODULE HOW PORT SIZE SECONDS: sender.js with
// Deno.listenDatagram(), with bursts of 100 calls of send().
const [port, size, seconds] = Deno.args.slice(2).map(Number);
const socket = Deno.listenDatagram({ transport: 'udp', hostname: '127.0.0.1', port: 0 });
const payload = new Uint8Array(size);
const to = { transport: 'udp', hostname: '127.0.0.1', port };
const until = performance.now() + seconds * 1000;

while (performance.now() < until) {
  const burst = [];
  for (let i = 0; i < 100; i++) burst.push(socket.send(payload, to));
  await Promise.all(burst);
}
Deno.exit();
