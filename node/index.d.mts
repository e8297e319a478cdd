import libdgram from './index.js';

export type {
  BindOptions, BindSyncOptions, Datagram, DetachedSocket, IterateOptions, Outgoing,
  Payload, RecvInfo, RemoteInfo, SocketEventMap, SocketIterator, SocketOptions, SocketType,
  UnixAddress, UnixBindOptions, UnixOutgoing, UnixRemoteInfo, UnixSocket,
  UnixSocketEventMap, UnixSocketIterator, UnixSocketOptions, WritableOptions,
} from './index.js';
export { Socket, createSocket, native, reason, tos } from './index.js';
export default libdgram;
