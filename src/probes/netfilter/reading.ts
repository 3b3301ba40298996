/** A namespace's rules as of one generation: all of them, or what a commit has touched. */
import type { Conversation } from '../../native/conversation.ts';
import { NetlinkError } from '../../native/netlink_error.ts';
import { messages } from '../../native/nlmsg.ts';
import { Breath } from './breath.ts';
import {
  dumpOf,
  elementsDump,
  generationRequest,
  NFT,
  type Place,
  placeKey,
  rulesDump,
  SET_FLAG,
} from './nftnetlink.ts';
import {
  endByThemselves,
  isFilledByPackets,
  type RawChain,
  type RawRule,
  type RawSet,
  type RawTable,
  readChains,
  readElements,
  readGeneration,
  readRules,
  readSets,
  readTables,
} from './ruleset.ts';
import { COUNTERS, type Touched } from './touched.ts';

export interface Reading {
  readonly generation: number;
  readonly tables: readonly RawTable[];
  readonly chains: readonly RawChain[];
  /** By chain, see placeKey; in their order. */
  readonly rules: ReadonlyMap<string, readonly RawRule[]>;
  /** Of these chains alone; undefined: of all. Those that are not in `rules` have none. */
  readonly touched: readonly Place[] | undefined;
  readonly sets: readonly RawSet[];
  /** Rules that there are besides. */
  readonly leftOut: number;
}

export interface ReadingBounds {
  readonly rulesMax: number;
  readonly elementsMax: number;
  readonly setsMax: number;
  /** Elements that end by themselves, of which nobody tells when they do, are read again so long after. */
  readonly agedMs: number;
}

const ENOENT = 2;

interface World {
  readonly conversation: Conversation;
  readonly bounds: ReadingBounds;
  /** Reading takes turns with all else: how many there are is up to others. */
  readonly breath: Breath;
  /** Monotonic ms. */
  readonly nowMs: number;
}

/**
 * Undefined: it changed while it was read, or since what was touched was noted, and is to be read again. `before`: the
 * last reading, of which is kept what was not touched; `notedAt`: the generation that had told of `touched`.
 */
export async function readRuleset(
  conversation: Conversation,
  bounds: ReadingBounds,
  { touched, notedAt }: { readonly touched: Touched; readonly notedAt: number | undefined },
  before: Reading | undefined,
): Promise<Reading | undefined> {
  const generation = readGeneration(await conversation.request(generationRequest()));
  // Of many rules only some are told: which ones they are only a whole reading says.
  const known = touched.isAll || before === undefined || before.leftOut > 0 ? undefined : before;
  // A rule of a commit that is not noted yet may refer to a set that would not be read.
  if (known && notedAt !== undefined && generation !== notedAt && generation !== known.generation) return undefined;
  const world: World = { conversation, bounds, breath: new Breath(), nowMs: performance.now() };
  const reading = known ? await readTouched(world, touched, known) : await readAll(world);
  const after = readGeneration(await conversation.request(generationRequest()));
  return after === generation ? { ...reading, generation } : undefined;
}

type Read = Omit<Reading, 'generation'>;

async function readAll(world: World): Promise<Read> {
  const tables = await listed(world, NFT.getTable, readTables);
  if (tables.length === 0) return { tables, chains: [], rules: new Map(), touched: undefined, sets: [], leftOut: 0 };
  const chains = await listed(world, NFT.getChain, readChains);
  const rules = new Map<string, RawRule[]>();
  const room = { left: world.bounds.rulesMax, leftOut: 0 };
  await readRulesInto(rules, world, dumpOf(NFT.getRule), room);
  const sets = await listed(world, NFT.getSet, readSets);
  for (const [index, set] of sets.entries()) await fill(world, set, index);
  return { tables, chains, rules, touched: undefined, sets, leftOut: room.leftOut };
}

async function readTouched(world: World, touched: Touched, before: Reading): Promise<Read> {
  const { tables } = before;
  const chains = touched.areChains ? await listed(world, NFT.getChain, readChains) : before.chains;
  const rules = new Map<string, RawRule[]>();
  const room = { left: world.bounds.rulesMax, leftOut: 0 };
  if (touched === COUNTERS) {
    await readRulesInto(rules, world, dumpOf(NFT.getRule), room);
    return { ...before, rules, touched: undefined, leftOut: room.leftOut };
  }
  for (const chain of touched.rules) await readRulesInto(rules, world, rulesDump(chain), room);
  if (!touched.areSets && touched.elements.length === 0)
    return { tables, chains, rules, touched: touched.rules, sets: before.sets, leftOut: room.leftOut };
  const stale = new Set(touched.elements.map(placeKey));
  const kept = new Map(before.sets.map((set) => [placeKey(set), set]));
  const sets = await listed(world, NFT.getSet, readSets);
  for (const [index, set] of sets.entries()) {
    const key = placeKey(set);
    const known = kept.get(key);
    if (known === undefined || stale.has(key) || isAged(known, world.nowMs - world.bounds.agedMs))
      await fill(world, set, index);
    else sets[index] = known;
  }
  return { tables, chains, rules, touched: touched.rules, sets, leftOut: room.leftOut };
}

/** Whether its elements may have ended by themselves, when they were read before that moment. */
export function isAged(set: RawSet, sinceMs: number): boolean {
  return endByThemselves(set) && set.readAtMs <= sinceMs;
}

async function listed<Raw>(
  { conversation, breath }: World,
  type: number,
  read: (batches: readonly Uint8Array[]) => readonly Raw[],
): Promise<Raw[]> {
  const all: Raw[] = [];
  for (const batch of (await conversation.dumpAll(dumpOf(type))).batches) {
    await breath.take();
    for (const one of read([batch])) all.push(one);
  }
  return all;
}

/** Batch for batch: of very many no more is in memory than is kept. */
async function readRulesInto(
  rules: Map<string, RawRule[]>,
  { conversation, breath }: World,
  request: Uint8Array,
  room: { left: number; leftOut: number },
): Promise<void> {
  let last: RawRule | undefined;
  let list: RawRule[] = [];
  try {
    for await (const batch of conversation.dump(request)) {
      if (room.left <= 0) {
        room.leftOut += countOf(batch);
        continue;
      }
      await breath.take();
      for (const rule of readRules([batch])) {
        if (room.left <= 0) {
          room.leftOut++;
          continue;
        }
        room.left--;
        if (last?.chain !== rule.chain || last.table !== rule.table || last.family !== rule.family) {
          const key = placeKey({ ...rule, name: rule.chain });
          list = rules.get(key) ?? [];
          rules.set(key, list);
        }
        list.push(rule);
        last = rule;
      }
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function countOf(batch: Uint8Array): number {
  let count = 0;
  for (const { type } of messages(batch)) if (type === NFT.rule) count++;
  return count;
}

async function fill({ conversation, bounds, breath, nowMs }: World, set: RawSet, index: number): Promise<void> {
  set.readAtMs = nowMs;
  if (index >= bounds.setsMax) set.isCut = true;
  if (set.isCut || isFilledByPackets(set)) return;
  // Of intervals each has a beginning and an end.
  const max = (set.flags & SET_FLAG.interval) !== 0 ? bounds.elementsMax * 2 : bounds.elementsMax;
  try {
    for await (const batch of conversation.dump(elementsDump(set))) {
      await breath.take();
      for (const element of readElements(batch)) {
        if (set.elements.length < max) set.elements.push(element);
        else set.isCut = true;
        if (set.isCut) break;
      }
      // What is left of the dump is heard by nobody.
      if (set.isCut) break;
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Gone since: then the generation is another one too. */
function isGone(error: unknown): boolean {
  return error instanceof NetlinkError && error.errno === ENOENT;
}
