/** What the status says of rules. */
import type { RuleStatus } from '../../contract/status.ts';
import type { Paint } from '../../std/paint.ts';
import { cellText } from './grid.ts';

/** Title and text of each line; none while nobody has said anything. */
export function ruleLines(rules: RuleStatus | undefined, paint: Paint): (readonly [string, string])[] {
  if (!rules) return [];
  const { NodeRules, EdgeRules, UserNodes, Troubled, Notes } = rules;
  if (NodeRules + EdgeRules + UserNodes === 0 && Notes.length === 0) return [];
  const troubled = Troubled > 0 ? `, ${Troubled} could not do all they say` : '';
  const counts = `${NodeRules} about nodes, ${EdgeRules} about edges; ${UserNodes} nodes with metadata of users${troubled}`;
  return [['rules', counts], ...Notes.map((note) => ['', paint.changed(cellText(note))] as const)];
}
