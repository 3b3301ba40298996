/** A domain (virtual machine), as its XML tells it (libvirt.org/formatdomain.html). Only what is named here is read. */
import type { Metadata, Value } from '../../graph/element.ts';
import type { DomainAnswer } from './daemon.ts';
import { attributeOf, type Element, elementAt, elementsAt, readXml, textOf } from './xml.ts';

export interface Domain {
  /** 8-4-4-4-12 hexadecimal digits. */
  readonly uuid: string;
  readonly name: string;
  /** Skydive's word: UP, DOWN, PAUSED … */
  readonly state: string;
  readonly facts: Metadata;
  readonly interfaces: readonly Attached[];
  /** Devices of the host that it has for itself, other than interfaces. */
  readonly devices: readonly Attached[];
}

/** What a domain has of the host. */
export interface Attached {
  /** Name of the interface of the host that leads to it. */
  readonly device: string | undefined;
  /** PCI address of the device of the host that is passed through. */
  readonly hostAddress: string | undefined;
  /** MAC that the guest sees. */
  readonly mac: string | undefined;
  /** Where the guest sees it, and what libvirt calls it. */
  readonly place: Metadata;
}

/** virDomainState, in Skydive's words and in those of libvirt. */
const STATES: readonly (readonly [string, string])[] = [
  ['UNDEFINED', 'no state'],
  ['UP', 'running'],
  ['BLOCKED', 'blocked'],
  ['PAUSED', 'paused'],
  ['DOWN', 'in shutdown'],
  ['DOWN', 'shutoff'],
  ['CRASHED', 'crashed'],
  ['PMSUSPENDED', 'pmsuspended'],
];
const ATTACHED_MAX = 256;
const NAME_CHARS_MAX = 1_024;

/** Undefined when its XML is none. */
export function readDomain({ ref, state, xml }: DomainAnswer): Domain | undefined {
  const root = readXml(xml);
  if (root?.name !== 'domain') return undefined;
  const uuid = ref.uuid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const [word, status] = STATES[state] ?? ['UNDEFINED', `state ${state}`];
  const isActive = word !== 'DOWN' && ref.id >= 0;
  const devices = elementAt(root, 'devices');
  const cards = elementsAt(devices, 'interface').slice(0, ATTACHED_MAX);
  const passed = elementsAt(devices, 'hostdev').filter(isPci).slice(0, ATTACHED_MAX);
  const os = elementAt(root, 'os', 'type');
  return {
    uuid,
    name: ref.name.slice(0, NAME_CHARS_MAX),
    state: word,
    facts: known({
      UUID: uuid,
      Status: status,
      ID: ref.id >= 0 ? ref.id : undefined,
      Hypervisor: attributeOf(root, 'type'),
      OSType: textOf(os),
      Architecture: attributeOf(os, 'arch'),
      Machine: attributeOf(os, 'machine'),
      Memory: bytesIn(elementAt(root, 'currentMemory') ?? elementAt(root, 'memory')),
      MaxMemory: bytesIn(elementAt(root, 'memory')),
      VCPUs: integer(attributeOf(elementAt(root, 'vcpu'), 'current') ?? textOf(elementAt(root, 'vcpu'))),
      MaxVCPUs: integer(textOf(elementAt(root, 'vcpu'))),
      Interfaces: cards.length > 0 ? cards.map(shownOf) : undefined,
    }),
    interfaces: isActive ? cards.map(readAttached) : [],
    devices: isActive ? passed.map(readAttached) : [],
  };
}

function isPci(element: Element): boolean {
  return attributeOf(element, 'mode') === 'subsystem' && attributeOf(element, 'type') === 'pci';
}

function readAttached(element: Element): Attached {
  const address = elementAt(element, 'address');
  const isPassed = element.name === 'hostdev' || attributeOf(element, 'type') === 'hostdev';
  return {
    device: attributeOf(elementAt(element, 'target'), 'dev'),
    hostAddress: isPassed ? pciAddress(elementAt(element, 'source', 'address')) : undefined,
    mac: macOf(element),
    place: known({
      BusType: attributeOf(address, 'type'),
      BusInfo: pciAddress(address),
      Alias: attributeOf(elementAt(element, 'alias'), 'name'),
    }),
  };
}

/** What there is to say of an interface of the guest, whatever it leads to. */
function shownOf(element: Element): Metadata {
  const source = elementAt(element, 'source');
  const first = ['bridge', 'network', 'dev', 'path'].map((name) => attributeOf(source, name)).find(Boolean);
  return known({
    Type: attributeOf(element, 'type'),
    MAC: macOf(element),
    Source: first,
    Device: attributeOf(elementAt(element, 'target'), 'dev'),
    Model: attributeOf(elementAt(element, 'model'), 'type'),
    Alias: attributeOf(elementAt(element, 'alias'), 'name'),
    Link: attributeOf(elementAt(element, 'link'), 'state'),
  });
}

function macOf(element: Element): string | undefined {
  const mac = attributeOf(elementAt(element, 'mac'), 'address')?.toLowerCase();
  return mac !== undefined && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac) ? mac : undefined;
}

/** `0000:00:03.0`; undefined for what is on no PCI bus. */
function pciAddress(address: Element | undefined): string | undefined {
  const parts = ['domain', 'bus', 'slot', 'function'].map((name) => integer(attributeOf(address, name) ?? ''));
  const [domain = 0, bus, slot, func = 0] = parts;
  if (bus === undefined || slot === undefined) return undefined;
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${func.toString(16)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^(?:0x[0-9a-f]{1,8}|\d{1,15})$/i.test(text) ? Number(text) : undefined;
}

/** In KiB where no unit is said, as libvirt answers. */
function bytesIn(element: Element | undefined): number | undefined {
  const amount = integer(textOf(element));
  const unit = UNITS[attributeOf(element, 'unit') ?? 'KiB'];
  const bytes = amount === undefined || unit === undefined ? undefined : amount * unit;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ b: 1, bytes: 1, KB: 1e3, k: 2 ** 10, KiB: 2 ** 10, MB: 1e6, M: 2 ** 20, MiB: 2 ** 20 },
  ...{ GB: 1e9, G: 2 ** 30, GiB: 2 ** 30, TB: 1e12, T: 2 ** 40, TiB: 2 ** 40 },
};

function known(values: Readonly<Record<string, Value | undefined>>): Metadata {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined));
}
