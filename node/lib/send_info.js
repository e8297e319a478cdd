'use strict';
// Information that single datagrams are sent with: where they leave from, and their type
// of service and TTL. It overrides the options of the socket.
const isIP = require('./is_ip');
const { invalidArgValue } = require('./errors');
const { validateInteger, validateInterface, validateString } = require('./validate');
const { inheritNothing, strings } = require('./builtins');
const { INFO, kReplyFrom } = require('./info_flags');

class SendInfo {
  set = 0; // which of these are set
  localAddress = null;
  interface = null; // name or index
  typeOfService = 0;
  ttl = 0;
}

inheritNothing(SendInfo);

function validateLocalAddress(value, name, family) {
  validateString(value, name);
  if (isIP(value) !== family)
    throw invalidArgValue(name, value, `must be an IPv${family} address`);
}

// Returns the information that an object sets, or null. Throws if a member is wrong;
// `name` is that of the object.
function sendInfoOf(family, object, name) {
  const { localAddress, interface: device, typeOfService, ttl } = object;
  if (localAddress == null && device == null && typeOfService == null && ttl == null)
    return null;
  const info = new SendInfo();
  if (localAddress != null) {
    validateLocalAddress(localAddress, `${name}.localAddress`, family);
    info.localAddress = localAddress;
    info.set |= INFO.localAddress;
  }
  if (device != null) {
    validateInterface(device, `${name}.interface`);
    info.interface = device;
    info.set |= INFO.interface;
  }
  if (typeOfService != null) {
    validateInteger(typeOfService, `${name}.typeOfService`, 0, 255);
    info.typeOfService = typeOfService;
    info.set |= INFO.typeOfService;
  }
  if (ttl != null) {
    validateInteger(ttl, `${name}.ttl`, 1, 255);
    info.ttl = ttl;
    info.set |= INFO.ttl;
  }
  return info;
}

// Multicast, or the broadcast address of every network. An IPv6 socket also has IPv4
// addresses, as ::ffff:224.0.0.1.
const isGroup = (address) => group.test(address);
const group = /^(?:ff|(?:::ffff:)?(?:2(?:2[4-9]|3\d)\.|255\.255\.255\.255$))/i;

// The information of an answer, or null. It leaves from the address that the request was
// sent to, if that is an address of this host only. The routes choose the interface,
// unless the request was sent to a link-local address, or to several hosts: the sender
// may be this host, or the way back another one.
function replyInfoOf(family, rinfo) {
  const { localAddress, interface: device, [kReplyFrom]: replyFrom } = rinfo;
  const isShared = replyFrom !== undefined ||
    (typeof localAddress === 'string' && isGroup(localAddress));
  const needsInterface = isShared || localAddress == null ||
    (typeof localAddress === 'string' && strings.includes(localAddress, '%'));
  return sendInfoOf(family, {
    __proto__: null,
    localAddress: isShared ? replyFrom : localAddress,
    interface: needsInterface ? device : undefined,
  }, 'rinfo');
}

module.exports = { replyInfoOf, sendInfoOf };
