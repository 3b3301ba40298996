/** What the server says about how a query runs: text as it is, anything else as an indented outline. */
import { cellText } from './grid.ts';

export function drawPlan(plan: unknown): string {
  if (typeof plan === 'string') return plan.endsWith('\n') ? plan : `${plan}\n`;
  return outline(plan, '');
}

/** `key: value` lines, lists with dashes: like YAML, for people only. */
export function outline(value: unknown, indent: string): string {
  if (Array.isArray(value))
    return value.map((item) => `${indent}- ${outline(item, `${indent}  `).trimStart()}`).join('');
  if (typeof value !== 'object' || value === null) return `${indent}${cellText(value)}\n`;
  return Object.entries(value)
    .map(([key, inner]) => {
      const isPlain = typeof inner !== 'object' || inner === null || (Array.isArray(inner) && inner.every(isScalar));
      if (isPlain) return `${indent}${cellText(key)}: ${cellText(inner)}\n`;
      return `${indent}${cellText(key)}:\n${outline(inner, `${indent}  `)}`;
    })
    .join('');
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
