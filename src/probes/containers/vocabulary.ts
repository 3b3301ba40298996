/** What is known of a container. Names are Skydive's where it has one. */
import * as z from 'zod';
import { field, nodeType } from '../../model/vocabulary.ts';

const texts = z.record(z.string(), z.string());

const attachment = z.strictObject({
  Name: z.string(),
  NetworkID: z.string().optional(),
  EndpointID: z.string().optional(),
  IPV4: z.string().optional(),
  IPV6: z.string().optional(),
  MAC: z.string().optional(),
  Gateway: z.string().optional(),
  Gateway6: z.string().optional(),
  Aliases: z.array(z.string()).optional(),
});

const container = z.strictObject({
  ID: z.string(),
  Image: z.string().optional(),
  ImageID: z.string().optional(),
  Runtime: z.string().optional(),
  Status: z.string(),
  InitProcessPID: z.int().optional(),
  Hosts: z
    .strictObject({
      IP: z.string().optional(),
      Hostname: z.string().optional(),
      ByIP: z.record(z.string(), z.array(z.string())).optional(),
    })
    .optional(),
  Labels: texts.optional(),
  Networks: z.array(attachment).optional(),
  NetworkMode: z.string().optional(),
  Health: z.string().optional(),
  RestartCount: z.int().optional(),
  ExitCode: z.int().optional(),
  OOMKilled: z.boolean().optional(),
  Created: z.int().optional(),
  Started: z.int().optional(),
  Finished: z.int().optional(),
  Ports: z
    .array(
      z.strictObject({
        Port: z.int(),
        Protocol: z.string(),
        HostIP: z.string().optional(),
        HostPort: z.int().optional(),
      }),
    )
    .optional(),
  Mounts: z
    .array(z.strictObject({ Type: z.string(), Destination: z.string(), ReadOnly: z.boolean().optional() }))
    .optional(),
  Namespace: z.string().optional(),
  Pod: z.string().optional(),
});

export const Container = nodeType('container', 'A container, running or not, below the network namespace it is in.', {
  Type: field(z.literal('container'), { doc: 'Kind of node', example: 'container', index: true }),
  Name: field(z.string(), {
    doc: 'What its manager calls it; its id where it has no name',
    example: 'web',
    index: true,
  }),
  TID: field(z.string(), {
    doc: 'Name that stays over restarts, derived from the host and its id',
    example: '581d229c-57b9-5556-6d1c-96fc04f73d72',
    index: true,
  }),
  Manager: field(z.string(), {
    doc: 'Who tells of it: docker, podman, containerd, runc or lxd, the first of those that knows it',
    example: 'docker',
    index: true,
  }),
  Runtime: field(z.string().optional(), { doc: 'What runs it', example: 'runc' }),
  State: field(z.enum(['UP', 'DOWN']), { doc: 'UP while it runs', example: 'UP' }),
  Container: field(container, {
    doc: 'All there is to know of it: Status is created, running, paused, restarting, removing, exited, dead or stopped; Created, Started and Finished are epoch ms; Hosts is what its /etc/hosts says; Runtime is docker for those of Docker, else what runs it. Never its environment, its command or its secrets',
    example: { ID: '4f1c0e9b…', Image: 'nginx:1.27', Status: 'running', InitProcessPID: 4711 },
  }),
});

const network = z.strictObject({
  ID: z.string(),
  Driver: z.string(),
  Scope: z.string().optional(),
  Subnets: z.array(z.string()).optional(),
  Gateways: z.array(z.string()).optional(),
  Ranges: z.array(z.string()).optional(),
  Internal: z.boolean().optional(),
  Attachable: z.boolean().optional(),
  Ingress: z.boolean().optional(),
  IPV6: z.boolean().optional(),
  Device: z.string().optional(),
  Options: texts.optional(),
  Labels: texts.optional(),
  Created: z.int().optional(),
});

/** `dockernetwork`, `podmannetwork`. */
export function networkType(manager: string, engine: string) {
  const type = `${manager}network`;
  return nodeType(type, `A network of ${engine}: what it is made of and who is on it is attached to it.`, {
    Type: field(z.literal(type), { doc: 'Kind of node', example: type, index: true }),
    Name: field(z.string(), { doc: 'What it is called', example: 'frontend', index: true }),
    TID: field(z.string(), {
      doc: 'Name that stays over restarts, derived from the host and its id',
      example: '581d229c-57b9-5556-6d1c-96fc04f73d72',
      index: true,
    }),
    Manager: field(z.literal(manager), { doc: 'Whose it is', example: manager, index: true }),
    Network: field(network, {
      doc: 'How it is made; Device is the interface of the host that carries it, Created is epoch ms',
      example: { ID: '26b92f3b179e…', Driver: 'bridge', Subnets: ['172.18.0.0/16'], Device: 'br-26b92f3b179e' },
    }),
  });
}

const added = {
  Manager: field(z.string().optional(), { doc: 'Who manages the containers in it', example: 'docker', index: true }),
  Runtime: field(z.string().optional(), { doc: 'What runs the containers in it', example: 'runc' }),
};

export const ADDED_KEYS: readonly string[] = Object.keys(added);

/** What is said of the namespaces that containers are in. */
export const NetnsOfContainers = nodeType('netns', 'A network namespace that containers are in.', added);
