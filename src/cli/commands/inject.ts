/** `skein inject FROM TO`: packets of your own, and what came of them; `list`, `show`, `delete`. */
import type { Command } from 'commander';
import { examples, type Session } from '../command.ts';
import { modelText } from '../inject-model.ts';
import { addInjectOptions, askedOf, conclude, type InjectOptions, sent, show, waited } from '../inject-send.ts';
import { traced } from '../inject-trace.ts';
import { defineInjections, oneFormats } from '../injection-commands.ts';
import { addFormatOption } from '../output.ts';
import { drawingOf } from '../print.ts';
import { drawInjection } from '../render/injection.ts';
import { addServerOptions } from '../server-options.ts';

export function define(command: Command, session: Session): void {
  command.helpCommand(false);
  command
    .argument('<from>', 'name, OWNER/NAME, id, address, container:NAME, netns:NAME, pid:N, process:NAME, or a query')
    .argument('[to]', 'the same, or any address')
    .action((from: string, to: string | undefined, _, self: Command) =>
      inject(session, from, to, self.optsWithGlobals() as InjectOptions),
    );
  addInjectOptions(command);
  addFormatOption(command, oneFormats);
  addServerOptions(command);
  defineInjections(command, session);
  examples(command, [
    'skein inject blue/eth0 10.0.0.2',
    'skein inject netns:blue netns:green --tcp 443 -c 3',
    'skein inject container:web container:db --tcp 5432 --trace',
    'skein inject blue/eth0 --pcap request.pcapng',
    'skein inject list',
  ]);
}

async function inject(session: Session, from: string, to: string | undefined, options: InjectOptions): Promise<void> {
  const asked = await askedOf(from, to, options);
  if (options.trace === true) return traced(session, asked, options);
  const made = await sent(session, asked, options);
  if (options.detach === true) return show(session, made, options);
  const over = await waited(session, made, options);
  if ((options.output?.kind ?? 'table') !== 'table') await show(session, over, options);
  else {
    const model = await modelText(session, { asked, over }, options);
    session.io.out.write(drawInjection(over, drawingOf(session, options), model));
  }
  conclude(session, over, options);
}
