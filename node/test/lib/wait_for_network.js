'use strict';
// Waits until datagrams pass the interfaces of a network namespace. The kernel notices a
// carrier some time after `ip link set up`, and adds the route to a `nodad` address some
// time after `ip addr add`. Until then it drops datagrams, and reports no error.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');

const LIMIT = 10000; // milliseconds

const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

// An interface with LOWER_UP and 'state DOWN' has a carrier that the kernel has not
// noticed yet. A recent kernel does when it is asked about the interface.
const isDown = (line) => /[<,]LOWER_UP[,>].* state (DOWN|LOWERLAYERDOWN) /.test(line);

const nameIn = (line) => /^\d+: ([^@:]+)/.exec(line)[1];

// Whether a line of /proc/net/ipv6_route is of a single address.
const isHost = (fields) => fields.length === 10 && fields[1] === '80';

// Whether a line of /proc/net/if_inet6 is of an address with IFA_F_NODAD.
const isNodad = (fields) => fields.length === 6 && (Number(`0x${fields[4]}`) & 2) !== 0;

function lacksRoute(lines) {
  const table = lines.map((line) => line.trim().split(/\s+/));
  const routes = new Set(table.filter(isHost).map((fields) => `${fields[0]} ${fields[9]}`));
  return table.filter(isNodad).some((fields) => !routes.has(`${fields[0]} ${fields[5]}`));
}

// The namespace is that of this process, or of the host that the command enters.
function waitForNetwork(...enter) {
  const linesOf = (...command) => {
    const [file, ...args] = [...enter, ...command];
    return execFileSync(file, args, { encoding: 'utf8' }).split('\n');
  };
  const isUp = () => {
    const down = linesOf('ip', '-o', 'link').filter(isDown);
    for (const line of down) linesOf('ip', 'link', 'show', 'dev', nameIn(line));
    return down.length === 0 && !(fs.existsSync('/proc/net/if_inet6') &&
      lacksRoute(linesOf('cat', '/proc/net/ipv6_route', '/proc/net/if_inet6')));
  };
  const end = Date.now() + LIMIT;
  while (!isUp()) {
    if (Date.now() > end) throw new Error('the network does not come up');
    sleep(10);
  }
}

module.exports = waitForNetwork;
