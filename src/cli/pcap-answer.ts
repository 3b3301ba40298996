/** Packets that were kept, as the pcap file that the server makes of them. */
import type { Session } from './command.ts';
import { usageFailure } from './failure.ts';
import { requestBytes } from './http.ts';
import { type ServerOptions, serverOf } from './server.ts';

/** `query` gives packets: it ends in RawPackets(), or in BPF(…). */
export async function pcapOf(session: Session, options: ServerOptions, query: string): Promise<Uint8Array> {
  const { io } = session;
  if (io.out.isTerminal)
    throw usageFailure('packets are not for a terminal', 'like -o pcap > x.pcap, or | tshark -r -');
  if (options.verbose) io.err.write(`${query}\n`);
  const { bytes } = await requestBytes(await serverOf(options, io), {
    method: 'POST',
    path: '/api/topology',
    body: { GremlinQuery: query },
    accept: 'application/vnd.tcpdump.pcap',
    signal: io.interrupted,
  });
  return bytes;
}
