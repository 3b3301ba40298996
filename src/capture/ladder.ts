/** Which mechanism a capture uses on a node: the highest that can what is asked and that starts; and why no better one did. */
import { Unavailable } from '../std/unavailable.ts';
import type { Capture } from './capture.ts';
import type { Mechanism, Running } from './mechanism.ts';

export interface Climbed {
  readonly mechanism: Mechanism;
  readonly running: Running;
  /** Why the better ones were not taken: 'ebpf: cannot filter'. */
  readonly why: readonly string[];
}

/**
 * Tries the mechanisms from the top. Throws Unavailable with all the reasons when none is left; what is no Unavailable is
 * thrown on at once.
 */
export async function climb(
  mechanisms: readonly Mechanism[],
  capture: Capture,
  nodeType: string,
  start: (mechanism: Mechanism) => Promise<Running>,
): Promise<Climbed> {
  const why: string[] = [];
  for (const mechanism of rungs(mechanisms, capture, nodeType)) {
    const lack = lackOf(mechanism, capture);
    if (lack !== undefined) {
      why.push(`${mechanism.type}: cannot ${lack}`);
      continue;
    }
    try {
      return { mechanism, running: await start(mechanism), why };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      why.push(`${mechanism.type}: ${(error as Error).message}`);
    }
  }
  throw new Unavailable(`no way of capturing works (${why.join('; ')})`, 'one of these, see skein doctor');
}

/** Mechanisms a capture may use on a node of this type, the best first; those that lack something too. */
export function rungs(
  mechanisms: readonly Mechanism[],
  { Type }: Pick<Capture, 'Type'>,
  nodeType: string,
): readonly Mechanism[] {
  const fit = mechanisms.filter(({ nodeTypes }) => nodeTypes.includes(nodeType));
  if (Type !== undefined) return fit.filter(({ type }) => type === Type);
  return fit.filter(({ rank }) => rank !== undefined).sort((a, b) => (b.rank as number) - (a.rank as number));
}

/** The first thing a capture asks for that a mechanism cannot; undefined: it can all. */
export function lackOf({ can }: Mechanism, capture: Capture): string | undefined {
  if (capture.BPFFilter && !can.filter) return 'filter';
  if ((capture.RawPacketLimit ?? 0) > 0 && !can.rawPackets) return 'keep raw packets';
  if (capture.ExtraTCPMetric && !can.tcpMetric) return 'measure TCP';
  if (capture.ReassembleTCP && !can.reassembly) return 'reassemble TCP';
  if (capture.IPDefrag && !can.defragmentation) return 'put fragments together';
  if (capture.LayerKeyMode === 'L2' && !can.layerKeyL2) return 'tell conversations apart by MACs (LayerKeyMode L2)';
  return undefined;
}

/** The world refuses, or the kernel does with an error number; all else is our bug. */
function isRefusal(error: unknown): boolean {
  return error instanceof Unavailable || typeof (error as { code?: unknown }).code === 'string';
}
