/** The options of what runs: those of the configuration, as flags. */
import { type Command, Option } from 'commander';
import { type OptionEntry, optionList } from '../config/list.ts';
import type { Role, Session } from './command.ts';

export interface Run {
  readonly role: Role;
  /** Sections of the configuration that are of no use here: taken, and not shown. */
  readonly without: readonly string[];
}

export function defineRun(command: Command, session: Session, { role, without }: Run): void {
  command.addOption(
    new Option('--config <file>', "YAML file with the same options (SKEIN_CONFIG); Skydive's keys do too"),
  );
  command.addOption(
    new Option(
      '--archive <place>',
      'where history is kept: embedded, memory, none, elasticsearch://HOST:PORT or elasticsearch+https://HOST:PORT (SKEIN_ARCHIVE)',
    ).hideHelp(role === 'agent'),
  );
  for (const entry of optionList) {
    const flag = flagOf(entry);
    command.addOption(without.includes(sectionOf(entry)) ? flag.hideHelp() : flag);
  }
  command
    .addOption(new Option('--host-id <name>', 'as Skydive calls --host').hideHelp())
    .addOption(new Option('--analyzer <urls>', 'the same as --agent-analyzers').hideHelp(role !== 'agent'))
    .action(async (_, self: Command) => {
      const { hostId, analyzer, ...flags } = self.opts();
      session.exitCode = await session.run(role, {
        ...(hostId !== undefined && { host: hostId }),
        ...(analyzer !== undefined && { agentAnalyzers: analyzer }),
        ...flags,
      });
    });
  command.addHelpText(
    'after',
    `\nEvery option is also a variable (--archive-max-size: SKEIN_ARCHIVE_MAX_SIZE) and a key of the file (archive.maxSize).\n`,
  );
}

function sectionOf({ path }: OptionEntry): string {
  return path.split('.')[0] ?? '';
}

function flagOf({ flag, takes, doc, default: declared, defaultWords, path }: OptionEntry): Option {
  const usual = defaultWords?.replaceAll('`', '') ?? (typeof declared === 'function' ? undefined : plain(declared));
  const [section = ''] = path.split('.');
  const group = path === section ? 'Options:' : `${section[0]?.toUpperCase()}${section.slice(1)}:`;
  const words = doc.replace(/\.$/, '').replaceAll('`', '');
  const value = takes === '' ? '' : ` <${takes.toLowerCase()}>`;
  return new Option(flag + value, usual && takes !== '' ? `${words} (default: ${usual})` : words).helpGroup(group);
}

function plain(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value.join(',') || undefined;
  return typeof value === 'object' ? undefined : String(value);
}
