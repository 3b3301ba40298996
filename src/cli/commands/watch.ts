/** `skein watch [nodes|edges]`: changes as they happen. */
import { Argument, type Command, Option } from 'commander';
import type { WireElement } from '../../contract/element.ts';
import { ask } from '../ask.ts';
import { examples, type Session } from '../command.ts';
import { exitCodes, Failure, usageFailure } from '../failure.ts';
import { request } from '../http.ts';
import { drawTime } from '../moment.ts';
import { addFormatOption, addUtcOption, wholeNumber } from '../output.ts';
import { drawingOf, type PrintOptions } from '../print.ts';
import { type Names, titleOf } from '../render/changes.ts';
import { drawKeyChange, keyChanges } from '../render/key-changes.ts';
import { isEdge } from '../render/kind.ts';
import type { Drawing } from '../render/reply.ts';
import { type Server, type ServerOptions, serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';
import type { Change } from '../subscription.ts';

interface WatchOptions extends PrintOptions {
  readonly filter?: string;
  readonly since?: string;
  readonly count?: number;
}

export function define(command: Command, session: Session): void {
  command
    .addArgument(new Argument('[things]', 'nodes or edges; both when left out').choices(['nodes', 'edges']))
    .option('--filter <gremlin>', 'only what is in the answer to this query, which ends in SubGraph()')
    .option('--since <revision>', 'begin with what came after, e.g. rev:1234')
    .addOption(new Option('--count <n>', 'end after so many changes').argParser(wholeNumber))
    .action((things: string | undefined, _, self: Command) => run(session, things, self.optsWithGlobals()));
  addFormatOption(command, ['table', 'json', 'ndjson']);
  addUtcOption(command);
  addServerOptions(command);
  examples(command, [
    'skein watch',
    'skein watch nodes -o ndjson | jq .element.Metadata.Name',
    "skein watch --filter \"G.V().Has('Type','bridge').Neighbors().SubGraph()\"",
    'skein watch --since rev:1200',
  ]);
}

async function run(session: Session, things: string | undefined, options: WatchOptions): Promise<void> {
  const { io } = session;
  const { subscribe } = await import('../subscription.ts');
  const server = await serverOf(options, io);
  const drawing = drawingOf(session, options);
  const isText = drawing.format.kind === 'table';
  const enough = new AbortController();
  const note = (text: string) => options.quiet || io.err.write(`${text}\n`);
  const revision = options.since === undefined ? undefined : revisionOf(options.since);
  const isStill = await isBundle(server, io.interrupted);
  let left = options.count ?? Number.POSITIVE_INFINITY;
  await subscribe({
    server,
    filter: options.filter,
    revision,
    known: revision === undefined ? [] : await knownAt(session, options, revision),
    signal: AbortSignal.any([io.interrupted, enough.signal]),
    onChange: (change, names) => {
      if (left <= 0 || (things !== undefined && isEdge(change.element) !== (things === 'edges'))) return;
      io.out.write(isText ? drawChange(change, names, drawing) : `${JSON.stringify(recordOf(change))}\n`);
      left -= 1;
      if (left <= 0) enough.abort();
    },
    onSynced: (nodes, edges) => {
      if (!isStill) return note(`watching ${nodes} nodes and ${edges} edges; Ctrl-C ends`);
      enough.abort();
      return note(`this is a bundle: nothing changes in it; skein diff --from says what did`);
    },
    onLost: (reason) => note(`lost the server: ${reason}; trying again`),
    onResumed: (how) => note(resumed[how]),
  });
  if (io.interrupted.aborted) session.exitCode = exitCodes.interrupted;
}

async function isBundle(server: Server, signal: AbortSignal): Promise<boolean> {
  try {
    const { text } = await request(server, { path: '/api/status', signal });
    return (JSON.parse(text) as { Archive?: { Kind?: string } | null }).Archive?.Kind === 'bundle';
  } catch {
    // Who cannot be asked now may be watched in a moment.
    return false;
  }
}

/** A revision that is not kept is the server's to refuse, in its own words, when it is asked to go on from there. */
async function knownAt(session: Session, options: ServerOptions, revision: number): Promise<readonly WireElement[]> {
  try {
    const reply = await ask(session, { ...options, quiet: true }, { query: `G.At('rev:${revision}')` });
    return reply.kind === 'graph' ? [...reply.nodes, ...reply.edges] : [];
  } catch (error) {
    if (error instanceof Failure && error.exitCode === exitCodes.usage) return [];
    throw error;
  }
}

const resumed = {
  complete: 'nothing was missed',
  compared: 'what happened meanwhile is not kept any more; this is what differs:',
  anew: 'what came after that revision is not kept any more; watching from now on',
} as const;

/** What `-o json` prints, one a line. */
function recordOf({ kind, element, before, revision }: Change): Record<string, unknown> {
  const keys = kind === 'updated' && before ? keyChanges(before, element) : undefined;
  return {
    schema: 'skein/v1',
    kind,
    revision: revision ?? null,
    time: timeOf(kind, element),
    element,
    ...(keys && { keys }),
  };
}

function drawChange({ kind, element, before }: Change, names: Names, drawing: Drawing): string {
  const { clock, paint } = drawing;
  const title = titleOf(element, names);
  const time = paint.dim(drawTime(timeOf(kind, element), clock));
  if (kind === 'added') return `${time}  ${paint.added(`+ ${title}`)}\n`;
  if (kind === 'removed') return `${time}  ${paint.removed(`- ${title}`)}\n`;
  const keys = before ? keyChanges(before, element).flatMap((key) => drawKeyChange(key, paint)) : [];
  return `${time}  ${paint.changed(`~ ${title}`)}  ${keys.join(', ')}`.trimEnd().concat('\n');
}

function timeOf(kind: Change['kind'], element: WireElement): number {
  return kind === 'removed' ? (element.DeletedAt ?? element.UpdatedAt) : element.UpdatedAt;
}

function revisionOf(text: string): number {
  const [, digits] = /^(?:rev:)?(\d{1,15})$/i.exec(text.trim()) ?? [];
  if (digits === undefined) {
    throw usageFailure(
      `"${text}" is no position in the change log`,
      'like rev:1234; for a moment of the past: skein diff',
    );
  }
  return Number(digits);
}
