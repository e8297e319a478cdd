'use strict';
// A registry on loopback that serves tarballs to package managers. It answers 404 for any
// other name, and asks no other registry.
const { createHash } = require('node:crypto');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

function describe(file) {
  const manifest = JSON.parse(execFileSync('tar', ['xzOf', file, 'package/package.json']));
  const bytes = fs.readFileSync(file);
  const hash = (name, form) => createHash(name).update(bytes).digest(form);
  return { manifest, bytes, shasum: hash('sha1', 'hex'),
           integrity: `sha512-${hash('sha512', 'base64')}` };
}

// The document of a package: a member for each of its versions.
function packument(name, releases, url) {
  const versions = {};
  const time = {};
  for (const { manifest, shasum, integrity } of releases) {
    const tarball = `${url}/${name}/-/${path.basename(name)}-${manifest.version}.tgz`;
    versions[manifest.version] = {
      ...manifest, _id: `${name}@${manifest.version}`, dist: { tarball, shasum, integrity },
    };
    time[manifest.version] = '2020-01-01T00:00:00.000Z'; // some managers refuse new ones
  }
  const latest = releases.at(-1).manifest.version;
  return { _id: name, name, 'dist-tags': { latest }, versions, time };
}

function find(packages, requested, url) {
  const [name, file] = decodeURIComponent(requested.split('?')[0]).slice(1).split('/-/');
  const releases = packages.get(name);
  if (file === undefined)
    return releases && JSON.stringify(packument(name, releases, url));
  return releases?.find(({ manifest }) =>
    file === `${path.basename(name)}-${manifest.version}.tgz`)?.bytes;
}

// Serves the tarballs, the latest release of a package last. `requests` are the paths
// that were asked for.
async function startRegistry(files) {
  const packages = new Map();
  for (const release of files.map(describe)) {
    const { name } = release.manifest;
    packages.set(name, [...packages.get(name) ?? [], release]);
  }
  const requests = [];
  const server = http.createServer((request, response) => {
    requests.push(request.url);
    const body = find(packages, request.url, url);
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
    response.end(body ?? '{"error":"not found"}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const stop = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections?.();
  });
  return { url, requests, stop };
}

module.exports = { startRegistry };
