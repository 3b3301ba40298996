/** JSON Patch (RFC 6902). Only `/Metadata` can be changed, and of it never Name, Type and TID. */
import * as z from 'zod';
import { jsonShape } from './element.ts';

const pointer = z
  .string()
  .regex(/^(\/([^/~]|~[01])*)*$/, 'a JSON pointer (RFC 6901), e.g. /Metadata/Rack')
  .max(4096);

export const patchOpShape = z.discriminatedUnion('op', [
  z.object({ op: z.literal('add'), path: pointer, value: jsonShape }),
  z.object({ op: z.literal('replace'), path: pointer, value: jsonShape }),
  z.object({ op: z.literal('test'), path: pointer, value: jsonShape }),
  z.object({ op: z.literal('remove'), path: pointer }),
  z.object({ op: z.literal('move'), path: pointer, from: pointer }),
  z.object({ op: z.literal('copy'), path: pointer, from: pointer }),
]);

/** More operations than keys a node ever has. */
const patchOpsMax = 1000;

export const patchShape = z.array(patchOpShape).max(patchOpsMax).meta({ id: 'JsonPatch' });

export type PatchOp = z.infer<typeof patchOpShape>;
