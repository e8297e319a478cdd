import libdgram from './index.js';

export type {
  BindOptions, BindSyncOptions, Datagram, Outgoing, Payload, RemoteInfo,
  SocketEventMap, SocketOptions, SocketType,
} from './index.js';
export { Socket, createSocket } from './index.js';
export default libdgram;
