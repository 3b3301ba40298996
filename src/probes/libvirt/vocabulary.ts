/** What is known of domains of libvirt, and of what leads to them. Names are Skydive's where it has one. */
import * as z from 'zod';
import { field, type NodeType, nodeType } from '../../model/vocabulary.ts';

const attached = z.strictObject({
  MAC: z.string().optional(),
  Domain: z.string(),
  BusType: z.string().optional(),
  BusInfo: z.string().optional(),
  Alias: z.string().optional(),
});

const added = {
  Libvirt: field(attached.optional(), {
    doc: 'The virtual machine that it leads to, and how that one sees it: MAC, bus and address, alias',
    example: { MAC: '52:54:00:11:22:33', Domain: 'web', BusType: 'pci', BusInfo: '0000:00:03.0', Alias: 'net0' },
  }),
  PeerIntfMAC: field(z.string().optional(), {
    doc: 'MAC of the interface of the virtual machine',
    example: '52:54:00:11:22:33',
  }),
};

export const ADDED_KEYS: readonly string[] = Object.keys(added);

const Domain = nodeType('libvirt', 'A virtual machine (domain) of libvirt, running or not.', {
  Type: field(z.literal('libvirt'), { doc: 'Kind of node', example: 'libvirt', index: true }),
  Name: field(z.string(), { doc: 'What it is called', example: 'web', index: true }),
  TID: field(z.string(), {
    doc: 'Name that stays over restarts, derived from the host and its UUID',
    example: '581d229c-57b9-5556-6d1c-96fc04f73d72',
    index: true,
  }),
  State: field(z.enum(['UNDEFINED', 'UP', 'BLOCKED', 'PAUSED', 'DOWN', 'CRASHED', 'PMSUSPENDED']), {
    doc: 'UP while it runs, DOWN while it is shut off or about to be',
    example: 'UP',
  }),
  Libvirt: field(
    z.strictObject({
      UUID: z.string(),
      Status: z.string(),
      ID: z.int().optional(),
      Hypervisor: z.string().optional(),
      OSType: z.string().optional(),
      Architecture: z.string().optional(),
      Machine: z.string().optional(),
      Memory: z.int().optional(),
      MaxMemory: z.int().optional(),
      VCPUs: z.int().optional(),
      MaxVCPUs: z.int().optional(),
      Interfaces: z
        .array(
          z.strictObject({
            Type: z.string().optional(),
            MAC: z.string().optional(),
            Source: z.string().optional(),
            Device: z.string().optional(),
            Model: z.string().optional(),
            Alias: z.string().optional(),
            Link: z.string().optional(),
          }),
        )
        .optional(),
    }),
    {
      doc: "What libvirt says of it: Status is its own word for State (running, paused, shutoff …), Memory and MaxMemory are bytes, Interfaces are the guest's, each with the interface of the host (Device) or the network (Source) that it leads to",
      example: { UUID: '6695eb01-f6a4-8304-79aa-97f2502e193f', Status: 'running', Memory: 2_147_483_648, VCPUs: 2 },
    },
  ),
});

const Passed = nodeType('device', 'A device of the host that a virtual machine has for itself (PCI passthrough).', {
  Type: field(z.literal('device'), { doc: 'Kind of node', example: 'device', index: true }),
  Name: field(z.string(), {
    doc: 'hdev or, of interfaces, itf; and its address',
    example: 'hdev-3b:00.0',
    index: true,
  }),
  TID: field(z.string(), {
    doc: 'Name that stays over restarts, derived from the host and the address',
    example: '581d229c-57b9-5556-6d1c-96fc04f73d72',
    index: true,
  }),
  BusInfo: field(z.string(), { doc: 'Where it is plugged in', example: '0000:3b:00.0' }),
  Driver: field(z.string(), { doc: 'pci-passthrough: the host does not use it', example: 'pci-passthrough' }),
  ...added,
});

export const types: readonly NodeType[] = [Domain, Passed];

/** Every key of nodes of the probe's own. */
export const OWNED: ReadonlySet<string> = new Set(types.flatMap(({ fields }) => Object.keys(fields.shape)));

/** An interface of any of these kinds may lead to a virtual machine. */
export const adds: readonly NodeType[] = ['tun', 'tap', 'macvtap', 'device', 'veth', 'internal', 'dpdkvhostuser'].map(
  (type) => nodeType(type, 'An interface that leads to a virtual machine.', added),
);
