/** Which version of the API to speak: the newest that both know; an engine that says none is asked without. */
import { textAt } from '../containers/reading.ts';

/** The newest whose answers were looked at; later ones have been additions. */
const OURS = '1.51';

/** `answer`: of GET /version. Engines before API 1.25 do not say what their oldest is. */
export function chooseVersion(answer: unknown): string | undefined {
  const newest = versionOf(textAt(answer, 'ApiVersion'));
  const oldest = versionOf(textAt(answer, 'MinAPIVersion'));
  if (newest === undefined) return undefined;
  if (oldest !== undefined && compare(oldest, OURS) > 0) return oldest;
  return compare(newest, OURS) < 0 ? newest : OURS;
}

function versionOf(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{1,3}\.\d{1,3}$/.test(text) ? text : undefined;
}

function compare(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}
