/** `skein up`: agent, analyzer and archive in one process. Its flags are the options of the configuration. */
import { type Command, Option } from 'commander';
import { type OptionEntry, optionList } from '../../config/list.ts';
import { examples, type Session } from '../command.ts';

export function define(command: Command, session: Session): void {
  command.addOption(
    new Option('--config <file>', "YAML file with the same options (SKEIN_CONFIG); Skydive's keys do too"),
  );
  command.addOption(
    new Option(
      '--archive <place>',
      'where history is kept: embedded, memory, none, elasticsearch://HOST:PORT or elasticsearch+https://HOST:PORT (SKEIN_ARCHIVE)',
    ),
  );
  for (const entry of optionList) command.addOption(flagOf(entry));
  command
    .addOption(new Option('--host-id <name>', 'as Skydive calls --host').hideHelp())
    .action(async (_, self: Command) => {
      const { hostId, ...flags } = self.opts();
      session.exitCode = await session.up({ ...(hostId !== undefined && { host: hostId }), ...flags });
    });
  command.addHelpText(
    'after',
    `\nEvery option is also a variable (--archive-max-size: SKEIN_ARCHIVE_MAX_SIZE) and a key of the file (archive.maxSize).\n`,
  );
  examples(command, [
    'skein up',
    'skein up --listen 0.0.0.0:8082 --archive-max-age 30d',
    'skein up --config /etc/skein.yaml --data /srv/skein',
    'SKEIN_LOG_LEVEL=debug skein up --archive-kind none',
  ]);
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
