/**
 * What the rules of a switch do with a packet: where it is sent, and by which rules (ovs-actions(7), OpenFlow 1.5 §5).
 * What the graph cannot tell (the state of connections, a hash) is said instead of guessed.
 */
import type { GraphNode } from '../../../graph/element.ts';
import { objectsIn } from '../../routing.ts';
import { numberOf } from '../atlas.ts';
import type { RuleTaken } from '../hop.ts';
import { actionTexts } from './action-text.ts';
import { rewrite } from './actions.ts';
import { connect } from './connection.ts';
import { LOCAL } from './fields.ts';
import { parseSubfield, readSubfield } from './subfield.ts';
import { copied, type SwitchPacket } from './switch-packet.ts';
import type { Tables } from './tables.ts';
import { split, type Word, wordsOf } from './words.ts';

export interface Emission {
  /** Its number in OpenFlow. */
  readonly port: number | 'NORMAL' | 'FLOOD' | 'ALL' | 'CONTROLLER';
  readonly packet: SwitchPacket;
  readonly rules: readonly Taken[];
  /** One of several, of which a hash of the packet chooses. */
  readonly choice?: string;
  readonly assumed: readonly string[];
}

export interface Taken {
  readonly node: GraphNode;
  readonly rule: RuleTaken;
}

export interface Verdict {
  readonly emissions: readonly Emission[];
  /** Each rule that was looked at, in order. */
  readonly rules: readonly Taken[];
  /** Where it cannot be known what is done. */
  readonly doubts: readonly string[];
  /** Why nothing was sent, where nothing was. */
  readonly missed: string | undefined;
}

/** As Open vSwitch has it (ofproto-dpif-xlate.c: MAX_RESUBMITS, MAX_DEPTH). */
const RESUBMITS_MAX = 4096;
const DEPTH_MAX = 64;
const EMISSIONS_MAX = 256;

export function* runTables(
  tables: Tables,
  packet: SwitchPacket,
  isLive: (port: number) => boolean,
): Generator<undefined, Verdict> {
  const run = new Run(tables, isLive);
  yield* run.table(0, packet, 0);
  yield* run.finish(packet);
  return run;
}

class Run implements Verdict {
  readonly emissions: Emission[] = [];
  readonly rules: Taken[] = [];
  readonly doubts: string[] = [];
  missed: string | undefined;
  readonly #tables: Tables;
  readonly #isLive: (port: number) => boolean;
  readonly #assumed = new Set<string>();
  /** By name: of each kind of action there is one (OpenFlow 1.5 §5.6). */
  readonly #actionSet = new Map<string, Word>();
  #resubmits = 0;
  /** The table whose actions are being done. */
  #at = 0;
  #choice: string | undefined;
  #isOver = false;

  constructor(tables: Tables, isLive: (port: number) => boolean) {
    this.#tables = tables;
    this.#isLive = isLive;
  }

  /** `inPort` stands for the port it came in by while the rule is looked for, and no longer. */
  *table(table: number, packet: SwitchPacket, depth: number, inPort?: number): Generator<undefined, void> {
    if (++this.#resubmits > RESUBMITS_MAX || depth > DEPTH_MAX) {
      this.doubts.push('the rules lead round in a circle, and the switch gives up');
      return;
    }
    const fields = inPort === undefined ? packet.fields : new Map(packet.fields).set('in_port', BigInt(inPort));
    const found = yield* this.#tables.find(table, fields);
    if (found.kind === 'miss') {
      this.missed = `no rule of table ${table} matches`;
      return;
    }
    if (found.kind === 'depends') {
      const { priority, match } = found.rule.taken;
      this.doubts.push(
        `which rule of table ${table} is taken depends on ${found.on}: that with priority ${priority} may match (${match})`,
      );
      return;
    }
    const { rule } = found;
    this.rules.push({ node: rule.node, rule: rule.taken });
    const before = this.#at;
    this.#at = table;
    yield* this.#all(rule.words, packet, depth);
    this.#at = before;
    if (rule.goto !== undefined && !this.#isOver) {
      if (rule.goto > table) yield* this.table(rule.goto, packet, depth + 1);
      else this.doubts.push(`a rule of table ${table} goes back to table ${rule.goto}, which no switch does`);
    }
  }

  /** The action set, after the last table. */
  *finish(packet: SwitchPacket): Generator<undefined, void> {
    const rank = ({ name }: Word) => ACTION_SET_ORDER.findIndex((names) => names.test(name));
    const words = [...this.#actionSet.values()].sort((a, b) => rank(a) - rank(b));
    const group = words.some(({ name }) => name === 'group');
    yield* this.#all(group ? words.filter((word) => !isOutput(word)) : words, packet, 0);
  }

  *#all(words: readonly Word[], packet: SwitchPacket, depth: number): Generator<undefined, void> {
    for (const word of words) {
      if (this.#isOver) return;
      yield* this.#one(word, packet, depth);
    }
  }

  *#one(word: Word, packet: SwitchPacket, depth: number): Generator<undefined, void> {
    const { name, rest, text } = word;
    if (this.emissions.length >= EMISSIONS_MAX) return;
    const port = outputOf(word, packet);
    if (port !== undefined) return this.#emit(port, packet);
    switch (name) {
      case 'output':
        this.doubts.push(`to which port ${text} sends is not known`);
        return;
      case 'resubmit':
        return yield* this.#resubmit(rest, packet, depth);
      case 'group':
        return yield* this.#group(Number(rest), packet, depth);
      case 'ct': {
        const { table, assumed, next } = connect(split(rest), packet);
        if (assumed !== undefined) this.#assumed.add(assumed);
        if (table !== undefined && next !== undefined) yield* this.table(table, next, depth + 1);
        return;
      }
      case 'clone':
        return yield* this.#all(wordsOf(rest), copied(packet), depth + 1);
      case 'write_actions':
        for (const written of wordsOf(rest)) this.#actionSet.set(setKey(written), written);
        return;
      case 'clear_actions':
        this.#actionSet.clear();
        return;
      case 'write_metadata': {
        const subfield = parseSubfield('metadata');
        const [value = '', mask] = rest.split('/');
        if (subfield) rewrite({ name: 'set_field', rest: `${value}${mask ? `/${mask}` : ''}->metadata`, text }, packet);
        return;
      }
      case 'exit':
        this.#isOver = true;
        return;
    }
    if (!rewrite(word, packet)) {
      this.doubts.push(`what ${text} does is not known here`);
      this.#isOver = true;
    }
  }

  #emit(port: Emission['port'], packet: SwitchPacket): void {
    // What came in by a port is not sent back by it, unless that is said (IN_PORT).
    if (port === packet.inPort) return;
    this.emissions.push({
      port: port === IN_PORT ? packet.inPort : port,
      packet: copied(packet),
      rules: [...this.rules],
      ...(this.#choice !== undefined && { choice: this.#choice }),
      assumed: [...this.#assumed],
    });
  }

  /** `resubmit(port,table)`, `resubmit(,table)`, `resubmit:port`. */
  *#resubmit(rest: string, packet: SwitchPacket, depth: number): Generator<undefined, void> {
    const [port = '', table = '', ct] = rest.split(',').map((part) => part.trim());
    if (ct !== undefined) this.doubts.push(`resubmit(${rest}) looks at connections`);
    const own = this.#at;
    const inPort = port === '' || port.toLowerCase() === 'in_port' ? undefined : portNumber(port, packet);
    const number = typeof inPort === 'number' ? inPort : undefined;
    yield* this.table(table === '' ? own : Number(table), packet, depth + 1, number);
  }

  *#group(id: number, packet: SwitchPacket, depth: number): Generator<undefined, void> {
    const group = this.#tables.group(id);
    if (group === undefined) {
      this.doubts.push(`group ${id} is not in the graph`);
      return;
    }
    const buckets = objectsIn(group.Buckets).map((bucket) => ({ bucket, words: wordsOf(actionTexts(bucket.Actions)) }));
    switch (group.GroupType) {
      case 'all':
      case 'indirect':
        for (const { words } of buckets) yield* this.#all(words, copied(packet), depth + 1);
        return;
      case 'ff':
      case 'fast_failover': {
        const live = buckets.find(({ bucket }) => this.#isWatchedLive(numberOf(bucket.WatchPort)));
        if (live) yield* this.#all(live.words, copied(packet), depth + 1);
        else this.missed = `no bucket of group ${id} is live`;
        return;
      }
      case 'select': {
        const usable = buckets.filter(({ bucket }) => numberOf(bucket.Weight) !== 0 || buckets.length === 1);
        for (const [at, { words }] of usable.entries()) {
          if (usable.length > 1) this.#choice = `bucket ${at + 1} of ${usable.length} of group ${id}`;
          yield* this.#all(words, copied(packet), depth + 1);
        }
        this.#choice = undefined;
        return;
      }
    }
    this.doubts.push(`what group ${id} does, of type ${String(group.GroupType)}, is not known here`);
  }

  #isWatchedLive(port: number | undefined): boolean {
    return port === undefined || port >= 0xffffff00 || this.#isLive(port);
  }
}

/** OpenFlow 1.5 §5.6: the order in which an action set is done. */
const ACTION_SET_ORDER = [/^(pop_|strip_)/, /^push_/, /^dec_/, /^(set_|mod_|load|move)/, /^group$/, /./];

const IN_PORT = 65_528;

function isOutput(word: Word): boolean {
  return word.name === 'output' || /^(normal|flood|all|local|in_port|controller)$/.test(word.name);
}

function setKey(word: Word): string {
  if (isOutput(word)) return 'output';
  return word.name === 'set_field' ? `set_field ${word.rest.split('->')[1] ?? ''}` : word.name;
}

/** Undefined of what sends nothing, and of a port that is not known. */
function outputOf({ name, rest, text }: Word, packet: SwitchPacket): Emission['port'] | undefined {
  if (/^\d+$/.test(text)) return reserved(Number(text));
  if (name === 'normal' || (name === 'output' && /^normal$/i.test(rest))) return 'NORMAL';
  if (name === 'flood' || (name === 'output' && /^flood$/i.test(rest))) return 'FLOOD';
  if (name === 'all' || (name === 'output' && /^all$/i.test(rest))) return 'ALL';
  if (name === 'controller') return 'CONTROLLER';
  if (name === 'local' || name === 'in_port') return portNumber(name, packet);
  if (name === 'enqueue') return portNumber(rest.split(/[:,]/)[0] ?? '', packet);
  if (name !== 'output') return undefined;
  const truncated = /^port=([^,]+)/.exec(rest)?.[1];
  return portNumber(truncated ?? rest, packet);
}

function portNumber(text: string, packet: SwitchPacket): number | 'NORMAL' | undefined | never {
  const word = text.trim().replace(/^"(.*)"$/s, '$1');
  if (/^\d+$/.test(word)) return reserved(Number(word)) as number;
  if (/^local$/i.test(word)) return LOCAL;
  if (/^in_port$/i.test(word)) return IN_PORT;
  const subfield = parseSubfield(word);
  if (subfield === undefined) return packet.portNamed(word);
  const value = readSubfield(packet.fields, subfield);
  return value === undefined ? undefined : (reserved(Number(value)) as number);
}

/** OFPP_* of OpenFlow 1.1 and later are those of 1.0 with 16 more bits. */
function reserved(port: number): Emission['port'] {
  const low = port >= 0xffffff00 ? port & 0xffff : port;
  if (low === 0xfffa) return 'NORMAL';
  if (low === 0xfffb) return 'FLOOD';
  if (low === 0xfffc) return 'ALL';
  return low === 0xfffd ? 'CONTROLLER' : low;
}
