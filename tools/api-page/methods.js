'use strict';
// Compares the signatures that a page shows with the methods of the types. Methods of
// node:dgram need its types; without them only their names are compared.
const dgram = require('node:dgram');

// Listeners are described as events.
const emitter = ['addListener', 'on', 'once', 'prependListener', 'prependOnceListener'];
const undocumented = ['sendto']; // in Node, too

// Whether the parameters of a call are among those of a signature, in its order, and
// what the call lacks may be absent.
function accepts({ parameters }, call) {
  let at = 0;
  for (const { name, optional } of parameters) {
    const given = call[at]?.name === name ? call[at++] : null;
    if (!optional && (!given || given.optional)) return false;
  }
  return at === call.length;
}

// Whether each parameter is in one of the calls, and is optional only if it may be absent.
function fits(signature, calls) {
  const mine = calls.filter((call) => accepts(signature, call));
  return mine.length > 0 && signature.parameters.every(({ name, optional }) => {
    const given = mine.map((call) => call.find((one) => one.name === name));
    return given.some(Boolean) && (!optional || given.some((one) => !one || one.optional));
  });
}

function write(name, call) {
  return `${name}(${call.map((one) => one.name + (one.optional ? '?' : '')).join(', ')})`;
}

module.exports = ({ sections, types, promises, fault, naming, node }) => {
  const unix = sections.filter(({ title }) => title === 'Unix sockets');
  const promising = sections.filter(({ title }) => title === 'Promises');
  const rest = sections.filter((one) => !unix.includes(one) && !promising.includes(one));
  const shown = (list, prefix) => list.flatMap(({ signatures }) => signatures)
    .filter(({ name }) => name.startsWith(prefix) && /^[.[]/.test(name.slice(prefix.length)))
    .map((one) => ({ ...one, name: one.name.slice(prefix.length).replace(/^\./, '') }));

  // Each call of a type is shown in one of the lists, and each property is named.
  function complete(title, members, signatures, list) {
    for (const [name, { calls }] of members) {
      if (emitter.includes(name)) continue;
      for (const call of calls)
        if (!signatures.some((one) => one.name === name && accepts(one, call)))
          fault(`${title}: not on the page: ${write(name, call)}`);
      if (calls.length === 0 && naming(list, name).length === 0)
        fault(`${title}: not on the page: ${name}`);
    }
  }

  // Each signature is that of a type.
  function exact(title, signatures, members) {
    for (const signature of signatures) {
      const calls = members.get(signature.name)?.calls;
      if (!calls) fault(`${title}: no type has ${signature.text}`);
      else if (calls !== 'any' && !fits(signature, calls))
        fault(`${title}: the types have ${calls.map((call) =>
          write(signature.name, call)).join(', ')}, not ${signature.text}`);
    }
  }

  const inherited = new Map(Object.keys(dgram.Socket.prototype)
    .filter((name) => !name.startsWith('_') && !undocumented.includes(name))
    .map((name) => [name, { calls: 'any' }]));
  inherited.set('[Symbol.asyncDispose]', { calls: 'any' });
  for (const [name, member] of node ?? [])
    if (inherited.has(name) || name.startsWith('[')) inherited.set(name, member);
  const all = new Map([...inherited, ...types.get('Socket')]);
  const general = shown(rest, 'socket');
  complete('Socket', [...all].filter(([, { calls }]) => calls !== 'any'), general, rest);
  for (const name of inherited.keys())
    if (!general.some((one) => one.name === name)) fault(`Socket: not on the page: ${name}()`);
  exact('Socket', general, all);

  const ofUnix = shown(unix, 'socket');
  complete('UnixSocket', types.get('UnixSocket'), [...ofUnix, ...general], sections);
  exact('UnixSocket', ofUnix, types.get('UnixSocket'));
  const ofPromises = shown(promising, 'socket');
  complete('PromiseSocket', promises.get('PromiseSocket'), [...ofPromises, ...general], sections);
  complete('UnixPromiseSocket', promises.get('UnixPromiseSocket'),
           [...ofPromises, ...ofUnix, ...general], sections);
  exact('PromiseSocket', ofPromises, promises.get('PromiseSocket'));

  const ofModule = new Map([...types.get(''), ['tos', types.get('tos').get('')]]);
  complete('module', ofModule, shown(sections, 'dgram'), sections);
  complete('tos', [...types.get('tos')].filter(([name]) => name !== ''),
           shown(sections, 'dgram.tos'), sections);
};
