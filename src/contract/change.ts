/** What programs that bring their own nodes and edges send: REST bodies and publisher messages. */
import * as z from 'zod';
import { idShape, jsonShape, metadataShape } from './element.ts';

const name = z.string().min(1);

/** Times and revisions in a request are accepted, as Skydive's clients send them, and ours are used. */
const saidByTheSender = {
  Host: z.string().max(255).optional(),
  Origin: z.string().max(255).optional(),
  CreatedAt: z.number().nullish(),
  UpdatedAt: z.number().nullish(),
  DeletedAt: z.number().nullish(),
  Revision: z.number().nullish(),
};

export const nodeMetadataShape = metadataShape.superRefine((metadata, context) => {
  for (const key of requiredOf(metadata.Type)) {
    const value = name.safeParse(metadata[key]);
    if (!value.success) {
      context.addIssue({ code: 'custom', path: [key], message: `${key} is required: a string that is not empty` });
    }
  }
});

export const edgeMetadataShape = metadataShape.superRefine((metadata, context) => {
  if (!name.safeParse(metadata.RelationType).success) {
    context.addIssue({
      code: 'custom',
      path: ['RelationType'],
      message: 'RelationType is required: a string that is not empty',
    });
  }
});

export const newNodeShape = z
  .object({
    ID: idShape.optional().meta({ description: 'Made up when left out.' }),
    Metadata: nodeMetadataShape,
    ...saidByTheSender,
  })
  .meta({ id: 'NewNode' });

export const newEdgeShape = z
  .object({
    ID: idShape.optional().meta({ description: 'Derived from both ends and the relation when left out.' }),
    Parent: idShape,
    Child: idShape,
    Metadata: edgeMetadataShape,
    ...saidByTheSender,
  })
  .meta({ id: 'NewEdge' });

/** One key of a partial update: Type 1 sets it, 2 takes it away. */
export const partialOpShape = z.object({
  Type: z.union([z.literal(1), z.literal(2)]),
  Key: z.string().min(1),
  Value: jsonShape.optional(),
});

export const partialUpdateShape = z
  .object({
    ID: idShape,
    UpdatedAt: z.number().nullish(),
    Revision: z.number().nullish(),
    Ops: z.array(partialOpShape),
  })
  .meta({ id: 'PartialUpdate' });

export type NewNode = z.infer<typeof newNodeShape>;
export type NewEdge = z.infer<typeof newEdgeShape>;
export type PartialUpdate = z.infer<typeof partialUpdateShape>;

/** Metadata keys a node of this type cannot be without. */
export function requiredOf(type: unknown): readonly string[] {
  if (type === 'netns') return ['Type', 'Name', 'Path'];
  if (type === 'ovsport') return ['Type', 'Name', 'UUID'];
  return ['Type', 'Name'];
}
