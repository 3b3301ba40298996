/** All of a namespace's rules as of one generation. */
import type { Conversation } from '../../native/conversation.ts';
import { NetlinkError } from '../../native/netlink_error.ts';
import { isFilledByPackets } from './describe.ts';
import { dumpOf, elementsDump, generationRequest, NFT, SET_FLAG } from './nftnetlink.ts';
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

export interface Reading {
  readonly generation: number;
  readonly tables: readonly RawTable[];
  readonly chains: readonly RawChain[];
  /** In the order of their chains. */
  readonly rules: readonly RawRule[];
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

/** Undefined: it changed while it was read, and is to be read again. */
export async function readRuleset(conversation: Conversation, bounds: ReadingBounds): Promise<Reading | undefined> {
  const generation = readGeneration(await conversation.request(generationRequest()));
  const dump = async (type: number) => (await conversation.dumpAll(dumpOf(type))).batches;
  const tables = readTables(await dump(NFT.getTable));
  if (tables.length === 0) return { generation, tables, chains: [], rules: [], sets: [], leftOut: 0 };
  const chains = readChains(await dump(NFT.getChain));
  const { rules, leftOut } = await readRuleDump(conversation, bounds.rulesMax);
  const sets = readSets(await dump(NFT.getSet));
  for (const [index, set] of sets.entries())
    if (index >= bounds.setsMax) set.isCut = true;
    else if (!isFilledByPackets(set)) await fill(conversation, set, bounds.elementsMax);
  const after = readGeneration(await conversation.request(generationRequest()));
  return after === generation ? { generation, tables, chains, rules, sets, leftOut } : undefined;
}

/** Batch for batch: of very many no more is in memory than is kept. */
async function readRuleDump(
  conversation: Conversation,
  rulesMax: number,
): Promise<{ readonly rules: RawRule[]; readonly leftOut: number }> {
  const rules: RawRule[] = [];
  let leftOut = 0;
  for await (const batch of conversation.dump(dumpOf(NFT.getRule)))
    for (const rule of readRules([batch]))
      if (rules.length < rulesMax) rules.push(rule);
      else leftOut++;
  return { rules, leftOut };
}

async function fill(conversation: Conversation, set: RawSet, elementsMax: number): Promise<void> {
  // Of intervals each has a beginning and an end.
  const max = (set.flags & SET_FLAG.interval) !== 0 ? elementsMax * 2 : elementsMax;
  try {
    for await (const batch of conversation.dump(elementsDump(set)))
      for (const element of readElements(batch))
        if (set.elements.length < max) set.elements.push(element);
        else set.isCut = true;
  } catch (error) {
    // Gone since: then the generation is another one too.
    if (!(error instanceof NetlinkError) || error.errno !== ENOENT) throw error;
  }
}
