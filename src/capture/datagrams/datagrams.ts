/** A UDP listener for what exporters send. What the kernel drops because we are slow is told, not lost in silence. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { Unavailable } from '../../std/unavailable.ts';
import { kernelDrops } from './kernel-drops.ts';

/** Tried in turn: the first that is free is taken. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export interface DatagramsOptions {
  readonly bind: string;
  readonly ports: PortRange;
  /** Must not throw. */
  readonly onDatagram: (bytes: Uint8Array, from: RemoteInfo) => void;
  /** So many more were dropped by the kernel. */
  readonly onDropped: (datagrams: number) => void;
}

export interface Datagrams extends AsyncDisposable {
  /** 'udp 127.0.0.1:6343'. */
  readonly listens: string;
  readonly port: number;
  /** Resolves when the socket is gone, with the reason if nobody closed it. */
  readonly ended: Promise<string | undefined>;
  readonly dropped: number;
}

/** What waits while we are busy; the kernel gives at most net.core.rmem_max. */
const receiveBufferBytes = 8 * 1024 * 1024;
const dropsEveryMs = 1_000;

/** Throws Unavailable when the address cannot be had. */
export async function openDatagrams(options: DatagramsOptions): Promise<Datagrams> {
  const socket = await firstFree(options);
  const { address, port } = socket.address();
  let dropped = 0;
  const { promise: ended, resolve: end } = Promise.withResolvers<string | undefined>();
  socket.on('error', (error) => end(error.message));
  socket.on('close', () => end(undefined));
  socket.on('message', options.onDatagram);
  const lookForDrops = async () => {
    const total = await kernelDrops(address, port);
    if (total === undefined || total <= dropped) return;
    const more = total - dropped;
    dropped = total;
    options.onDropped(more);
  };
  const timer = setInterval(lookForDrops, dropsEveryMs);
  timer.unref();
  return {
    listens: `udp ${address.includes(':') ? `[${address}]` : address}:${port}`,
    port,
    ended,
    get dropped() {
      return dropped;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await lookForDrops();
      await new Promise<void>((resolve) => socket.close(resolve));
    },
  };
}

async function firstFree({ bind, ports }: DatagramsOptions): Promise<Socket> {
  for (let port = ports.from; ; port++) {
    try {
      return await bound(bind, port);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE' && port < ports.to) continue;
      const tried = ports.from === ports.to ? `port ${port}` : `ports ${ports.from} to ${ports.to}`;
      throw new Unavailable(`cannot listen on udp ${bind} ${tried} (${code})`, 'another port, or that address', {
        cause,
      });
    }
  }
}

function bound(address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4' });
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      try {
        socket.setRecvBufferSize(receiveBufferBytes);
      } catch {
        // The kernel's own size has to do; what does not fit is counted.
      }
      resolve(socket);
    });
  });
}
