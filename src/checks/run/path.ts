/** `path`: which way a packet takes, by the graph of one moment or of all moments of a span. */
import type { GraphNode } from '../../graph/element.ts';
import { nameOf } from '../../query/forwarding/atlas.ts';
import type { Hop } from '../../query/forwarding/hop.ts';
import type { PathAnswer } from '../../query/forwarding/path.ts';
import { placeOf, placeText } from '../../query/forwarding/place.ts';
import { mistake } from '../../std/mistake.ts';
import type { ResultCode } from '../result.ts';
import type { Check, NodePattern, PathCheck } from '../suite/suite.ts';
import type { Attempt } from './attempt.ts';
import { fateOfPath } from './codes.ts';
import type { Instance } from './instances.ts';
import type { Moment } from './moment.ts';
import { changesNear } from './near.ts';
import { eachPair, type Pair } from './pairs.ts';
import { isWanted, type Run } from './run.ts';
import { packetText, type Sending, wayOf } from './traffic.ts';
import { codeOfRange, rangeText } from './value.ts';
import { deciderOf, hopsOf, plainReason } from './way.ts';

export function tryPath(check: Check & PathCheck, instance: Instance, run: Run, signal: AbortSignal): Promise<Attempt> {
  return eachPair(check, instance, run, signal, (pair, moment) => one(check, pair, run, moment, signal));
}

async function one(
  check: Check & PathCheck,
  { from, to }: Pair,
  run: Run,
  moment: Moment,
  signal: AbortSignal,
): Promise<Attempt> {
  const { proto, port } = check;
  const sending: Sending = { check, from, to, proto, port, method: 'model', count: 1 };
  const answer = await wayOf(sending, moment, signal);
  const { there } = answer;
  if (there.reaches === 'unknown')
    throw mistake('check.unknown', `the graph does not tell whether it gets there: ${there.reason ?? there.code}`);
  const atlas = await moment.atlas(signal);
  const hops = there.hops.filter((hop) => isOfLayer(hop, check.layer));
  const stop = there.at && placeText(placeOf(there.at, atlas));
  const fault = faultOf(check, answer, hops, stop);
  const names = namesAlong(hops);
  return {
    isAsExpected: fault === undefined,
    code: fault?.code ?? 'DELIVERED',
    expected: expectedText(check),
    got: fault?.got ?? `${names.join(' → ')}`,
    gotValue: { hops: names, mtu: there.mtu ?? null, reaches: there.reaches },
    reason: fault?.reason,
    traffic: { from: from.name, to: to.name, packet: packetText(sending), method: 'model' },
    evidence: async (late) => {
      const by = deciderOf(there, atlas);
      const changes = await changesNear(answer, sending, run, moment, late);
      return {
        evidence: {
          ...(isWanted('path', check, run) && { hops: hopsOf(there, atlas) }),
          ...(there.at && { stopsAt: placeOf(there.at, atlas) }),
          ...(by && { by }),
          ...changes,
        },
      };
    },
  };

  function expectedText({ expect }: PathCheck): string {
    const words = [expect.reaches ? 'it gets there' : 'it does not get there'];
    if (expect.contains.length > 0) words.push(`by ${expect.contains.map(({ text }) => text).join(', ')}`);
    if (expect.absent.length > 0) words.push(`not by ${expect.absent.map(({ text }) => text).join(', ')}`);
    if (expect.maxHops !== undefined) words.push(`at most ${expect.maxHops} hops`);
    if (expect.mtu !== undefined) words.push(`MTU ${rangeText(expect.mtu)}`);
    return words.join(', ');
  }
}

interface PathFault {
  readonly code: ResultCode;
  readonly got: string;
  readonly reason?: string;
}

function faultOf(
  { expect }: PathCheck,
  { there }: PathAnswer,
  hops: readonly Hop[],
  stop: string | undefined,
): PathFault | undefined {
  const { reaches, contains, absent, maxHops, mtu } = expect;
  if (there.reaches === 'no' && reaches) {
    const { code } = fateOfPath(there.code, there.reason);
    const reason = `stopped at ${stop ?? 'an unknown place'}: ${plainReason(there)}`;
    return { code, got: reason, reason };
  }
  if (there.reaches === 'yes' && !reaches)
    return { code: 'DELIVERED', got: 'it gets there', reason: `it gets there: ${namesAlong(hops).join(' → ')}` };
  const missing = contains.find((pattern) => !hops.some(({ node }) => meets(node, pattern)));
  if (missing) return wrong(`no hop has ${missing.text}`);
  for (const pattern of absent) {
    const hop = hops.find(({ node }) => meets(node, pattern));
    if (hop) return wrong(`${nameOf(hop.node)} has ${pattern.text}`);
  }
  const count = new Set(hops.map(({ node }) => node.id)).size;
  if (maxHops !== undefined && count > maxHops) return wrong(`${count} hops`);
  if (mtu === undefined) return undefined;
  if (there.mtu === undefined) return wrong('no link tells its MTU');
  if (codeOfRange(there.mtu, mtu) === undefined) return undefined;
  const narrow = hops.find((hop) => hop.mtu === there.mtu)?.node;
  return {
    code: 'MTU_EXCEEDED',
    got: `MTU ${there.mtu}`,
    reason: `the largest packet that passes whole has ${there.mtu} bytes${narrow ? `: ${nameOf(narrow)}` : ''}`,
  };
}

function wrong(got: string): PathFault {
  return { code: 'WRONG_PATH', got, reason: got };
}

/** Namespaces route; all else is of layer 2. */
function isOfLayer({ how }: Hop, layer: 'l2' | 'l3' | undefined): boolean {
  const isRouting = how.kind === 'route' || how.kind === 'start' || how.kind === 'deliver';
  return layer === undefined || isRouting === (layer === 'l3');
}

function namesAlong(hops: readonly Hop[]): string[] {
  return hops.map(({ node }) => nameOf(node)).filter((name, at, all) => name !== all[at - 1]);
}

/** `ID`, `Host`, and dotted keys of metadata; of a list one of its values. */
export function meets(node: GraphNode, { key, value }: NodePattern): boolean {
  if (key === 'ID') return node.id === value;
  if (key === 'Host') return node.host === value;
  let at: unknown = node.metadata;
  for (const part of key.split('.'))
    at =
      typeof at === 'object' && at !== null && Object.hasOwn(at, part)
        ? (at as Record<string, unknown>)[part]
        : undefined;
  if (at === undefined || at === null) return false;
  return (Array.isArray(at) ? at : [at]).some((one) => String(one) === value);
}
