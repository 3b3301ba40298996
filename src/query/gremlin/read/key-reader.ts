/** A key that is taken apart once for the model of a run, not once for each element. */
import type { PropertyModel, Reader } from '../property-graph.ts';
import type { Run } from '../run/run.ts';

/** The model it was last made for is nearly always the one it is asked for again. */
export function readerOf(key: string): (run: Run) => Reader {
  let made: { readonly model: PropertyModel; readonly reader: Reader } | undefined;
  return ({ model }) => {
    if (made?.model !== model) made = { model, reader: model.reader(key) };
    return made.reader;
  };
}
