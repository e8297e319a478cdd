// The module, imported: both forms are the same, and the names are exported.
import dgram, { Socket, createSocket, native, reason } from 'libdgram';
import promises, { PromiseSocket } from 'libdgram/promises';
import './program.cjs';

if (dgram.Socket !== Socket || dgram.createSocket !== createSocket ||
    dgram.native !== native || dgram.reason !== reason ||
    promises.PromiseSocket !== PromiseSocket)
  throw new Error('import and require() differ');
