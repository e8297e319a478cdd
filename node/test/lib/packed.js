'use strict';
// The tarballs of the packages, and changed copies of them for other platforms and
// versions.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const checkout = path.join(__dirname, '..', '..', '..');
const host = `${process.platform}-${process.arch}`;
const { version } = require('../../package.json');

// Returns the tarballs of libdgram and of the binary for this machine.
function pack() {
  const out = execFileSync('sh', [path.join(checkout, 'tools', 'pack-node')],
                           { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return out.trim().split('\n').map((name) => path.resolve(checkout, name));
}

// Packs a copy of a tarball after change(folder).
function repack(tarball, to, change) {
  const folder = fs.mkdtempSync(path.join(path.dirname(to), 'repack-'));
  execFileSync('tar', ['xzf', tarball, '-C', folder]);
  change(path.join(folder, 'package'));
  execFileSync('tar', ['czf', to, '-C', folder, 'package']);
  fs.rmSync(folder, { recursive: true });
  return to;
}

function edit(file, from, to) {
  const text = fs.readFileSync(file, 'latin1');
  fs.writeFileSync(file, text.replaceAll(from, to), 'latin1');
}

// Makes a release of another version, with as many characters.
function withVersion(tarball, other, folder) {
  return repack(tarball, path.join(folder, `${other}-${path.basename(tarball)}`), (root) => {
    edit(path.join(root, 'package.json'), `"${version}"`, `"${other}"`);
    const binary = path.join(root, 'dgram.node');
    if (fs.existsSync(binary)) edit(binary, `${version}\0`, `${other}\0`);
    else for (const name of ['lib/version.js', 'core/include/dgram_types.h'])
      edit(path.join(root, name), version, other);
  });
}

// Makes the packages of all other platforms, with a text in place of the binary.
function otherPlatforms(tarball, folder) {
  const script = path.join(checkout, 'tools', 'release', 'packages.js');
  const list = execFileSync(process.execPath, [script, 'list'], { encoding: 'utf8' });
  return list.trim().split('\n').filter((name) => name !== host).map((name) =>
    repack(tarball, path.join(folder, `${name}.tgz`), (root) => {
      fs.writeFileSync(path.join(root, 'dgram.node'), 'not a binary');
      execFileSync(process.execPath, [script, 'platform', name, root]);
    }));
}

module.exports = { checkout, host, otherPlatforms, pack, repack, version, withVersion };
