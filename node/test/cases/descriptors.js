'use strict';
// Descriptors of every kind, by bind({ fd }).
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');

module.exports = ({ dgram, log, attempt }) => {
  const host = require('node:dgram');
  // The loop does not watch the descriptor of a handle of Node until the handle reads.
  const handles = [];
  const descriptor = (address, type) => {
    const make = host._createSocketHandle;
    if (!make) return -1;
    const emit = process.emitWarning;
    process.emitWarning = () => {};
    const handle = make(address, 0, type);
    process.emitWarning = emit;
    handles.push(handle);
    return handle.fd;
  };
  const tryFd = (label, fd) => {
    const socket = dgram.createSocket('udp4');
    attempt(label, () => socket.bind({ fd }) === socket);
    attempt(`${label} again`, () => socket.bind(0));
    attempt(`${label} closes`, () => socket.close() === socket);
  };
  tryFd('file', fs.openSync(__filename, 'r'));
  tryFd('folder', fs.openSync(__dirname, 'r'));
  tryFd('null', fs.openSync('/dev/null', 'r'));
  tryFd('closed', 4321);
  tryFd('largest', 2 ** 31 - 1);
  const child = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore'] });
  tryFd('pipe', child.stdin._handle.fd);
  child.kill();
  const unix = net.createServer();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-case-'));
  unix.listen(path.join(folder, 's'), () => {
    tryFd('unix', unix._handle.fd);
    unix.close();
    fs.rmSync(folder, { recursive: true });
    const tcp = net.createServer().listen(0, '127.0.0.1', () => {
      tryFd('tcp', tcp._handle.fd);
      const stream = net.connect(tcp.address().port, () => {
        tryFd('tcp stream', stream._handle.fd);
        stream.destroy();
        tcp.close();
        datagrams();
      });
    });
  });

  function datagrams() {
    const watched = dgram.createSocket('udp4');
    watched.bind(0, '127.0.0.1', () => {
      const taken = host.createSocket('udp4');
      taken.bind(0, '127.0.0.1', () => {
        // The descriptor of a socket of node:dgram that is being read.
        if (taken._handle) tryFd('watched', taken._handle.fd);
        else log('watched', '-> no descriptor to be had');
        taken.close();
        watched.close();
        adopted([['127.0.0.1', 'udp4', 'udp4'], ['::1', 'udp6', 'udp6'],
                 ['127.0.0.1', 'udp4', 'udp6']]);
      });
    });
  }

  function adopted(kinds) {
    if (!host._createSocketHandle) return;
    if (kinds.length === 0) {
      twice();
      return;
    }
    const [address, type, as] = kinds.shift();
    const source = descriptor(address, type);
    const socket = dgram.createSocket({ type: as, recvBufferSize: 10000 });
    let listening = 0;
    socket.on('listening', () => listening++);
    const handle = handles.pop();
    attempt('adopt', () => socket.bind(handle, () => listening++) === socket);
    log(listening, source > 2, socket.address().address, socket.address().family,
        socket.getRecvBufferSize() >= 10000);
    attempt('remote', () => socket.remoteAddress());
    attempt('disconnect', () => socket.disconnect());
    attempt('bind', () => socket.bind(0));
    socket.on('message', (msg, rinfo) => {
      log('message', msg, rinfo.address, rinfo.family);
      socket.close(() => adopted(kinds));
    });
    const client = dgram.createSocket(type);
    client.send('x', socket.address().port, address, () => client.close());
  }

  function twice() {
    const fd = descriptor('127.0.0.1', 'udp4');
    const socket = dgram.createSocket('udp4');
    socket.bind({ fd }, () => log('inside the call'));
    log('after the call', socket.address().address);
    tryFd('the same', fd);
    socket.on('message', (msg) => {
      log('message', msg);
      socket.close();
      connected();
    });
    socket.send('round', socket.address().port);
  }

  function connected() {
    const peer = dgram.createSocket('udp4');
    peer.bind(0, '127.0.0.1', () => {
      const fd = descriptor('127.0.0.1', 'udp4');
      const { port } = peer.address();
      handles.at(-1).connect('127.0.0.1', port);
      const socket = dgram.createSocket('udp4');
      socket.bind({ fd });
      for (const call of ['remoteAddress', 'disconnect'])
        attempt(call, () => socket[call]());
      attempt('no port', () => socket.send('x'));
      socket.send('x', port, '127.0.0.1', (err, n) => {
        log('sent', err, n);
        socket.connect(port, (e) => {
          log('connect', e);
          socket.close();
          peer.close();
        });
      });
    });
  }
};
