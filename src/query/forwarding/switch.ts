/** A bridge of Open vSwitch: the port a frame comes in by, the rules, and the ports it leaves by. */
import type { GraphNode } from '../../graph/element.ts';
import { type Atlas, type Link, nameOf, numberOf, typeOf } from './atlas.ts';
import { type Frame, seenKey, type Trip, type Walker, type Way } from './frame.ts';
import { best, type End, type Hop, type Issue, type Outcome, prefixed, stopped, unknown } from './hop.ts';
import { blockOf, downOf, interfaceHop } from './interface.ts';
import { freely, isIdle, isNobodys } from './lenient.ts';
import { nobody } from './meant.ts';
import { LOCAL } from './openflow/fields.ts';
import { type Emission, runTables, type Taken, type Verdict } from './openflow/pipeline.ts';
import { Tables } from './openflow/tables.ts';
import { admitted, expelled, vlanText } from './port-vlan.ts';
import { frameOf, packetOf } from './switch-frame.ts';
import { bridgeOfPort, portOf, portsOf } from './switch-ports.ts';

/** By an interface of the switch, from the stack or from outside. */
export function* enter(walker: Walker, node: GraphNode, links: readonly Link[], frame: Frame, trip: Trip): Way {
  const { atlas } = walker;
  const port = portOf(links);
  const bridge = port && bridgeOfPort(atlas, port);
  if (port === undefined || bridge === undefined)
    return unknown([], 'switch', `which bridge ${nameOf(node)} is on is not in the graph`);
  const inPort = numberOf(node.metadata.OfPort) ?? -1;
  const key = seenKey(bridge, `${inPort} ${frame.tunnel?.key ?? ''}`, frame);
  if (trip.seen.has(key)) return stopped([], 'loop', `${nameOf(bridge)} has had this frame before`);
  trip.seen.add(key);
  const tables = yield* tablesOf(atlas, bridge);
  const here = { walker, bridge, port, inPort, frame, trip };
  if (tables.isEmpty) {
    const why = `the OpenFlow rules of ${nameOf(bridge)} are not in the graph: taken as NORMAL`;
    const issue: Issue = { code: 'rules', text: why, weight: 'assumed' };
    const hop = bridgeHop(here, [issue]);
    return prefixed([hop], yield* normal(here, frame));
  }
  const ports = [...portsOf(atlas, bridge)];
  const named = (name: string) => ports.find(({ node: one }) => nameOf(one) === name)?.number;
  const packet = packetOf(frame, inPort, named);
  const isLive = (number: number) => ports.some((one) => one.number === number && downOf(one.node) === undefined);
  const verdict = yield* runTables(tables, packet, isLive);
  return prefixed([bridgeHop(here, [])], yield* followed(here, verdict));
}

interface Here {
  readonly walker: Walker;
  readonly bridge: GraphNode;
  readonly port: GraphNode;
  readonly inPort: number;
  readonly frame: Frame;
  readonly trip: Trip;
}

function* followed(here: Here, { emissions, rules, doubts, missed }: Verdict): Way {
  const { bridge, trip } = here;
  const trail = ruleHops(rules, trip.depth, []);
  const outcomes: Outcome[] = [];
  const choices = new Map<string, Outcome>();
  for (const emission of emissions) {
    const outcome = prefixed(ruleHops(emission.rules, trip.depth, emission.assumed), yield* emitted(here, emission));
    if (emission.choice === undefined) outcomes.push(outcome);
    else choices.set(emission.choice, best([outcome, ...[choices.get(emission.choice) ?? []].flat()]) ?? outcome);
  }
  if (choices.size > 0) outcomes.push(chosen([...choices.entries()]));
  const found = best(outcomes);
  if (found?.end.kind === 'arrived') return found;
  const [doubt] = doubts;
  if (doubt !== undefined) return unknown(trail, 'openflow', `${nameOf(bridge)}: ${doubt}`);
  if (found !== undefined) return found;
  const last = rules.at(-1)?.rule;
  const how = last === undefined ? '' : ` after table ${last.table}, priority ${last.priority}`;
  if (missed !== undefined) return stopped(trail, 'miss', `${nameOf(bridge)} drops it${how}: ${missed}`);
  return stopped(trail, 'dropped', `${nameOf(bridge)} drops it${how || ': no rule sends it anywhere'}`);
}

/** Of several buckets a hash chooses: what is true of all is true. */
function chosen(outcomes: readonly (readonly [string, Outcome])[]): Outcome {
  const arrived = outcomes.filter(([, { end }]) => end.kind === 'arrived');
  const [first] = arrived;
  if (first === undefined) return best(outcomes.map(([, one]) => one)) as Outcome;
  const [name, outcome] = first;
  const failed = outcomes.filter(([, { end }]) => end.kind !== 'arrived').map(([which]) => which);
  const issue: Issue =
    failed.length === 0
      ? { code: 'bucket', text: `${name} is shown; all arrive`, weight: 'warns' }
      : {
          code: 'bucket',
          text: `a hash takes ${name}, not ${failed.join(', ')}, where it does not arrive`,
          weight: 'assumed',
        };
  const [head, ...rest] = outcome.hops;
  return head === undefined ? outcome : { ...outcome, hops: [{ ...head, issues: [...head.issues, issue] }, ...rest] };
}

function ruleHops(rules: readonly Taken[], depth: number, assumed: readonly string[]): Hop[] {
  return rules.map(({ node, rule }, at) => {
    const text = `table ${rule.table}, priority ${rule.priority}: ${rule.match || 'all'} → ${rule.actions || 'drop'}`;
    const isLast = at === rules.length - 1;
    const issues = isLast ? assumed.map((one) => ({ code: 'connection', text: one, weight: 'assumed' as const })) : [];
    return { depth, node, how: { kind: 'openflow', text, rule }, issues };
  });
}

function bridgeHop({ bridge, inPort, port, trip }: Here, issues: readonly Issue[]): Hop {
  const number = inPort === LOCAL ? 'LOCAL' : String(inPort);
  const how = { kind: 'switch', text: `in by port ${number} (${nameOf(port)}${vlanText(port)})` } as const;
  return { depth: trip.depth, node: bridge, how, issues };
}

function* emitted(here: Here, { port, packet }: Emission): Way {
  const { walker, bridge, inPort, trip } = here;
  const frame = frameOf(packet, here.frame);
  if (port === 'CONTROLLER')
    return unknown(
      [],
      'controller',
      `${nameOf(bridge)} hands it to its controller, which may do with it what it likes`,
    );
  if (port === 'NORMAL') return yield* normal(here, frame);
  const ports = [...portsOf(walker.atlas, bridge)];
  const chosenPorts =
    typeof port === 'number'
      ? ports.filter(({ number }) => number === port)
      : ports.filter(({ number }) => number !== inPort);
  if (chosenPorts.length === 0) return stopped([], 'port', `${nameOf(bridge)} has no port ${port}`);
  const outcomes: Outcome[] = [];
  for (const { node } of chosenPorts) {
    const text = `port ${numberText(node)} of ${nameOf(bridge)}`;
    const outcome = yield* out(walker, node, text, frame, trip);
    if (outcome.end.kind === 'arrived' || typeof port === 'number') return outcome;
    const free = yield* freely(trip, (lenient) => out(walker, node, text, frame, lenient));
    if (free?.kind === 'arrived') return outcome;
    if (!isBeside(node, outcome, free, frame)) outcomes.push(outcome);
  }
  return best(outcomes) ?? stopped([], 'nobody', nobody(bridge, frame));
}

/** The switch's own port is down as a rule, and nobody's way unless it is meant itself. */
function isBeside(node: GraphNode, outcome: Outcome, free: End | undefined, frame: Frame): boolean {
  const isOwn = typeOf(node) === 'internal' && outcome.end.kind === 'stopped' && outcome.end.code === 'down';
  return isOwn ? isNobodys(free) : isIdle(outcome, free, frame);
}

/** As a switch that learns: to the port behind which the address is, which is found by looking behind each. */
function* normal(here: Here, frame: Frame): Way {
  const { walker, bridge, port, inPort, trip } = here;
  const inside = admitted(port, frame);
  if (typeof inside === 'string') return stopped([], 'vlan', inside);
  const outcomes: Outcome[] = [];
  const refused: string[] = [];
  for (const { node, port: to, number } of portsOf(walker.atlas, bridge)) {
    if (number === inPort || to.id === port.id) continue;
    const leaving = expelled(to, inside.vlan, inside.frame);
    const text = `NORMAL: port ${numberText(node)} of ${nameOf(bridge)}${vlanText(to)}`;
    const outcome = leaving && (yield* out(walker, node, text, leaving, trip));
    if (outcome?.end.kind === 'arrived') return outcome;
    const anyhow = leaving ?? inside.frame;
    const free = yield* freely(trip, (lenient) => out(walker, node, text, anyhow, lenient));
    // Of all that it is flooded to, what hinders it on the way to whom it is meant for is what matters.
    if (free?.kind === 'arrived' && outcome !== undefined) return outcome;
    if (outcome === undefined) refused.push(nameOf(to));
    else if (!isBeside(node, outcome, free, anyhow)) outcomes.push(outcome);
    if (free?.kind !== 'arrived') continue;
    const hop = interfaceHop(node, { kind: 'out', text }, trip.depth);
    return stopped(
      [hop],
      'vlan',
      `${frame.target} is behind port ${nameOf(to)} of ${nameOf(bridge)}, where ${vlanName(inside.vlan)} does not go`,
    );
  }
  const found = best(outcomes);
  if (found !== undefined && (found.end.kind !== 'stopped' || found.end.code !== 'not-for-it')) return found;
  const without =
    refused.length > 0 ? `; ${vlanName(inside.vlan)} does not go to ${refused.slice(0, 8).join(', ')}` : '';
  const code = refused.length > 0 ? 'vlan' : 'nobody';
  return stopped([], code, `${nobody(bridge, frame)}${without}`);
}

function vlanName(vlan: number): string {
  return vlan === 0 ? 'what has no VLAN' : `VLAN ${vlan}`;
}

/** Internal ports are the host's: what the switch sends there its stack has. */
function* out(walker: Walker, node: GraphNode, text: string, frame: Frame, trip: Trip): Way {
  const hop = interfaceHop(node, { kind: 'out', text }, trip.depth);
  const down = blockOf(node, trip);
  if (down !== undefined) return { hops: [hop], end: { kind: 'stopped', code: 'down', reason: down } };
  const isHosts = typeOf(node) === 'internal';
  return prefixed([hop], yield* isHosts ? walker.take(node, frame, trip) : walker.transmit(node, frame, trip));
}

function numberText({ metadata }: GraphNode): string {
  return metadata.OfPort === LOCAL ? 'LOCAL' : String(metadata.OfPort ?? '?');
}

const known = new WeakMap<Atlas, Map<string, Tables>>();

function* tablesOf(atlas: Atlas, bridge: GraphNode): Generator<undefined, Tables> {
  let all = known.get(atlas);
  if (all === undefined) {
    all = new Map();
    known.set(atlas, all);
  }
  const before = all.get(bridge.id);
  if (before) return before;
  const tables = new Tables(atlas);
  yield* tables.read(bridge);
  all.set(bridge.id, tables);
  return tables;
}
