/** `skein follow TRACKING_ID`: one conversation hop by hop, through translations of its addresses, and where its packets get lost. */
import type { Command } from 'commander';
import { examples, type Session } from '../command.ts';
import { type Followed, followed } from '../followed.ts';
import { addFormatOption, addUtcOption } from '../output.ts';
import { drawingOf, type PrintOptions } from '../print.ts';
import { drawTrail, trailMermaid } from '../render/trail.ts';
import { addServerOptions } from '../server-options.ts';
import { addTimeOptions, ofFlows, type TimeOptions } from '../time-options.ts';

export function define(command: Command, session: Session): void {
  command
    .argument('<tracking-id>', 'TrackingID or its beginning, or a Community ID')
    .action((id: string, _, self: Command) => run(session, id, self.optsWithGlobals()));
  addFormatOption(command, ['table', 'json', 'yaml', 'mermaid']);
  addUtcOption(command);
  addTimeOptions(command, ofFlows);
  addServerOptions(command);
  examples(command, [
    'skein follow 9e42a86914a043b8',
    'skein follow 9e42 --at -10m',
    "skein follow '1:LQU9qZlK+B5F3KDmev6m5PMibrg=' --since -1h",
    'skein follow 9e42a86914a043b8 -o mermaid',
  ]);
}

async function run(session: Session, id: string, options: PrintOptions & TimeOptions): Promise<void> {
  const { io } = session;
  const found = await followed(session, id, options);
  const { asked, parts, translations } = found;
  const said = {
    schema: 'skein/v1',
    kind: 'trail',
    ...partSaid(asked),
    ...(parts.length > 1 && { parts: parts.map(partSaid), translations }),
  };
  switch (options.output?.kind) {
    case 'json':
      return io.out.write(`${JSON.stringify(said, null, 2)}\n`);
    case 'yaml':
      return io.out.write((await import('yaml')).stringify(said));
    case 'mermaid':
      return io.out.write(trailMermaid(found));
    default:
      return io.out.write(drawTrail(found, drawingOf(session, options)));
  }
}

function partSaid({ trackingId, a, b, flow, trail }: Followed) {
  return { trackingId, communityId: flow.CommunityID ?? null, a, b, ...trail };
}
