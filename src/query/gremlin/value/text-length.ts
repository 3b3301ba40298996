/** How long a text may become. */
import { mistake } from '../../../std/mistake.ts';

/** No text that a step makes is longer, so that none doubles itself until the memory is gone. Characters. */
export const TEXT_MAX = 4 * 1024 * 1024;

/** Throws a Mistake where a text would be longer than may be. */
export function checkTextLength(length: number, most = TEXT_MAX): void {
  if (length > most) throw mistake('gremlin.text-too-long', `the text would have more than ${most} characters (limit)`);
}
