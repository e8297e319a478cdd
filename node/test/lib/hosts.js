'use strict';
// Hosts in network namespaces: NEAR, which is the namespace of this process (started by
// `unshare -rn`), FAR, and a router between them. A host exists as long as this process.
const { execFileSync, fork, spawn } = require('node:child_process');
const { on, once } = require('node:events');
const path = require('node:path');
const waitForNetwork = require('./wait_for_network');

const peer = path.join(__dirname, 'peer.js');

class Host {
  #enter; // the command that runs another one on this host

  constructor(...enter) {
    this.#enter = [...enter, 'env'];
  }

  #run(...command) {
    const [file, ...args] = [...this.#enter, ...command];
    return execFileSync(file, args, { encoding: 'utf8' });
  }

  ip(args) {
    return this.#run('ip', ...args.split(' '));
  }

  waitForNetwork() {
    waitForNetwork(...this.#enter);
  }

  // Without duplicate address detection IPv6 addresses are usable at once.
  addAddresses(device, ...addresses) {
    for (const address of addresses) {
      const nodad = address.includes(':') ? ' nodad' : '';
      this.ip(`addr add ${address} dev ${device}${nodad}`);
    }
  }

  sysctl(name, value) {
    this.#run('sh', '-c', `echo ${value} >/proc/sys/net/${name}`);
  }

  // A socket on this host: what it receives are messages of next().
  async open(type, address) {
    const [execPath, ...args] = this.#enter;
    const child = fork(peer, [type, address], {
      execPath, execArgv: [...args, process.execPath], serialization: 'advanced',
    });
    const messages = on(child, 'message');
    const next = async () => (await messages.next()).value[0];
    const port = await next();
    return { address, port, next, send: (message) => child.send(message) };
  }
}

const near = new Host();

async function createHost() {
  // Ends when this process closes the standard input, at its end.
  const holder = spawn('unshare', ['-n', 'sh', '-c', 'echo ready; exec cat'],
                       { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  const host = new Host('nsenter', '-t', `${holder.pid}`, '-n');
  host.pid = holder.pid;
  host.ip('link set lo up');
  return host;
}

// A wire between NEAR or a router and another host, with these devices at its ends.
function connect(host, device, other, otherDevice) {
  host.ip(`link add ${device} type veth peer name ${otherDevice} netns ${other.pid}`);
  host.ip(`link set ${device} addrgenmode none up`);
  other.ip(`link set ${otherDevice} addrgenmode none up`);
}

function waitForHosts(...hosts) {
  for (const host of hosts) host.waitForNetwork();
}

async function createHosts() {
  near.ip('link set lo up');
  const far = await createHost();
  connect(near, 'a0', far, 'b0');
  near.addAddresses('a0', '10.77.0.1/24', '10.77.0.4/24', 'fd77::1/64', 'fd77::4/64',
                    'fe80::1/64');
  far.addAddresses('b0', '10.77.0.2/24', 'fd77::2/64', 'fe80::2/64');
  waitForHosts(near, far);
  return { near, far };
}

function addSecondWire(far) {
  connect(near, 'a1', far, 'b1');
  near.addAddresses('a1', '10.78.0.1/24', 'fd78::1/64', 'fe80::1/64');
  far.addAddresses('b1', '10.78.0.2/24', 'fd78::2/64', 'fe80::2/64');
  waitForHosts(near, far);
}

// The router's wire to FAR has a smaller MTU.
async function createRoutedHosts(mtu) {
  near.ip('link set lo up');
  const [router, far] = [await createHost(), await createHost()];
  connect(near, 'a0', router, 'r0');
  connect(router, 'r1', far, 'b0');
  near.addAddresses('a0', '10.77.1.1/24', 'fd77:1::1/64');
  // A router asks for its neighbours from a link-local address.
  router.addAddresses('r0', '10.77.1.9/24', 'fd77:1::9/64', 'fe80::9/64');
  router.addAddresses('r1', '10.77.2.9/24', 'fd77:2::9/64', 'fe80::9/64');
  far.addAddresses('b0', '10.77.2.2/24', 'fd77:2::2/64');
  for (const address of ['10.77.1.9', 'fd77:1::9'])
    near.ip(`route add default via ${address}`);
  for (const address of ['10.77.2.9', 'fd77:2::9'])
    far.ip(`route add default via ${address}`);
  for (const net of ['10.77.3.0/24', 'fd77:3::/64'])
    router.ip(`route add unreachable ${net}`);
  router.sysctl('ipv4/ip_forward', 1);
  router.sysctl('ipv6/conf/all/forwarding', 1);
  router.ip(`link set r1 mtu ${mtu}`);
  far.ip(`link set b0 mtu ${mtu}`);
  waitForHosts(near, router, far);
  return { near, router, far };
}

module.exports = { createHosts, addSecondWire, createRoutedHosts };
