/** What the server keeps, in the format that is asked for: as it is there (`skydive`), or in a document of our own. */
import type { Session } from './command.ts';
import type { Format } from './output.ts';
import type { PrintOptions } from './print.ts';
import type { Resource } from './resources.ts';
import { printRows } from './rows.ts';
import type { Row } from './things.ts';

/** `said`: what stands beside `schema` and `kind` in the document. */
export async function printOne(
  { io }: Session,
  { resource, kind, said = { [kind]: resource } }: { resource: Resource; kind: string; said?: object },
  format: Format['kind'],
): Promise<void> {
  const document = { schema: 'skein/v1', kind, ...said };
  switch (format) {
    case 'name':
      return io.out.write(`${resource.UUID}\n`);
    case 'skydive':
      return io.out.write(`${JSON.stringify(resource, null, '\t')}\n`);
    case 'yaml':
      return io.out.write((await import('yaml')).stringify(document));
    default:
      return io.out.write(`${JSON.stringify(document, null, 2)}\n`);
  }
}

/** A row each, of which there are `kind`; or all by id, as Skydive's server lists them. */
export async function printAll<T extends Resource>(
  session: Session,
  {
    all,
    kind,
    rows,
  }: { all: readonly T[]; kind: string; rows: (all: readonly T[]) => readonly Row[] | Promise<Row[]> },
  options: PrintOptions,
): Promise<void> {
  if (options.output?.kind !== 'skydive') return printRows(session, kind, await rows(all), options);
  const byId = Object.fromEntries(all.map((one) => [one.UUID, one]));
  session.io.out.write(`${JSON.stringify(byId, null, '\t')}\n`);
}
