/** `skein rule node|edge`: what you say of the network yourself, for all nodes that a query finds. */
import type { Command } from 'commander';
import { examples, type Session } from '../command.ts';
import { defineRules } from '../rule-commands.ts';

export function define(command: Command, session: Session): void {
  command.helpCommand(false);
  defineRules(
    command.command('node').description('metadata on nodes that a query finds; nodes of your own'),
    session,
    'node',
  );
  defineRules(command.command('edge').description('edges between what two queries find'), session, 'edge');
  examples(command, [
    "skein rule node create --query \"G.V().Has('Type', 'veth')\" Team=web --name web",
    'skein rule node create Name=isp Type=cloud',
    "skein rule edge create --src \"G.V().Has('Name', 'eth0')\" --dst \"G.V().Has('Name', 'isp')\"",
    'skein rule node list',
    'skein rule node delete web',
  ]);
}
