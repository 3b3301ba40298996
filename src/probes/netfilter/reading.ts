/** A namespace's rules as of one generation: all of them, or what a commit has touched. */
import type { Conversation } from '../../native/conversation.ts';
import { NetlinkError } from '../../native/netlink_error.ts';
import { isFilledByPackets } from './describe.ts';
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
}

const ENOENT = 2;

/**
 * Undefined: it changed while it was read, and is to be read again. `before`: the last reading, of which is kept what was
 * not touched.
 */
export async function readRuleset(
  conversation: Conversation,
  bounds: ReadingBounds,
  touched: Touched,
  before: Reading | undefined,
): Promise<Reading | undefined> {
  const generation = readGeneration(await conversation.request(generationRequest()));
  // Of many rules only some are told: which ones they are only a whole reading says.
  const known = touched.isAll || before === undefined || before.leftOut > 0 ? undefined : before;
  const reading = known ? await readTouched(conversation, bounds, touched, known) : await readAll(conversation, bounds);
  const after = readGeneration(await conversation.request(generationRequest()));
  return after === generation ? { ...reading, generation } : undefined;
}

type Read = Omit<Reading, 'generation'>;

async function readAll(conversation: Conversation, bounds: ReadingBounds): Promise<Read> {
  const tables = readTables(await dumped(conversation, NFT.getTable));
  if (tables.length === 0) return { tables, chains: [], rules: new Map(), touched: undefined, sets: [], leftOut: 0 };
  const chains = readChains(await dumped(conversation, NFT.getChain));
  const rules = new Map<string, RawRule[]>();
  const room = { left: bounds.rulesMax, leftOut: 0 };
  await readRulesInto(rules, conversation, dumpOf(NFT.getRule), room);
  const sets = readSets(await dumped(conversation, NFT.getSet));
  for (const [index, set] of sets.entries()) await fill(conversation, set, index, bounds);
  return { tables, chains, rules, touched: undefined, sets, leftOut: room.leftOut };
}

async function readTouched(
  conversation: Conversation,
  bounds: ReadingBounds,
  touched: Touched,
  before: Reading,
): Promise<Read> {
  const { tables } = before;
  const chains = touched.areChains ? readChains(await dumped(conversation, NFT.getChain)) : before.chains;
  const rules = new Map<string, RawRule[]>();
  const room = { left: bounds.rulesMax, leftOut: 0 };
  if (touched === COUNTERS) {
    await readRulesInto(rules, conversation, dumpOf(NFT.getRule), room);
    return { ...before, rules, touched: undefined, leftOut: room.leftOut };
  }
  for (const chain of touched.rules) await readRulesInto(rules, conversation, rulesDump(chain), room);
  if (!touched.areSets && touched.elements.length === 0)
    return { tables, chains, rules, touched: touched.rules, sets: before.sets, leftOut: room.leftOut };
  const stale = new Set(touched.elements.map(placeKey));
  const kept = new Map(before.sets.map((set) => [placeKey(set), set]));
  const sets = readSets(await dumped(conversation, NFT.getSet));
  for (const [index, set] of sets.entries()) {
    const same = stale.has(placeKey(set)) ? undefined : kept.get(placeKey(set));
    if (same) sets[index] = same;
    else await fill(conversation, set, index, bounds);
  }
  return { tables, chains, rules, touched: touched.rules, sets, leftOut: room.leftOut };
}

async function dumped(conversation: Conversation, type: number): Promise<readonly Uint8Array[]> {
  return (await conversation.dumpAll(dumpOf(type))).batches;
}

/** Batch for batch: of very many no more is in memory than is kept. */
async function readRulesInto(
  rules: Map<string, RawRule[]>,
  conversation: Conversation,
  request: Uint8Array,
  room: { left: number; leftOut: number },
): Promise<void> {
  let last: RawRule | undefined;
  let list: RawRule[] = [];
  try {
    for await (const batch of conversation.dump(request))
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
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

async function fill(conversation: Conversation, set: RawSet, index: number, bounds: ReadingBounds): Promise<void> {
  if (index >= bounds.setsMax) set.isCut = true;
  if (set.isCut || isFilledByPackets(set)) return;
  // Of intervals each has a beginning and an end.
  const max = (set.flags & SET_FLAG.interval) !== 0 ? bounds.elementsMax * 2 : bounds.elementsMax;
  try {
    for await (const batch of conversation.dump(elementsDump(set)))
      for (const element of readElements(batch))
        if (set.elements.length < max) set.elements.push(element);
        else set.isCut = true;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Gone since: then the generation is another one too. */
function isGone(error: unknown): boolean {
  return error instanceof NetlinkError && error.errno === ENOENT;
}
