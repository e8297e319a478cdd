'use strict';
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const dgram = require('../..');

// On one host: of two links with the same address, the scope decides.
const script = `
for link in 0 1; do
  ip link add d$link type veth peer name e$link && ip link set d$link addrgenmode none || exit 77
  ip link set d$link up && ip link set e$link up
  ip addr add fe80::a/64 dev d$link nodad || exit 77
done
ip link set lo up
"$0" -e 'require(process.argv[1])()' "$3" || exit 1
: >"$2/got"
timeout 50 "$0" "$1" 7006 3 >"$2/got" &
until grep -q ^listening "$2/got"; do sleep 0.05; done
for to in fe80::a%d0 fe80::a%d1 ff12::4242%d1; do
  timeout 20 "$0" "$1" ask $to 7006 1 || exit 1
done
wait
cat "$2/got"
timeout 20 "$0" "$1" ask fe80::a 7006 1 2>&1`;

const expected = `fe80::a%d0: you are fe80::a%d0
fe80::a%d1: you are fe80::a%d1
fe80::a%d1: you are fe80::a%d1
listening on port 7006
fe80::a%d0 to fe80::a%d0 by d0
fe80::a%d1 to fe80::a%d1 by d1
fe80::a%d1 to ff12::4242%d1 by d1
fe80::a: no scope, such as %eth0
`;

const waits = path.join(__dirname, '../lib/wait_for_network.js');

const how = ['-n', '-rn'].find((option) => spawnSync(
  'unshare', [option, 'ip', 'link', 'add', 'd0', 'type', 'veth']).status === 0);

async function printsNoEscapes(run) {
  const host = dgram.createSocket('udp4');
  host.on('message', (msg, rinfo) => host.reply(rinfo, '\x1b[2J\nforged'));
  const port = await new Promise((resolve) => {
    host.bind(0, '127.0.0.1', () => resolve(host.address().port));
  });
  try {
    const asked = await run.start('ask', '::ffff:127.0.0.1', port, 1).ended();
    assert.strictEqual(asked, '::ffff:127.0.0.1: ?[2J?forged\n');
  } finally {
    host.close();
  }
}

module.exports = {
  async 'link_local.js'(run) {
    await printsNoEscapes(run);
    if (how === undefined) return run.t.skip('no network namespaces with interfaces');
    const { status, stdout, stderr } = spawnSync(
      'unshare', [how, 'sh', '-c', script, process.execPath, run.file, run.folder, waits],
      { encoding: 'utf8', timeout: 60000 });
    if (status === 77) return run.t.skip(`no IPv6: ${stderr}`);
    assert.strictEqual(stdout, expected, stderr);
    assert.strictEqual(status, 1);
  },
};
