/** A mistake in a file says where it is. */
import { Mistake, mistake } from '../std/mistake.ts';

export function atLine<T>(line: number, read: () => T, what = 'line'): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Mistake)
      throw new Mistake(error.faults.map((fault) => ({ ...fault, message: `${what} ${line}: ${fault.message}` })));
    if (error instanceof SyntaxError) throw mistake('graphfile.json', `${what} ${line}: ${error.message}`);
    throw error;
  }
}
