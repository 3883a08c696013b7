import { faultsOfBlocks, faultsOfModal } from '../blocks/validate.ts';
import { type Method, method, Refusal } from '../method.ts';

const validate = method({
  name: 'blocks.validate',
  errors: ['invalid_blocks', 'invalid_message', 'invalid_view'],
  run: ({ args }, refuse) => {
    const given = (['blocks', 'view', 'message'] as const).filter((name) => args.has(name));
    const kind = given[0];
    if (kind === undefined || given.length > 1) {
      throw new Refusal('invalid_arguments', {
        response_metadata: { messages: ['must provide exactly one of `blocks`, `view`, or `message`'] },
      });
    }
    const faults =
      kind === 'view'
        ? faultsOfModal(args.json('view'))
        : faultsOfBlocks(kind === 'blocks' ? args.json('blocks') : args.object('message')?.blocks);
    if (faults.length > 0) throw refuse(`invalid_${kind}`, { errors: faults });
    return {};
  },
});

export const blockMethods: readonly Method[] = [validate];
