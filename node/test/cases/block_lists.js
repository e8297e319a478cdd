'use strict';
const { BlockList } = require('node:net');

module.exports = ({ dgram, log, attempt }) => {
  if (!BlockList.isBlockList) {
    log('node:dgram knows none');
    return;
  }
  const own = '127.0.0.1';
  for (const list of [0, null, '', false, 5, 'x', {}, [], true, new Map()]) {
    for (const name of ['receiveBlockList', 'sendBlockList'])
      attempt(name, () => typeof dgram.createSocket({ type: 'udp4', [name]: list }));
  }
  const blocks = new BlockList();
  const asked = [];
  const { check } = blocks;
  blocks.check = (...args) => {
    asked.push(args);
    return check.apply(blocks, args);
  };
  const steps = [];
  const next = () => setImmediate(() => steps.shift()?.());
  const six = new BlockList();
  six.addAddress('::1', 'ipv6');
  steps.push(() => {
    const server = dgram.createSocket({ type: 'udp4', receiveBlockList: blocks });
    const client = dgram.createSocket('udp4');
    server.on('message', (msg, rinfo) => {
      log('message', msg, rinfo.size);
      blocks.addAddress(own);
      if (msg.toString() === 'three') {
        log(asked);
        server.close();
        client.close(next);
        return;
      }
      const goOn = () => {
        if (asked.length < 2) return setImmediate(goOn);
        blocks.check = (...args) => {
          log('patched', ...args);
          return false;
        };
        client.send('three', server.address().port, own);
      };
      client.send('two', server.address().port, own, goOn);
    });
    server.bind(0, own, () => client.send('one', server.address().port, own));
  });
  steps.push(() => {
    const list = new BlockList();
    list.addSubnet('127.0.0.0', 8);
    const server = dgram.createSocket({ type: 'udp6', receiveBlockList: list });
    const client = dgram.createSocket('udp4');
    server.on('message', (msg, rinfo) => {
      log('six', msg, rinfo.address, rinfo.family);
      server.close();
      client.close(next);
    });
    server.bind(0, () => {
      const { port } = server.address();
      client.send('mapped is blocked', port, own, () => {
        const other = dgram.createSocket('udp6');
        other.send('allowed', port, '::1', () => other.close());
      });
    });
  });
  const blocked = new BlockList();
  blocked.addAddress(own);
  for (const [type, list, ip] of [['udp4', blocked, own], ['udp6', six, '::1%lo'],
                                  ['udp6', six, '::1'], ['udp4', blocked, ''],
                                  ['udp4', blocked, 'localhost']]) {
    steps.push(() => {
      const socket = dgram.createSocket({ type, sendBlockList: list });
      socket.on('error', (err) => {
        log('error', err);
        socket.close(next);
      });
      socket.bind(0, () => {
        socket.send('x', 9, ip, (...args) => {
          log('sent', ...args);
          socket.send('silent', 9, ip);
          socket.connect(9, ip, (...given) => {
            log('connected', ...given);
            socket.connect(9, ip);
          });
        });
      });
    });
  }
  steps.push(() => {
    const socket = dgram.createSocket({ type: 'udp4', sendBlockList: blocked,
                                        lookup: (host, family, cb) =>
                                          cb(null, host === 'b' ? own : '127.0.0.2') });
    socket.bind(0, () => socket.send('x', 9, 'b', (...args) => {
      log('resolved', ...args);
      socket.send('x', 9, 'c', (...given) => {
        log('resolved', ...given);
        socket.connect(9, 'c', () => {
          blocked.addAddress('127.0.0.2');
          socket.send('connected are not asked', (...last) => {
            log(...last);
            socket.close(next);
          });
        });
      });
    }));
  });
  next();
};
