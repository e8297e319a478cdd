'use strict';
// Work for the next tick, whatever the program has made of process.nextTick: fake
// clocks replace it, and what is given to theirs may never run. Taken is the one
// that the process had when the package was loaded.
//
// That may have been a fake one already. So until a tick has been seen to be Node's
// own, the loop's next turn but one does what no tick has done by then.
const { AsyncResource, executionAsyncResource } = require('node:async_hooks');
const native = require('./native');
const { Set, apply, uncurryThis } = require('./builtins');

// Not the copy that test runners give to the modules of a test.
const host = native.process ?? require('node:process');
const { nextTick } = host;
const callNextTick = uncurryThis(nextTick);

// Reasons for the addon to have the loop turn.
const TICKS = 1;
const CLOSE = 4;

let isNodes = false;
const tasks = new Set();
native.setupTurn(runLate);

class Task {
  constructor(run, args) {
    this.run = run;
    this.args = args;
    this.resource = new AsyncResource('TickObject');
    tasks.add(this);
  }

  perform() {
    if (!tasks.delete(this)) return;
    if (tasks.size === 0) native.wantTurn(TICKS, 0);
    apply(this.run, undefined, this.args);
  }

  performLate() {
    try {
      this.perform();
    } catch (err) {
      native.fatal(err);
    }
  }
}

const others = [];

// Calls the function, too, in a turn that comes late, for what the addon awaits it.
function onLateTurn(run) {
  others.push(run);
}

function runLate() {
  for (const run of others) run();
  for (const task of [...tasks])
    task.resource.runInAsyncScope(task.performLate, task);
}

function soonOrLate(run, args) {
  const task = new Task(run, args);
  const tick = () => {
    if (executionAsyncResource().callback === tick) isNodes = true;
    task.perform();
  };
  native.wantTurn(TICKS, 1);
  callNextTick(host, tick);
}

// Calls the function in the next tick, in the async context of now.
function soon(run, ...args) {
  if (isNodes) callNextTick(host, run, ...args);
  else soonOrLate(run, args);
}

// Keeps the loop going for a turn, as a handle does that is being closed.
function turnOnce() {
  native.wantTurn(CLOSE, 1);
}

module.exports = { onLateTurn, soon, turnOnce };
