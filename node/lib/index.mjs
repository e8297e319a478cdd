import dgram from './index.js';

export const { createSocket, Socket, native, reason, tos } = dgram;
export default dgram;
