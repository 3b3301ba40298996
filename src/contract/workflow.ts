/** `/api/workflow`: workflows in Skydive's shape, and calls of them. */
import * as z from 'zod';
import { idShape } from './element.ts';

const optionalText = z.string().optional();

const parameterShape = z
  .object({
    Name: z.string(),
    Description: optionalText,
    Type: optionalText.meta({
      description: 'node, string, boolean, integer, choice or date; others are taken as they come.',
    }),
    Default: z.unknown().optional(),
    Values: z
      .array(z.object({ Description: optionalText, Value: z.unknown() }))
      .nullish()
      .meta({ description: 'What a choice may be.' }),
  })
  .meta({ id: 'WorkflowParameter' });

const said = {
  Name: z.string().trim().min(1).max(200).meta({ description: 'Unique; calls may say it instead of the UUID.' }),
  Title: optionalText,
  Abstract: optionalText,
  Description: optionalText,
  Parameters: z.array(parameterShape).max(100).nullish(),
  Source: z.string().min(1).meta({ description: 'One JavaScript function.' }),
};

/** Files of Skydive's users have keys in either case (`name`, `Name`), as Go reads them. */
export const newWorkflowShape = z.preprocess((value) => inOurCase(value), z.object(said)).meta({ id: 'NewWorkflow' });

export const workflowShape = z
  .object({
    UUID: idShape,
    ...said,
    IsBundled: z.literal(true).optional().meta({ description: 'It comes with Skein.' }),
  })
  .meta({ id: 'Workflow' });

export const workflowCallShape = z
  .object({
    Params: z
      .union([z.array(z.unknown()), z.record(z.string(), z.unknown())])
      .nullish()
      .meta({ description: 'In their order, or by their names.' }),
  })
  .meta({ id: 'WorkflowCall' });

export const sourceCallShape = workflowCallShape.extend({ Source: said.Source }).meta({ id: 'WorkflowSourceCall' });

export type WireWorkflow = z.infer<typeof workflowShape>;
export type NewWireWorkflow = z.infer<typeof newWorkflowShape>;

const known = new Map(
  [...Object.keys(said), ...Object.keys(parameterShape.shape), 'Value'].map((key) => [key.toLowerCase(), key]),
);

/** Of the workflow, its parameters and their values; what a Default holds stays as it is. */
function inOurCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOurCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const ours = known.get(key.toLowerCase()) ?? key;
      return [ours, ours === 'Parameters' || ours === 'Values' ? inOurCase(inner) : inner];
    }),
  );
}
