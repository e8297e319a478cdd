'use strict';
// Writes the generated files of the npm packages. The published package.json lists the
// packages of the platforms, each of exactly its version. That of the checkout does not,
// because npm would look for them in a registry when it installs the packages for tests.
//
// usage: node packages.js list | main TO | platform NAME TO
const fs = require('node:fs');
const path = require('node:path');

const source = require('../../node/package.json');
const { version } = source;

// `tested`: whether the tests run the binary.
const platforms = {
  'linux-x64': { title: 'Linux on x86-64 (glibc 2.17 or later, or musl)', tested: true },
  'linux-arm64': { title: 'Linux on arm64 (glibc 2.17 or later, or musl)', tested: true },
  'darwin-arm64': { title: 'macOS on Apple silicon', tested: false },
  'darwin-x64': { title: 'macOS on x86-64', tested: false },
  'win32-x64': { title: 'Windows on x86-64', tested: true },
};

const nameOf = (platform) => `@libdgram/${platform}`;

function writeManifest(to, manifest) {
  fs.writeFileSync(path.join(to, 'package.json'), JSON.stringify(manifest, null, 2) + '\n');
}

// The package has neither examples nor documents: links to them become texts. pack-node
// has put the README there.
function withoutLinks(page) {
  return page.replace(/\[([^\]]*)\]\((?![a-z]+:|#)[^)]*\)/g, '$1') +
    '\nThe documents and examples that this page names are in the repository of libdgram.\n';
}

function writeMain(to) {
  const readme = path.join(to, 'README.md');
  fs.writeFileSync(readme, withoutLinks(fs.readFileSync(readme, 'utf8')));
  const { private: _, devDependencies: __, scripts: ___, ...manifest } = source;
  manifest.optionalDependencies = Object.fromEntries(
    Object.keys(platforms).map((name) => [nameOf(name), version]));
  writeManifest(to, manifest);
}

function writePlatform(platform, to) {
  const { title, tested } = platforms[platform];
  const [os, cpu] = platform.split('-');
  writeManifest(to, {
    name: nameOf(platform),
    version,
    description: `The binary of libdgram for ${title}`,
    license: source.license,
    author: source.author,
    os: [os],
    cpu: [cpu],
    preferUnplugged: true, // a binary inside an archive cannot be loaded
    engines: source.engines,
    publishConfig: source.publishConfig,
  });
  fs.writeFileSync(path.join(to, 'README.md'), `# ${nameOf(platform)}

The binary of \`libdgram\` for ${title}.
Install \`libdgram\`; it depends on this package.
${tested ? 'The tests of each release run it.' :
    'It was built for this system, not run on it. So libdgram tests it when it loads, ' +
    'and\nuses `node:dgram` if it does not work.'}
`);
}

const [command, ...args] = process.argv.slice(2);
if (command === 'list') console.log(Object.keys(platforms).join('\n'));
else if (command === 'main') writeMain(...args);
else writePlatform(...args);
