// Passes datagrams on from a UDP port to a Unix socket, and receives no more than it can
// pass on.
//
//   node relay.mjs 41234 /run/log.sock
//
// What the reader of the Unix socket does not take at once waits in this process, up to
// sendHighWaterMark. Then the relay pauses, and datagrams wait in the receive buffer of
// the kernel. When that is full, too, the kernel drops datagrams and counts them. So each
// datagram is in one of the counts that are printed at the end.
import dgram from 'libdgram';

const [port, path] = process.argv.slice(2);
const input = dgram.createSocket({ type: 'udp4', pooled: true });
const output = dgram.createSocket({ type: 'unix_dgram', sendHighWaterMark: 1 << 20 });
const counts = { received: 0, passedOn: 0, refused: 0 };
let isEnding = false;

input.on('message', (msg) => {
  counts.received++;
  output.send(msg, (err) => {
    if (err) counts.refused++;
    else counts.passedOn++;
    endIfDone();
  });
  if (output.writableNeedDrain) input.pause();
});

output.on('drain', () => {
  if (!isEnding) input.resume();
});

// Everything that was received is passed on first.
function endIfDone() {
  if (!isEnding || counts.passedOn + counts.refused < counts.received) return;
  console.log(JSON.stringify({ ...counts, dropped: input.getStats().receiveDrops }));
  input.close();
  output.close();
}

process.once('SIGTERM', () => {
  isEnding = true;
  input.pause();
  endIfDone();
});

input.on('listening', () => {
  console.log(`listening on port ${input.address().port}`);
});

output.connect(path, (err) => {
  if (err) throw err; // nobody reads the Unix socket
  input.bind(+port);
});
