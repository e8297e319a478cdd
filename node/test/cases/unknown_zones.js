'use strict';
// IPv6 addresses with a zone that no interface has, also as multicast interface: the
// kernel reports on which interface a group was joined.
const fs = require('node:fs');

module.exports = ({ dgram, log, attempt }) => {
  const zones = ['lo', 'gone', 'lo0', '1', '999', '', 'lo%lo', '%lo', 'lo ', 'LO'];
  const steps = [];
  const next = () => setImmediate(() => steps.shift()?.());
  let groups = 0;
  // The interfaces on which the group was joined.
  const joinedOn = (text) => fs.readFileSync('/proc/net/igmp6', 'latin1')
    .split('\n').filter((line) => line.includes(text))
    .map((line) => line.trim().split(/\s+/)[1]);
  const join = (socket, label, group, source, text) => {
    const number = (++groups).toString(16).padStart(4, '0');
    const args = [group(number)];
    if (text !== undefined) args.push(text);
    if (source) args.unshift(source);
    const kind = source ? 'SourceSpecificMembership' : 'Membership';
    attempt(`${label} join`, () => socket[`add${kind}`](...args));
    log(label, joinedOn(`00000000005a${number}`));
    attempt(`${label} drop`, () => socket[`drop${kind}`](...args));
  };
  steps.push(() => {
    const socket = dgram.createSocket('udp6');
    socket.bind(0, () => {
      for (const zone of zones) {
        for (const start of ['::', 'fe80::1', '::1', '127.0.0.1', '%'])
          attempt(`interface ${start}%${zone}`,
                  () => socket.setMulticastInterface(`${start}%${zone}`));
        const plain = (number) => `ff02::5a:${number}`;
        const zoned = (number) => `ff02::5a:${number}%${zone}`;
        const wide = (number) => `ff3e::5a:${number}%${zone}`;
        join(socket, `::%${zone}`, plain, null, `::%${zone}`);
        join(socket, `fe80::1%${zone}`, plain, null, `fe80::1%${zone}`);
        join(socket, `group ${zone}`, zoned, null, undefined);
        join(socket, `group ${zone} on lo`, zoned, null, '::%lo');
        join(socket, `source ${zone}`, wide, `::1%${zone}`, '::%lo');
        join(socket, `interface ${zone}`, wide, '::1', `::%${zone}`);
      }
      for (const text of ['::', '::1', 'fe80::1', '::ffff:127.0.0.1'])
        join(socket, text, (number) => `ff02::5a:${number}`, null, text);
      socket.close(next);
    });
  });
  for (const zone of zones) {
    for (const host of [`::1%${zone}`, `fe80::1%${zone}`, `127.0.0.1%${zone}`]) {
      const callback = (label, socket) => (...args) => {
        log(label, host, ...args);
        socket.close(next);
      };
      steps.push(() => {
        const socket = dgram.createSocket('udp6');
        socket.on('error', callback('bind error', socket));
        socket.bind(0, host, callback('bound', socket));
      });
      steps.push(() => {
        const socket = dgram.createSocket('udp6');
        socket.connect(9, host, callback('connect', socket));
      });
      steps.push(() => {
        const socket = dgram.createSocket('udp6');
        socket.send('x', 9, host, callback('send', socket));
      });
    }
  }
  next();
};
