/** Writes docs/cli.md from the tree of commands. */
import { writeFileSync } from 'node:fs';
import { Command, type Option } from 'commander';
import type { Session } from '../src/cli/command.ts';
import { grow } from '../src/cli/grow.ts';
import { processIo } from '../src/cli/io.ts';
import { program } from '../src/cli/program.ts';
import { addServerOptions } from '../src/cli/server-options.ts';

export async function cliReference(): Promise<string> {
  const session: Session = {
    io: processIo(),
    run: async () => 0,
    graphs: async () => 0,
    archive: async () => 0,
    open: async () => 0,
    tryAddon: async () => undefined,
    grow: (command) => grow(command, session),
    exitCode: 0,
  };
  const root = program(session);
  const sections: string[] = [];
  for (const command of root.createHelp().visibleCommands(root)) {
    await session.grow(command);
    sections.push(await section(command, 2));
  }
  return `${head(root)}\n${sections.join('\n')}`;
}

const common = addServerOptions(new Command());
/** `skein up` has a --token-file of its own. */
const commonOptions = new Set(common.options.map((option) => option.flags + option.description));

function head(root: Command): string {
  return `<!-- Made by scripts/gen-cli-docs.ts from the commands themselves. -->

# The command line

${root.description()}

Data goes to standard output, everything else to standard error.
JSON carries \`"schema": "skein/v1"\`; streams are one JSON object a line.
Times are given as \`-5m\`, \`1h30m\`, \`2d\` (ago), \`10:30\` (today), \`2026-11-21\`, RFC 3339, \`rev:1234\` or \`now\`; they are shown in local time with its zone, or in UTC with \`--utc\`.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | nothing found (\`--fail-empty\`), nothing of that name, something differs (\`diff --exit-code\`), a check failed (\`check\`, \`doctor\`), a workflow failed (\`workflow\`), or a trace was cut off (\`pcap\`) |
| 2 | wrong usage, or a mistake in the query |
| 3 | the server cannot be reached, or refuses |
| 4 | it took too long |
| 130 | Ctrl-C |

## Options of every command that asks a server

${table(common.options.filter((option) => !option.hidden))}`;
}

async function section(command: Command, level: number): Promise<string> {
  const help = command.createHelp();
  const parts = [`${'#'.repeat(level)} ${titleOf(command)}\n`, `${sentence(command.description())}\n`];
  const args = help.visibleArguments(command);
  if (args.length > 0) {
    parts.push(args.map((argument) => `- \`${argument.name()}\`: ${argument.description}\n`).join(''));
  }
  const options = help
    .visibleOptions(command)
    .filter((option) => option.long !== '--help' && !commonOptions.has(option.flags + option.description));
  if (options.length > 0) parts.push(table(options));
  const after = afterHelp(command);
  if (after) parts.push(`\`\`\`text\n${after}\n\`\`\`\n`);
  for (const below of help.visibleCommands(command)) parts.push(await section(below, level + 1));
  return parts.join('\n');
}

function titleOf(command: Command): string {
  const help = command.createHelp();
  return `\`${help.commandUsage(command).replace(' [options]', '')}\``;
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

function table(options: readonly Option[]): string {
  const rows = options.map((option) => `| \`${cell(option.flags)}\` | ${cell(wordsOf(option))} |\n`);
  return `| option | |\n|---|---|\n${rows.join('')}`;
}

function wordsOf({ description, argChoices, defaultValue }: Option): string {
  const isSaid = argChoices?.every((choice) => description.includes(choice));
  const choices = argChoices && !isSaid ? ` (${argChoices.join(', ')})` : '';
  return `${description}${choices}${typeof defaultValue === 'string' ? ` (default: ${defaultValue})` : ''}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** What stands below the options in `--help`: examples and lists. */
function afterHelp(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text.slice(command.helpInformation().length).trim().replaceAll('\n\n\n', '\n\n');
}

if (import.meta.main) writeFileSync(new URL('../docs/cli.md', import.meta.url), await cliReference());
