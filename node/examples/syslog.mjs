// Writes the lines of its standard input to the system's log, as logger(1) does.
import dgram from 'libdgram';
import { createInterface } from 'node:readline';

const USER = 1; // facility
const INFO = 6; // severity
const log = dgram.createSocket('unix_dgram');

function write(text) {
  return new Promise((resolve, reject) => {
    log.send(`<${USER * 8 + INFO}>example[${process.pid}]: ${text}`, '/dev/log',
             (err) => (err ? reject(err) : resolve()));
  });
}

for await (const line of createInterface(process.stdin)) {
  try {
    await write(line); // waits while the daemon is busy
  } catch (err) {
    console.error(`not logged: ${line}: ${err.code}`); // the daemon is restarting
  }
}
log.close();
