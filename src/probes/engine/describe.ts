/** Answers of the Engine API as containers and networks. Environment, commands and output of checks are not read. */
import type { Metadata } from '../../graph/element.ts';
import { type Attachment, type Container, known } from '../containers/container.ts';
import { readLabels } from '../containers/labels.ts';
import { at, entriesAt, integerAt, isTrueAt, listAt, textAt, textsOf, timeAt } from '../containers/reading.ts';

export interface Described<T> {
  readonly what: T;
  readonly labelsLeftOut: number;
}

/** GET /containers/ID/json. Undefined when it is no such answer. */
export function readContainer(answer: unknown): Described<Container> | undefined {
  const id = textAt(answer, 'Id');
  if (id === undefined) return undefined;
  const state = at(answer, 'State');
  const labels = readLabels(at(answer, 'Config', 'Labels'));
  const status = statusOf(state);
  const pid = integerAt(state, 'Pid') ?? 0;
  const isAlive = pid > 0 && (status === 'running' || status === 'paused');
  const hostname = textAt(answer, 'Config', 'Hostname');
  const networks = networksOf(answer);
  const ip = networks.map(({ shown }) => shown.IPV4).find((address) => typeof address === 'string');
  const hosts = known({ IP: ip?.split('/')[0], Hostname: hostname });
  const container: Container = {
    key: id,
    name: textAt(answer, 'Name')?.replace(/^\//, '') ?? id,
    pid: isAlive ? pid : undefined,
    netnsPath: isAlive ? textAt(answer, 'NetworkSettings', 'SandboxKey') : undefined,
    networks,
    facts: {
      id,
      status,
      image: textAt(answer, 'Config', 'Image') ?? textAt(answer, 'ImageName'),
      imageId: textAt(answer, 'Image'),
      runtime: textAt(answer, 'HostConfig', 'Runtime') ?? textAt(answer, 'OCIRuntime'),
      labels: labels.shown,
      more: {
        Hosts: Object.keys(hosts).length > 0 ? hosts : undefined,
        NetworkMode: textAt(answer, 'HostConfig', 'NetworkMode'),
        Health: textAt(state, 'Health', 'Status'),
        RestartCount: integerAt(answer, 'RestartCount'),
        ExitCode: isAlive || status === 'created' ? undefined : integerAt(state, 'ExitCode'),
        OOMKilled: isTrueAt(state, 'OOMKilled') || undefined,
        Created: timeAt(answer, 'Created'),
        Started: timeAt(state, 'StartedAt'),
        Finished: timeAt(state, 'FinishedAt'),
        Ports: portsOf(answer),
        Mounts: mountsOf(answer),
      },
    },
  };
  return { what: container, labelsLeftOut: labels.leftOut };
}

/** Before API 1.21 there was no word for it. */
function statusOf(state: unknown): string {
  const status = textAt(state, 'Status');
  if (status !== undefined) return status;
  if (isTrueAt(state, 'Paused')) return 'paused';
  if (isTrueAt(state, 'Restarting')) return 'restarting';
  if (isTrueAt(state, 'Running')) return 'running';
  if (isTrueAt(state, 'Dead')) return 'dead';
  return timeAt(state, 'StartedAt') === undefined ? 'created' : 'exited';
}

function networksOf(answer: unknown): Attachment[] {
  const attachments = entriesAt(answer, 'NetworkSettings', 'Networks').map(([name, network]): Attachment => {
    const networkId = textAt(network, 'NetworkID');
    const mac = textAt(network, 'MacAddress');
    const aliases = textsOf(listAt(network, 'Aliases'));
    return {
      networkId,
      mac,
      shown: known({
        Name: name,
        NetworkID: networkId,
        EndpointID: textAt(network, 'EndpointID'),
        IPV4: prefix(network, 'IPAddress', 'IPPrefixLen'),
        IPV6: prefix(network, 'GlobalIPv6Address', 'GlobalIPv6PrefixLen'),
        MAC: mac,
        Gateway: textAt(network, 'Gateway'),
        Gateway6: textAt(network, 'IPv6Gateway'),
        Aliases: aliases.length > 0 ? aliases : undefined,
      }),
    };
  });
  return attachments.sort((a, b) => (String(a.shown.Name) < String(b.shown.Name) ? -1 : 1));
}

function prefix(network: unknown, address: string, length: string): string | undefined {
  const ip = textAt(network, address);
  const bits = integerAt(network, length) ?? 0;
  return ip === undefined || bits === 0 ? ip : `${ip}/${bits}`;
}

/** `80/tcp` → where it is published; without a place it is only exposed. */
function portsOf(answer: unknown): Metadata[] | undefined {
  const ports = entriesAt(answer, 'NetworkSettings', 'Ports').flatMap(([name, bindings]): Metadata[] => {
    const [, port, protocol = 'tcp'] = /^(\d{1,5})(?:\/(\w+))?$/.exec(name) ?? [];
    if (port === undefined) return [];
    const here = { Port: Number(port), Protocol: protocol };
    const published = Array.isArray(bindings) ? bindings.slice(0, BINDINGS_MAX) : [];
    if (published.length === 0) return [here];
    return published.map((binding) => {
      const hostPort = Number(textAt(binding, 'HostPort') ?? Number.NaN);
      return known({
        ...here,
        HostIP: textAt(binding, 'HostIp'),
        HostPort: Number.isInteger(hostPort) ? hostPort : undefined,
      });
    });
  });
  return ports.length > 0 ? ports : undefined;
}

const BINDINGS_MAX = 16;

/** What kind, and where inside; what lies behind it outside may be told by its name alone. */
function mountsOf(answer: unknown): Metadata[] | undefined {
  const mounts = listAt(answer, 'Mounts').flatMap((mount): Metadata[] => {
    const destination = textAt(mount, 'Destination');
    if (destination === undefined) return [];
    const isReadOnly = at(mount, 'RW') === false;
    return [
      known({ Type: textAt(mount, 'Type') ?? 'bind', Destination: destination, ReadOnly: isReadOnly || undefined }),
    ];
  });
  return mounts.length > 0 ? mounts : undefined;
}

export interface Network {
  readonly id: string;
  readonly name: string;
  /** Name of the interface of the host that carries it. */
  readonly device: string | undefined;
  readonly shown: Metadata;
}

/** One of GET /networks. */
export function readNetwork(answer: unknown): Described<Network> | undefined {
  const id = textAt(answer, 'Id');
  if (id === undefined) return undefined;
  const driver = textAt(answer, 'Driver') ?? 'null';
  const pools = listAt(answer, 'IPAM', 'Config');
  const labels = readLabels(at(answer, 'Labels'));
  const options = readLabels(at(answer, 'Options'));
  const device = deviceOf(answer, driver, id);
  const words = (key: string) => {
    const found = textsOf(pools.map((pool) => at(pool, key)));
    return found.length > 0 ? found : undefined;
  };
  const shown = known({
    ID: id,
    Driver: driver,
    Scope: textAt(answer, 'Scope'),
    Subnets: words('Subnet'),
    Gateways: words('Gateway'),
    Ranges: words('IPRange'),
    Internal: isTrueAt(answer, 'Internal') || undefined,
    Attachable: isTrueAt(answer, 'Attachable') || undefined,
    Ingress: isTrueAt(answer, 'Ingress') || undefined,
    IPV6: isTrueAt(answer, 'EnableIPv6') || undefined,
    Device: device,
    Options: options.shown,
    Labels: labels.shown,
    Created: timeAt(answer, 'Created'),
  });
  return {
    what: { id, name: textAt(answer, 'Name') ?? id, device, shown },
    labelsLeftOut: labels.leftOut + options.leftOut,
  };
}

function deviceOf(answer: unknown, driver: string, id: string): string | undefined {
  if (driver === 'bridge') {
    const named = textAt(answer, 'Options', 'com.docker.network.bridge.name') ?? textAt(answer, 'network_interface');
    return named ?? `br-${id.slice(0, BRIDGE_ID_CHARS)}`;
  }
  return driver === 'macvlan' || driver === 'ipvlan' ? textAt(answer, 'Options', 'parent') : undefined;
}

/** Names of interfaces have 15 characters. */
const BRIDGE_ID_CHARS = 12;
