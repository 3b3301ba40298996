/** Rules of the server, and which one a word on the command line means. */
import type { WireEdgeRule, WireNodeRule } from '../contract/rule.ts';
import type { Session } from './command.ts';
import { listOf, meant } from './resources.ts';
import type { ServerOptions } from './server.ts';
import type { Row } from './things.ts';

export type RuleKind = 'node' | 'edge';
export type WireRule = WireNodeRule | WireEdgeRule;

export function listRules(session: Session, options: ServerOptions, kind: RuleKind): Promise<WireRule[]> {
  return listOf(session, options, `${kind}rule`);
}

/** Throws a Failure that says what there is. */
export function ruleNamed(rules: readonly WireRule[], word: string, kind: RuleKind): WireRule {
  return meant(rules, word, { noun: `${kind} rule`, make: `skein rule ${kind} create` });
}

export function ruleRow(rule: WireRule): Row {
  const { UUID, Name, Metadata, Active = 0, Notes, Description } = rule;
  const what = 'Src' in rule ? { SRC: rule.Src, DST: rule.Dst } : { ACTION: rule.Action, QUERY: rule.Query };
  return {
    ID: UUID,
    NAME: Name,
    ...what,
    METADATA: JSON.stringify(Metadata),
    ACTIVE: Active,
    STATE: Notes ? 'partly' : Active > 0 ? 'active' : 'waiting',
    NOTES: Notes,
    DESCRIPTION: Description,
  };
}
