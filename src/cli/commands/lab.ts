/** `skein lab up|down|status`: a small network in namespaces of its own. It needs no server. */
import type { Command } from 'commander';
import { describeLab, labDown, labStatus, labUp } from '../../lab/lab.ts';
import { run } from '../../lab/run.ts';
import { examples, type Session } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { addFormatOption, type OutputOptions } from '../output.ts';

export function define(command: Command, session: Session): void {
  const { io } = session;
  command.helpCommand(false);
  const print = (line: string) => io.out.write(`${line}\n`);
  command
    .command('up')
    .description('make it: a router, two bridges, four hosts and a VXLAN between them')
    .action(() => labUp(run, print));
  command
    .command('down')
    .description('take it away without a trace, and end what runs in it')
    .action(() => labDown(run, print));
  const status = command.command('status').description('what of it is there; exits with 1 when it is not all of it');
  status.action(async (options: OutputOptions) => {
    const lab = await labStatus(run);
    if (lab.state !== 'up') session.exitCode = exitCodes.empty;
    if (options.output?.kind === 'json') print(JSON.stringify({ schema: 'skein/v1', kind: 'lab', ...lab }, null, 2));
    else for (const line of describeLab(lab)) print(line);
  });
  addFormatOption(status, ['table', 'json']);
  examples(command, ['skein lab up', 'ip netns exec lab-host1 ping 10.77.0.3', 'skein tree', 'skein lab down']);
}
