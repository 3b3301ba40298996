/** Answers of LXD's API as containers. What users put into a configuration is not read: it may hold secrets. */
import type { Metadata } from '../../graph/element.ts';
import { type Container, known } from '../containers/container.ts';
import { readLabels } from '../containers/labels.ts';
import { at, entriesAt, integerAt, isTrueAt, listAt, textAt, textsOf, timeAt } from '../containers/reading.ts';

/** Names an instance: unique in its project. */
export interface InstanceRef {
  readonly project: string;
  readonly name: string;
}

export function refKey({ project, name }: InstanceRef): string {
  return `${project}/${name}`;
}

/** An entry of the list of instances. */
export function readRef(entry: unknown): InstanceRef | undefined {
  const name = textAt(entry, 'name');
  return name === undefined ? undefined : { name, project: textAt(entry, 'project') ?? 'default' };
}

/** GET /1.0/instances/NAME and, when it runs, …/state. Undefined when it is no such answer. */
export function readInstance(answer: unknown, state: unknown): Container | undefined {
  const ref = readRef(answer);
  const told = textAt(answer, 'status');
  if (!ref || told === undefined) return undefined;
  const config = configOf(answer);
  const type = textAt(answer, 'type') ?? 'container';
  const pid = integerAt(state, 'pid') ?? 0;
  // Those of old have no id but their name.
  const id = textAt(answer, 'config', 'volatile.uuid') ?? refKey(ref);
  return {
    key: id,
    name: ref.name,
    pid: isLive(answer) && pid > 0 ? pid : undefined,
    networks: [],
    facts: {
      id,
      status: STATUS[told] ?? told.toLowerCase(),
      image: wordsAt(answer, 'config', 'image.description'),
      imageId: textAt(answer, 'config', 'volatile.base_image'),
      runtime: type === 'virtual-machine' ? 'qemu' : 'lxc',
      more: {
        Created: timeAt(answer, 'created_at'),
        Started: isLive(answer) ? timeAt(answer, 'last_used_at') : undefined,
      },
    },
    own: {
      LXD: known({
        Type: type,
        Project: ref.project,
        Status: told,
        Architecture: textAt(answer, 'architecture'),
        CreatedAt: dateAt(answer, 'created_at'),
        LastUsedAt: dateAt(answer, 'last_used_at'),
        Description: wordsAt(answer, 'description'),
        // Of one that is in no cluster it says so.
        Location: textAt(answer, 'location') === 'none' ? undefined : textAt(answer, 'location'),
        Restore: textAt(answer, 'restore'),
        Ephemeral: isTrueAt(answer, 'ephemeral'),
        Stateful: isTrueAt(answer, 'stateful'),
        Profiles: textsOf(listAt(answer, 'profiles')),
        Config: config,
        Devices: devicesOf(answer),
      }),
    },
  };
}

/** Running or held: there are processes. */
export function isLive(answer: unknown): boolean {
  return LIVE.has(textAt(answer, 'status') ?? '');
}

const LIVE = new Set(['Running', 'Frozen', 'Ready', 'Freezing', 'Thawed', 'Stopping']);
const STATUS: Readonly<Record<string, string>> = { Frozen: 'paused', Ready: 'running', Thawed: 'running' };

/** What the daemon and its administrators set (doc/reference/instance_options). */
const CONFIG = /^(?:boot|cluster|image|limits|migration|nvidia|security|snapshots)\.|^linux\.kernel_modules$/;
const VOLATILE = /^volatile\.(?:base_image|uuid|last_state\.power|[^.]+\.(?:hwaddr|host_name))$/;

function configOf(answer: unknown): Metadata | undefined {
  const all = Object.entries(objectAt(answer, 'expanded_config') ?? objectAt(answer, 'config') ?? {});
  return readLabels(Object.fromEntries(all.filter(([key]) => CONFIG.test(key) || VOLATILE.test(key)))).shown;
}

/** Of devices what leads to the network, to storage and to hardware. */
const DEVICE_KEYS = new Set([
  ...['type', 'name', 'nictype', 'parent', 'network', 'hwaddr', 'host_name', 'mtu', 'vlan', 'vlan.tagged'],
  ...['ipv4.address', 'ipv6.address', 'ipv4.routes', 'ipv6.routes', 'listen', 'connect'],
  ...['path', 'pool', 'readonly', 'size', 'pci', 'vendorid', 'productid'],
]);

function devicesOf(answer: unknown): Metadata | undefined {
  const devices = entriesAt(answer, objectAt(answer, 'expanded_devices') ? 'expanded_devices' : 'devices');
  const shown = devices.flatMap(([name, device]): [string, Metadata][] => {
    const kept = entriesAt(device).filter(([key]) => DEVICE_KEYS.has(key));
    const texts = readLabels(Object.fromEntries(kept)).shown;
    return name === '__proto__' || name.length > NAME_CHARS_MAX ? [] : [[name, texts ?? {}]];
  });
  return shown.length > 0 ? Object.fromEntries(shown) : undefined;
}

const NAME_CHARS_MAX = 256;

function objectAt(value: unknown, key: string): object | undefined {
  const found = at(value, key);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? found : undefined;
}

/** Words of users, unless there is a secret among them. */
function wordsAt(answer: unknown, ...keys: readonly string[]): string | undefined {
  const words = readLabels({ words: textAt(answer, ...keys) }).shown?.words;
  return typeof words === 'string' ? words : undefined;
}

/** The daemon's own words for a time; what has not happened yet is in the year 1 or 1970. */
function dateAt(answer: unknown, key: string): string | undefined {
  return timeAt(answer, key) === undefined ? undefined : textAt(answer, key);
}
