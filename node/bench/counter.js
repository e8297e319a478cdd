'use strict';
// Counts messages for some seconds, after 300 ms of warm-up from the first one on. Then
// prints "result kpps=... cpu_us=..." (CPU time per message) and ends the program.
const WARM_UP_MS = 300;

// CPU time of this process, in microseconds.
function cpuTime() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

// Returns the function to call with each number of messages.
module.exports = function counter(seconds, cpuNow = cpuTime) {
  let isStarted = false;
  let count = 0;
  let start;
  let cpu;

  function begin() {
    start = performance.now();
    cpu = cpuNow();
    count = 0;
    setTimeout(end, seconds * 1000);
  }

  function end() {
    const ms = performance.now() - start;
    console.log(`result kpps=${(count / ms).toFixed(3)} ` +
                `cpu_us=${((cpuNow() - cpu) / count).toFixed(4)}`);
    process.exit();
  }

  return (messages) => {
    count += messages;
    if (isStarted) return;
    isStarted = true;
    setTimeout(begin, WARM_UP_MS);
  };
};
