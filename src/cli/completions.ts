/** Words that could come next on the command line: commands, options, things, and values the server knows. */
import type { Command, Option } from 'commander';
import type { CompletionReply, CompletionRequest } from '../contract/vocabulary.ts';
import type { Session } from './command.ts';
import { type Completion, matching } from './completion.ts';
import { capturesOf, flowColumns, flowValues, patientServer, trackingIds } from './flow-completions.ts';
import { request } from './http.ts';
import type { ServerOptions } from './server.ts';
import { AGENTS, CAPTURES, DATAPATH_FLOWS, SOCKETS, things } from './things.ts';

export async function completions(session: Session, root: Command, words: readonly string[]): Promise<Completion[]> {
  const typed = words.at(-1) ?? '';
  const { command, operands, before, server } = await descend(session, root, words.slice(0, -1));
  const [, flag = '', rest] = /^(--[\w-]+)=(.*)$/s.exec(typed) ?? [];
  const wanted = optionNamed(command, root, flag || before);
  if (flag && wanted) {
    const values = await optionValues(wanted, rest ?? '', session, server, command.name());
    return values.map(({ text, doc }) => ({ text: `${flag}=${text}`, doc }));
  }
  if (wanted && takesValue(wanted)) return optionValues(wanted, typed, session, server, command.name());
  if (typed.startsWith('-')) return matching(optionsOf(command), typed);
  if (command === root) {
    const listed = root.createHelp().visibleCommands(root);
    return matching(
      listed.map((each) => ({ text: each.name(), doc: each.description() })),
      typed,
    );
  }
  return argumentValues(command, operands, typed, session, server);
}

interface Place {
  readonly command: Command;
  readonly operands: readonly string[];
  /** The word before the one that is typed. */
  readonly before: string;
  readonly server: ServerOptions;
}

/** To the command that the words lead to; options with their values are stepped over. */
async function descend(session: Session, root: Command, words: readonly string[]): Promise<Place> {
  let command = root;
  const operands: string[] = [];
  const server: Record<string, string> = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word.startsWith('-')) {
      const option = optionNamed(command, root, word.replace(/=.*$/s, ''));
      if (!option || !takesValue(option)) continue;
      const value = word.includes('=') ? word.slice(word.indexOf('=') + 1) : words[++i];
      if (value !== undefined) server[option.attributeName()] = value;
      continue;
    }
    const below = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
    if (!below || operands.length > 0) {
      operands.push(word);
      continue;
    }
    command = below;
    if (command.parent === root) await session.grow(command);
  }
  return { command, operands, before: words.at(-1) ?? '', server };
}

async function argumentValues(
  command: Command,
  operands: readonly string[],
  typed: string,
  session: Session,
  server: ServerOptions,
): Promise<Completion[]> {
  const below = command.commands.map((each) => ({ text: each.name(), doc: each.description() }));
  if (below.length > 0 && operands.length === 0) return matching(below, typed);
  const argument = command.registeredArguments[operands.length];
  const choices = argument?.argChoices;
  if (choices)
    return matching(
      choices.map((text) => ({ text })),
      typed,
    );
  switch (`${command.name()} ${argument?.name()}`) {
    case 'get things':
      return matching(
        [...things, CAPTURES, SOCKETS, DATAPATH_FLOWS, AGENTS].map(({ name, doc }) => ({ text: name, doc })),
        typed,
      );
    case 'get name':
    case 'describe node':
    case 'history node':
    case 'set node':
    case 'unset node':
    case 'path from':
    case 'path to':
      return nodeNames(session, server, typed);
    case 'tree host':
      return fromServer(session, server, { key: 'Name', prefix: typed, type: 'host' });
    case 'stop captures':
    case 'get capture':
    case 'tail capture':
      return capturesOf(session, server, typed);
    case 'follow tracking-id':
      return trackingIds(session, server, typed);
    case 'query gremlin':
    case 'diff gremlin':
      return inQuery(typed, session, server);
    default:
      return [];
  }
}

function optionValues(
  option: Option,
  typed: string,
  session: Session,
  server: ServerOptions,
  command: string,
): Promise<Completion[]> | Completion[] {
  if (option.argChoices)
    return matching(
      option.argChoices.map((text) => ({ text })),
      typed,
    );
  switch (option.attributeName()) {
    case 'output':
      if (command === 'flows' && typed.startsWith('columns=')) return flowColumns(typed);
      return matching(formatsOf(option), typed);
    case 'host':
      return fromServer(session, server, { key: 'Name', prefix: typed, type: 'host' });
    case 'at':
    case 'since':
    case 'from':
      return matching(
        ['-5m', '-15m', '-1h', '-1d'].map((text) => ({ text })),
        typed,
      );
    case 'selector': {
      const [, key, value] = /^([^=!,]+)=([^,]*)$/.exec(typed) ?? [];
      if (key === undefined) return [];
      return fromServer(session, server, { key, prefix: value ?? '' }, `${key}=`);
    }
    case 'filter':
    case 'gremlin':
      return inQuery(typed, session, server);
    case 'on':
    case 'to':
      // Of `diff` it is a time.
      return command === 'diff' ? [] : nodeNames(session, server, typed);
    case 'node':
      if (command === 'flows' || command === 'get') return nodeNames(session, server, typed);
      return fromServer(session, server, { key: 'TID', prefix: typed });
    case 'container':
      return fromServer(session, server, { key: 'Name', prefix: typed, type: 'container' });
    case 'process':
      return command === 'flows' ? flowValues(session, server, 'Process.A', typed) : [];
    case 'service':
      return flowValues(session, server, 'Service', typed);
    case 'capture':
      return capturesOf(session, server, typed);
    case 'tracking':
      return trackingIds(session, server, typed);
    case 'app':
      return flowValues(session, server, 'Application', typed);
    case 'protocol':
      return matching(
        ['tcp', 'udp', 'sctp', 'icmp', 'arp', 'gre', 'mpls'].map((text) => ({ text })),
        typed,
      );
    case 'layerKeyMode':
      return matching([{ text: 'L2' }, { text: 'L3' }], typed);
    default:
      return [];
  }
}

/** The description lists them: `table, wide, columns=KEY,…`. */
function formatsOf(option: Option): Completion[] {
  return option.description.split(', ').map((text) => ({ text: text.replace(/=.*/, '=') }));
}

async function inQuery(typed: string, session: Session, server: ServerOptions): Promise<Completion[]> {
  if (!typed)
    return [
      { text: 'G.V()', doc: 'nodes' },
      { text: 'G.E()', doc: 'edges' },
    ];
  const reply = await complete(session, server, { query: typed });
  return reply.items.map(({ text, doc }) => ({ text: typed.slice(0, reply.from) + text + typed.slice(reply.to), doc }));
}

/** `web`, or `container:web` where the type is typed already. */
function nodeNames(session: Session, server: ServerOptions, typed: string): Promise<Completion[]> {
  const [, type, prefix] = /^([a-z][\w-]*):(.*)$/is.exec(typed) ?? [];
  if (type === undefined || prefix === undefined) return fromServer(session, server, { key: 'Name', prefix: typed });
  return fromServer(session, server, { key: 'Name', prefix, type }, `${type}:`);
}

async function fromServer(
  session: Session,
  server: ServerOptions,
  asked: CompletionRequest,
  before = '',
): Promise<Completion[]> {
  const { items } = await complete(session, server, asked);
  return items.map(({ text, doc }) => ({ text: before + text, doc }));
}

/** Whatever goes wrong, nothing is offered: a shell has no place for errors. */
async function complete(session: Session, options: ServerOptions, asked: CompletionRequest): Promise<CompletionReply> {
  try {
    const { text } = await request(await patientServer(session, options), {
      method: 'POST',
      path: '/api/complete',
      body: asked,
      signal: session.io.interrupted,
    });
    return JSON.parse(text) as CompletionReply;
  } catch {
    return { schema: 'skein/v1', from: 0, to: 0, items: [], more: false };
  }
}

function optionsOf(command: Command): Completion[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({ text: option.long ?? option.short ?? '', doc: option.description }));
}

function optionNamed(command: Command, root: Command, word: string): Option | undefined {
  return [...command.options, ...root.options].find((option) => option.long === word || option.short === word);
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}
