/** Rules of the server, and which one a word on the command line means. */
import type { WireEdgeRule, WireNodeRule } from '../contract/rule.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure, usageFailure } from './failure.ts';
import { request } from './http.ts';
import { type ServerOptions, serverOf } from './server.ts';
import type { Row } from './things.ts';

export type RuleKind = 'node' | 'edge';
export type WireRule = WireNodeRule | WireEdgeRule;

/** What the server says, as Skydive's does. */
const DUPLICATE = 'duplicated resource';

export async function listRules(session: Session, options: ServerOptions, kind: RuleKind): Promise<WireRule[]> {
  const server = await serverOf(options, session.io);
  const { text } = await request(server, { path: `/api/${kind}rule`, signal: session.io.interrupted });
  return Object.values(JSON.parse(text) as Record<string, WireRule>);
}

export async function createRule(
  session: Session,
  options: ServerOptions,
  kind: RuleKind,
  body: unknown,
): Promise<WireRule> {
  const server = await serverOf(options, session.io);
  const { text } = await request(server, {
    method: 'POST',
    path: `/api/${kind}rule`,
    body,
    signal: session.io.interrupted,
  }).catch((error: unknown) => {
    if (!(error instanceof Failure) || error.message !== DUPLICATE) throw error;
    throw usageFailure('there is a rule that does just this already', `skein rule ${kind} list shows it`);
  });
  return JSON.parse(text) as WireRule;
}

export async function deleteRule(session: Session, options: ServerOptions, kind: RuleKind, id: string): Promise<void> {
  const server = await serverOf(options, session.io);
  const path = `/api/${kind}rule/${encodeURIComponent(id)}`;
  await request(server, { method: 'DELETE', path, signal: session.io.interrupted });
}

/** By id, by the beginning of one, or by name. Throws a Failure that says what there is. */
export function ruleNamed(rules: readonly WireRule[], word: string, kind: RuleKind): WireRule {
  const whole = rules.filter(({ UUID, Name }) => UUID === word || Name === word);
  const found = whole.length > 0 ? whole : rules.filter(({ UUID }) => UUID.startsWith(word.toLowerCase()));
  const [first] = found;
  if (first && found.length === 1) return first;
  const known = (all: readonly WireRule[]) => all.map(({ UUID, Name }) => `${UUID}  ${Name ?? ''}`.trim()).join('\n');
  if (first) throw usageFailure(`${found.length} rules are called "${word}"; say which:`, known(found));
  const hint = rules.length > 0 ? `there are\n${known(rules)}` : `there is none: skein rule ${kind} create`;
  throw new Failure(exitCodes.empty, `there is no ${kind} rule "${word}"`, hint);
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
