/** Chains, rules and sets as metadata of nodes, with ids that follow from what they are. */
import type { Metadata } from '../../graph/element.ts';
import { uuidV5 } from '../../std/uuid.ts';
import { FAMILIES, hookName } from './family.ts';
import { SET_FLAG } from './nftnetlink.ts';
import type { RuleRead } from './read-rule.ts';
import {
  endByThemselves,
  isFilledByPackets,
  type RawChain,
  type RawRule,
  type RawSet,
  type RawTable,
} from './ruleset.ts';
import { partsOf, setValues } from './setvalues.ts';

/** Of a rule's text, as its name. */
const NAME_MAX = 80;

export function chainId(
  namespace: string,
  { family, table, name }: Pick<RawChain, 'family' | 'table' | 'name'>,
): string {
  return uuidV5(['nftchain', namespace, familyName(family), table, name]);
}

export function setId(namespace: string, { family, table, name }: RawSet): string {
  return uuidV5(['nftset', namespace, familyName(family), table, name]);
}

export function familyName(family: number): string {
  return FAMILIES[family] ?? `${family}`;
}

export function describeChain(chain: RawChain, table: RawTable | undefined): Metadata {
  const { family, name, hook, priority, policy, type, devices } = chain;
  return {
    ...{ Type: 'nftchain', Name: name, Family: familyName(family), Table: chain.table },
    ...(hook !== undefined && {
      ...{ Hook: hookName(family, hook), Priority: priority, ChainType: type },
      Policy: policy === 0 ? 'drop' : 'accept',
      ...(devices.length > 0 && { Devices: [...devices] }),
    }),
    ...(table?.isDormant && { Dormant: true }),
  };
}

/** All of it but its place among the others: what it says, and nothing else. */
export function describeRule(
  rule: Pick<RawRule, 'family' | 'table' | 'chain' | 'comment'>,
  { said }: RuleRead,
): Metadata {
  const text = said
    .map((one) => one.text)
    .filter((one) => one !== '')
    .join(' ');
  const verdict = said.findLast(({ clause }) => typeof clause.Do === 'string' && ENDS.has(clause.Do))?.clause.Do;
  const noted = said.find(({ clause }) => clause.Do === 'comment')?.clause.Value;
  const comment = rule.comment === '' && typeof noted === 'string' ? noted : rule.comment;
  return {
    ...{ Type: 'nftrule', Name: text.length > NAME_MAX ? `${text.slice(0, NAME_MAX - 1)}…` : text },
    ...{ Family: familyName(rule.family), Table: rule.table, Chain: rule.chain, Text: text },
    ...(verdict !== undefined && { Verdict: verdict }),
    ...(comment !== '' && { Comment: comment }),
    Clauses: said.map(({ clause }) => clause).filter(({ Do }) => Do !== 'comment'),
  };
}

const ENDS = new Set([
  ...['accept', 'drop', 'reject', 'jump', 'goto', 'return', 'continue', 'queue', 'vmap'],
  ...['snat', 'dnat', 'masquerade', 'redirect'],
]);

export function describeSet(set: RawSet): Metadata {
  const isFilled = isFilledByPackets(set);
  return {
    ...{ Type: 'nftset', Name: set.name, Family: familyName(set.family), Table: set.table },
    KeyType: partsOf(set.keyType, set.keyLength)
      .map(({ type }) => type)
      .join(' . '),
    ...((set.flags & SET_FLAG.map) !== 0 && { IsMap: true }),
    ...((isFilled || endByThemselves(set)) && { IsDynamic: true }),
    ...(isFilled ? { Notice: NOT_READ } : { Elements: setValues(set) }),
    ...(set.isCut && { IsCut: true }),
  };
}

const NOT_READ = 'packets fill it: its elements are not read';
