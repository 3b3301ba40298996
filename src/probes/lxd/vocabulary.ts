/** What LXD says of its instances beside what all containers have. Names are Skydive's where it has one. */
import * as z from 'zod';
import { field, nodeType } from '../../model/vocabulary.ts';
import { Container } from '../containers/vocabulary.ts';

const texts = z.record(z.string(), z.string());

const Instance = nodeType('container', Container.doc, {
  ...Container.fields.shape,
  LXD: field(
    z
      .strictObject({
        Type: z.string(),
        Project: z.string(),
        Status: z.string(),
        Architecture: z.string().optional(),
        CreatedAt: z.string().optional(),
        LastUsedAt: z.string().optional(),
        Description: z.string().optional(),
        Location: z.string().optional(),
        Restore: z.string().optional(),
        Ephemeral: z.boolean(),
        Stateful: z.boolean(),
        Profiles: z.array(z.string()).optional(),
        Config: texts.optional(),
        Devices: z.record(z.string(), texts).optional(),
      })
      .optional(),
    {
      doc: 'What LXD says of an instance: Type is container or virtual-machine; Config and Devices are as its profiles make them, without what users and images put there (environment.*, user.*, cloud-init.*, raw.*), which may hold secrets',
      example: {
        ...{ Type: 'container', Project: 'default', Status: 'Running', Architecture: 'x86_64', Profiles: ['default'] },
        Devices: { eth0: { type: 'nic', network: 'lxdbr0' } },
      },
    },
  ),
});

export const types = [Instance];

/** Every key of nodes of our own. */
export const OWNED: ReadonlySet<string> = new Set(Object.keys(Instance.fields.shape));
