/** The packets of a failed check as a capture file, each at the place where it was seen. */
import type { Flow } from '../../flow/flow.ts';
import type { PcapngEvidence } from '../result.ts';
import type { Run } from './run.ts';
import type { Places } from './watches.ts';

/** Bytes of the file of one check. */
const BYTES_MAX = 256 * 1024;

export async function keptOf(
  flows: readonly Flow[],
  places: Places,
  { world, hasPackets }: Run,
): Promise<PcapngEvidence | undefined> {
  if (!hasPackets || world.pcapng === undefined || world.flows === undefined || flows.length === 0) return undefined;
  const byTid = new Map([...places.nodes.values()].map((node) => [String(node.metadata.TID ?? ''), node]));
  const packets = await world.flows.rawPackets(flows.map(({ UUID }) => UUID));
  let bytes = 0;
  const kept = flows.flatMap((flow) => {
    const node = byTid.get(flow.NodeTID);
    const its = (packets.get(flow.UUID) ?? []).filter(({ data }) => {
      bytes += data.length;
      return bytes <= BYTES_MAX;
    });
    return node === undefined || its.length === 0 ? [] : [{ node, flow, packets: its }];
  });
  const count = kept.reduce((sum, { packets: its }) => sum + its.length, 0);
  if (count === 0) return undefined;
  const file = world.pcapng(kept);
  return { packets: count, bytes: file.length, base64: toBase64(file) };
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
