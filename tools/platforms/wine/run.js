'use strict';
// Runs the cases of node/test/cases under a Node for Windows in wine, with node:dgram and
// with the package, and compares the logs; and the package's own tests. The last line
// counts them.
//
// usage: run.js NODE PACKAGE LOGS [CASE...]
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const [program, folder, logs, ...chosen] = process.argv.slice(2);
const TIME_LIMIT = 120000; // ms, of a program; most take a second
const START_TRIES = 3;

// Cases that are left out, and why.
const leftOut = {
  __proto__: null,
  // Wine differs from Windows.
  bind_forms: 'node:dgram does not end in wine',
  descriptor_is_adopted: 'node:dgram does not end in wine',
  connecting: 'wine reports ICMP errors as Linux does; Windows does not',
  // Windows differs from Linux.
  a_burst_is_seen_in_one_iteration: 'an iteration takes 32 datagrams, that of libuv more',
  loop_iterations_are_bounded: 'an iteration takes 32 datagrams, that of libuv more',
  legacy_members: "handles of node:dgram have no descriptor that could be adopted",
};
// Those of own.test.js that start no process, which takes long in wine.
const ownTests = "^('messages'|sendMany|deferred datagrams|pooled|once|many sockets|" +
  'more destinations|a worker thread|import has|await using)';

// The addon must not rely on the name of the program: a single executable has another.
const renamed = path.join(logs, 'renamed.exe');

// Its output goes to a file, because in wine Node cannot write to a pipe of Linux.
function runOnce(name, args, executable) {
  const file = path.join(logs, `${name}.log`);
  const output = fs.openSync(file, 'w');
  const errors = fs.openSync(`${file}.errors`, 'w');
  const child = spawn('wine', [executable, ...args], {
    stdio: ['ignore', output, errors], timeout: TIME_LIMIT, killSignal: 'SIGKILL', cwd: folder,
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      fs.closeSync(output);
      fs.closeSync(errors);
      resolve({ end: signal ?? code,
                text: fs.readFileSync(file, 'utf8').replaceAll('\r\n', '\n'),
                errors: fs.readFileSync(`${file}.errors`, 'utf8') });
    });
  });
}

// Wine sometimes ends before it has started the program. Such a run prints nothing and is
// repeated. A program that never starts fails its test: the last run is the result.
async function run(name, args, executable = renamed) {
  for (let tries = 1; ; tries++) {
    const result = await runOnce(name, args, executable);
    if (result.text !== '' || result.errors !== '' || tries === START_TRIES) return result;
    console.log(`repeated: ${name} printed nothing and ended with ${result.end}`);
  }
}

function firstDifference(expected, actual) {
  const a = expected.split('\n');
  const b = actual.split('\n');
  const at = a.findIndex((line, i) => line !== b[i]);
  return `  line ${at + 1}\n  node:dgram: ${a[at]}\n  libdgram:   ${b[at]}`;
}

async function compare(name) {
  const args = (module) => ['--no-warnings', 'test/lib/run_case.js',
                            `../cases/${name}.js`, module];
  const expected = await run(`${name}.node`, args('node:dgram'), program);
  const actual = await run(name, args('../..'));
  if (expected.text.split('\n').length < 2)
    return `  node:dgram writes no log and ends with ${expected.end}\n${expected.errors}`;
  if (actual.text === expected.text) return null;
  return firstDifference(expected.text, actual.text) + `\n${actual.errors}`;
}

// The own tests, as TAP.
async function runOwn(counts) {
  const { text, errors } = await run('own', [
    '--test-reporter=tap', `--test-name-pattern=/${ownTests}/`, 'test/own.test.js',
  ]);
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  counts.passed += count('pass');
  const failed = count('fail') + count('cancelled');
  counts.failed += count('pass') === 0 && failed === 0 ? 1 : failed;
  if (failed > 0 || count('pass') === 0) console.log(`not ok own tests\n${text}${errors}...`);
}

async function main() {
  fs.rmSync(logs, { recursive: true, force: true });
  fs.mkdirSync(logs, { recursive: true });
  fs.linkSync(program, renamed);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const names = chosen.length > 0 ? [...chosen] :
    fs.readdirSync(path.join(folder, 'test', 'cases')).map((file) => file.slice(0, -3));
  const work = async () => {
    for (let name; (name = names.shift()) !== undefined;) {
      if (name in leftOut && chosen.length === 0) {
        counts.skipped++;
        console.log(`skipped: ${name.replaceAll('_', ' ')}: ${leftOut[name]}`);
        continue;
      }
      const difference = await compare(name);
      counts[difference === null ? 'passed' : 'failed']++;
      console.log(difference === null ? `ok ${name}` : `not ok ${name}\n${difference}\n...`);
    }
  };
  await Promise.all(Array.from({ length: os.availableParallelism?.() ?? 2 }, work));
  if (chosen.length === 0) await runOwn(counts);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}

main();
