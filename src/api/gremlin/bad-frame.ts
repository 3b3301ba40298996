/** A message that cannot be read. The position is a byte of the payload, or a path within its JSON. */
import { Mistake } from '../../std/mistake.ts';

export const badFrameCode = 'gremlin.bad-frame';

export function badFrame(what: string, at: number | string): Mistake {
  if (typeof at === 'string') return new Mistake([{ code: badFrameCode, message: `${what} (in ${at})` }]);
  return new Mistake([{ code: badFrameCode, message: `${what} (at byte ${at})`, from: at, to: at + 1 }]);
}
