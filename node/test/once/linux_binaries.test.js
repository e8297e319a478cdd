'use strict';
// The binaries for Linux load with each C library: glibc since 2.17, which Node 18 needs,
// and musl. Their symbols say so; tools/platforms/node-musl loads one with musl.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');
const { readElf } = require('../lib/elf');

const top = path.join(__dirname, '..', '..', '..');
const release = path.join(top, 'tools', 'release');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'linux-binaries-'));
after(() => fs.rmSync(folder, { recursive: true }));

// What glibc 2.17 has and musl too, with the same types. Look both up before you add one.
const common = new Set(`
  __ctype_b_loc __cxa_atexit __errno_location __lxstat bcmp bind calloc clock_gettime close
  connect fchmod fchmodat fcntl flock free freeifaddrs getcwd getenv getifaddrs getpeername
  getpid getsockname getsockopt if_indextoname if_nametoindex in6addr_any in6addr_loopback
  inet_ntop inet_pton ioctl madvise malloc memchr memcmp memcpy memmove memset mmap munmap
  open poll pthread_mutex_lock pthread_mutex_unlock pthread_once recvmmsg recvmsg sendmmsg
  sendmsg sendto setsockopt shutdown snprintf socket socketpair strcasecmp strchr strcmp strcpy
  strcspn strlen strncmp strnlen strrchr strtoul syscall sysconf uname unlink vsnprintf write`.trim().split(/\s+/));

// The code asks whether these exist.
const optional = new Set(['gnu_get_libc_version', '__gmon_start__', '__cxa_finalize',
                          '_ITM_deregisterTMCloneTable', '_ITM_registerTMCloneTable']);

// The names that Node 18, the oldest, declares.
function namesOfNode() {
  const headers = path.join(release, 'node_modules', 'node-headers', 'include', 'node');
  const text = ['node_api.h', 'js_native_api.h', 'uv.h']
    .map((name) => fs.readFileSync(path.join(headers, name), 'latin1')).join('');
  return new Set(text.match(/\b(napi|uv)_\w+/g));
}

function isKnown({ name, weak }, ofNode) {
  return common.has(name) || ofNode.has(name) || (weak && optional.has(name));
}

function isOld(version) {
  const [, major, minor] = /^GLIBC_(\d+)\.(\d+)/.exec(version) ?? [0, Infinity];
  return major < 2 || (Number(major) === 2 && minor <= 17);
}

for (const platform of ['linux-x64', 'linux-arm64']) {
  test(platform, (t) => {
    const file = path.join(folder, `${platform}.node`);
    const result = spawnSync('sh', [path.join(release, 'build-addon'), platform, file],
                             { encoding: 'utf8' });
    if (result.status === 77) return t.skip(result.stderr.trim());
    assert.strictEqual(result.status, 0, result.stderr);
    const elf = readElf(file);
    const ofNode = namesOfNode();

    // Names that musl takes for its own; ld-linux is none.
    assert.deepStrictEqual(elf.needed.filter((name) => !/^lib(c|pthread)\.so\.\d$/.test(name)), []);
    assert.deepStrictEqual(elf.undefinedSymbols.filter((one) => !isKnown(one, ofNode)), []);
    assert.ok(elf.undefinedSymbols.some(({ name }) => name === 'napi_create_double'));
    assert.deepStrictEqual(elf.versions.filter((version) => !isOld(version)), []);
    assert.ok(elf.versions.length > 0);
    assert.deepStrictEqual(
      { bindsNow: elf.bindsNow, isNeverUnloaded: elf.isNeverUnloaded, hasRelro: elf.hasRelro,
        hasThreadLocals: elf.hasThreadLocals, hasTextRelocations: elf.hasTextRelocations,
        hasExecutableStack: elf.hasExecutableStack },
      { bindsNow: true, isNeverUnloaded: true, hasRelro: true, hasThreadLocals: false,
        hasTextRelocations: false, hasExecutableStack: false });
  });
}
