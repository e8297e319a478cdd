'use strict';
// Views whose memory was detached, or has become too short, before the call or while the
// datagram waits for the bind.
const own = '127.0.0.1';

function detach(view) {
  structuredClone(null, { transfer: [view.buffer] });
  return view;
}

// A view of the end of a buffer that was resized.
function cutOff(View) {
  const memory = new ArrayBuffer(10, { maxByteLength: 20 });
  const view = new View(memory, 4, 4);
  memory.resize(2);
  return view;
}

const kinds = {
  'detached array': () => detach(new Uint8Array(4)),
  'detached DataView': () => detach(new DataView(new ArrayBuffer(4))),
  'detached Buffer': () => detach(Buffer.from(new ArrayBuffer(4))),
  'cut array': () => cutOff(Uint8Array),
  'cut DataView': () => cutOff(DataView),
};
const forms = {
  'alone': (view, end) => [view, ...end],
  'slice 0, 0': (view, end) => [view, 0, 0, ...end],
  'slice 0, 2': (view, end) => [view, 0, 2, ...end],
  'in a list': (view, end) => [['a', view], ...end],
};
// Later releases keep the Buffers of a list. Node 20 reads their memory at once.
const keepsBuffers = !process.version.startsWith('v20.');
if (!keepsBuffers) delete kinds['detached Buffer'];

module.exports = ({ dgram, log, attempt }) => {
  const steps = [];
  const next = () => setImmediate(() => steps.shift()?.());
  // The callback does not run if send() or the queued send throws.
  const run = (label, socket, args, after) => {
    const done = () => socket.close(next);
    process.once('uncaughtException', done);
    const onSent = (err, bytes) => {
      log(label, err, bytes);
      process.off('uncaughtException', done);
      done();
    };
    attempt(label, () => {
      try {
        socket.send(...args, onSent);
      } catch (err) {
        process.off('uncaughtException', done);
        done();
        throw err;
      }
      after?.();
    });
  };
  const target = [9, own];
  for (const kind in kinds) {
    for (const form in forms) {
      const args = (end) => forms[form](kinds[kind](), end);
      steps.push(() => {
        run(`${kind} ${form}, unbound`, dgram.createSocket('udp4'), args(target));
      }, () => {
        const socket = dgram.createSocket('udp4');
        socket.bind(0, own, () => run(`${kind} ${form}`, socket, args(target)));
      }, () => {
        const socket = dgram.createSocket('udp4');
        const end = form.startsWith('slice') ? [undefined, undefined] : [];
        socket.connect(9, own, () => run(`${kind} ${form}, connected`, socket, args(end)));
      });
    }
  }
  for (const View of [Uint8Array, DataView]) {
    for (const isList of keepsBuffers ? [false, true] : [false]) {
      const view = new View(new ArrayBuffer(4));
      steps.push(() => run(`${View.name} ${isList}, detached meanwhile`,
                           dgram.createSocket('udp4'), [isList ? [view] : view, ...target],
                           () => detach(view)));
    }
  }
  next();
};
