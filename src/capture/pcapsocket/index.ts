/** Takes captures that others send over TCP, pcap or pcapng, as if their packets were passing the node now. */
import { createServer, type Server, type Socket } from 'node:net';
import { Unavailable } from '../../std/unavailable.ts';
import { filterProgram } from '../filter-program.ts';
import { interfaceTypes } from '../interface-types.ts';
import type { Mechanism, MechanismContext, Running } from '../mechanism.ts';
import { Replay } from './replay.ts';

/** Ports that are tried, in turn, for a capture that names none. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** LINKTYPE_ETHERNET: what a filter has to make sense for before anyone has sent anything. */
const ETHERNET = 1;
/** Captures sent at the same time. More are refused, and said. */
const CONNECTIONS_MAX = 16;

export const pcapsocket: Mechanism = pcapsocketOn({ from: 8100, to: 8132 });

export function pcapsocketOn(range: PortRange): Mechanism {
  return {
    type: 'pcapsocket',
    doc: 'Listens on a TCP port for captures (pcap, pcapng): tcpdump -w - | nc 127.0.0.1 8100',
    nodeTypes: ['ovsbridge', ...interfaceTypes],
    can: {
      filter: true,
      rawPackets: true,
      tcpMetric: true,
      reassembly: true,
      defragmentation: true,
      layerKeyL2: true,
      several: false,
    },
    rank: undefined,
    start: (context) => start(context, range),
  };
}

async function start(context: MechanismContext, range: PortRange): Promise<Running> {
  const { log, options, place } = context;
  if (options.filter !== '') filterProgram(context.door, options, ETHERNET);
  const replay = new Replay(context);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    if (sockets.size === CONNECTIONS_MAX) {
      log.warn(`pcapsocket on ${place.name}: more than ${CONNECTIONS_MAX} captures at once, one is refused`);
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    take(socket, replay);
  });
  try {
    const port = await listen(
      server,
      options.bind,
      options.port === 0 ? range : { from: options.port, to: options.port },
    );
    server.on('error', (error) => log.warn(`pcapsocket on ${place.name}: ${error.message}`));
    const { promise: ended, resolve } = Promise.withResolvers<string | undefined>();
    return {
      ended,
      listens: `tcp ${options.bind.includes(':') ? `[${options.bind}]` : options.bind}:${port}`,
      stats: () => replay.stats(),
      async [Symbol.asyncDispose]() {
        for (const socket of sockets) socket.destroy();
        if (server.listening) await new Promise((closed) => server.close(closed));
        replay.close();
        resolve(undefined);
      },
    };
  } catch (error) {
    replay.close();
    throw error;
  }
}

/** One capture: from connecting to the end of its stream. */
function take(socket: Socket, replay: Replay): void {
  const stream = replay.open(`${socket.remoteAddress} port ${socket.remotePort}`);
  socket.on('data', (piece) => {
    if (!stream.take(piece as Buffer)) socket.destroy();
  });
  // Whoever goes away without a word has sent all he had: what was whole is counted.
  socket.on('error', () => {});
  socket.once('close', () => stream.end());
}

async function listen(server: Server, host: string, range: PortRange): Promise<number> {
  for (let port = range.from; ; port++) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port, host, exclusive: true }, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return port;
    } catch (error) {
      server.removeAllListeners('error');
      const { code } = error as { code?: string };
      if (code === 'EADDRINUSE' && port < range.to) continue;
      const asked = range.from === range.to ? `port ${range.from}` : `a free port from ${range.from} to ${range.to}`;
      throw new Unavailable('pcapsocket', `${asked} on ${host} (${code})`, { cause: error });
    }
  }
}
