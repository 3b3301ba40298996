/** What can be wrong with a rule, all of it told at once. */
import type { Metadata } from '../graph/element.ts';
import { type Fault, Mistake } from '../std/mistake.ts';
import type { EdgeRule, NewRule, NodeRule } from './rule.ts';
import { SET_BY } from './wanted.ts';

/** Throws a Mistake that tells all that is wrong with a query. */
type Check = (query: string) => void;

/** These say what a thing is: only who makes it can. */
const IDENTITY = ['Name', 'Type', 'TID'];

export function nodeRuleFaults(rule: NewRule<NodeRule>, check: Check): Fault[] {
  const faults = metadataFaults(rule.Metadata);
  if (rule.Action === 'update') {
    faults.push(...queryFaults('Query', rule.Query, check));
    for (const key of IDENTITY.filter((one) => Object.hasOwn(rule.Metadata, one)))
      faults.push({
        code: 'rule.identity',
        message: `Metadata.${key}: says what a node is, and cannot be set on one that exists`,
        hint: 'Action create makes a node of its own',
      });
    return faults;
  }
  for (const key of ['Name', 'Type'])
    if (typeof rule.Metadata[key] !== 'string' || rule.Metadata[key] === '')
      faults.push({
        code: 'rule.nameless',
        message: `Metadata.${key}: is missing: a node that is made needs Name and Type`,
        hint: '{"Name": "isp", "Type": "cloud"}',
      });
  return faults;
}

export function edgeRuleFaults(rule: NewRule<EdgeRule>, check: Check): Fault[] {
  const faults = metadataFaults(rule.Metadata);
  if (typeof rule.Metadata.RelationType !== 'string' || rule.Metadata.RelationType === '')
    faults.push({
      code: 'rule.relation',
      message: 'Metadata.RelationType: is missing: it says what the edge means',
      hint: '{"RelationType": "layer2"}',
    });
  return [...faults, ...queryFaults('Src', rule.Src, check), ...queryFaults('Dst', rule.Dst, check)];
}

function metadataFaults(metadata: Metadata): Fault[] {
  const faults: Fault[] = [];
  if (Object.keys(metadata).length === 0)
    faults.push({
      code: 'rule.empty',
      message: 'Metadata: is empty: the rule would do nothing',
      hint: '{"Team": "web"}',
    });
  for (const key of Object.keys(metadata))
    if (key === '' || key.includes('.') || key === SET_BY)
      faults.push({
        code: 'rule.key',
        message: `Metadata.${key}: cannot be set: ${key === SET_BY ? 'rules write it themselves' : 'a key is a word without dots'}`,
        hint: 'an object holds keys below a key: {"Site": {"Rack": 7}}',
      });
  return faults;
}

function queryFaults(field: string, query: string, check: Check): Fault[] {
  if (query.trim() === '')
    return [
      {
        code: 'rule.query',
        message: `${field}: is missing: a query that finds nodes`,
        hint: "G.V().Has('Type', 'veth')",
      },
    ];
  try {
    check(query);
    return [];
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return error.faults.map(({ code, message, hint }) => ({
      code,
      message: `${field}: ${message}`,
      ...(hint !== undefined && { hint }),
    }));
  }
}
