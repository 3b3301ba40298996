/** The packets of a failed check as a capture file, each at the place where it was seen. */
import type { Flow } from '../../flow/flow.ts';
import type { PcapngEvidence } from '../result.ts';
import type { Check } from '../suite/suite.ts';
import { isWanted, type Run } from './run.ts';
import type { Places } from './watches.ts';

/** Bytes of the packets of one check. */
export const BYTES_MAX = 256 * 1024;

export interface Kept {
  readonly packets?: PcapngEvidence | undefined;
  /** What was left away, and why. */
  readonly missing?: string | undefined;
}

export async function keptOf(
  flows: readonly Flow[],
  places: Places,
  run: Run,
  check: Pick<Check, 'evidence'>,
): Promise<Kept> {
  const { world, hasPackets } = run;
  const { pcapPackets } = check.evidence;
  if (!hasPackets || !isWanted('pcap', check, run)) return {};
  if (world.pcapng === undefined || world.flows === undefined || flows.length === 0) return {};
  const byTid = new Map([...places.nodes.values()].map((node) => [String(node.metadata.TID ?? ''), node]));
  const packets = await world.flows.rawPackets(flows.map(({ UUID }) => UUID));
  let [bytes, count, seen] = [0, 0, 0];
  const kept = flows.flatMap((flow) => {
    const node = byTid.get(flow.NodeTID);
    if (node === undefined) return [];
    const its = (packets.get(flow.UUID) ?? []).filter(({ data }) => {
      seen++;
      if (count >= pcapPackets || bytes + data.length > BYTES_MAX) return false;
      count++;
      bytes += data.length;
      return true;
    });
    return its.length === 0 ? [] : [{ node, flow, packets: its }];
  });
  if (count === 0) return {};
  const file = world.pcapng(kept);
  const bound = count >= pcapPackets ? `pcapPackets is ${pcapPackets}` : `${BYTES_MAX / 1024} KiB at most`;
  return {
    packets: { packets: count, bytes: file.length, base64: toBase64(file) },
    missing: count < seen ? `packets: ${count} of the ${seen} that were kept are in the file (${bound})` : undefined,
  };
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
