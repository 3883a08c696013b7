import { describe, expect, it } from 'vitest';
import { compile, evaluate } from '../../src/core/conditions.ts';
import { parseRunbook } from '../../src/documents/runbook.ts';
import { validationAsCondition } from '../../src/documents/short-runbook.ts';

const holds = (validation: string, scope: { output?: string; step1?: { items: { restarts: number }[] } }) => {
  const compiled = compile(validationAsCondition(validation, 'step1'), ['output', 'step1']);
  if (!compiled.ok) throw new Error(compiled.says);
  return evaluate(compiled.compiled, scope).holds;
};

describe('the short form', () => {
  it.each(['output contains ok', 'output contains "ok"', "output  contains 'ok'"])(
    'knows %s',
    (validation) => {
      expect(holds(validation, { output: 'all ok here' })).toBe(true);
      expect(holds(validation, { output: 'all wrong' })).toBe(false);
    },
  );

  it('takes what is sought as plain text, whatever characters it has', () => {
    const sought = 'a "quoted\\" thing || true';
    expect(holds(`output contains ${sought}`, { output: `<${sought}>` })).toBe(true);
    expect(holds(`output contains ${sought}`, { output: 'true' })).toBe(false);
  });

  it('knows no restarts > N', () => {
    const items = (...restarts: number[]) => ({
      step1: { items: restarts.map((one) => ({ restarts: one })) },
    });
    expect(holds('no restarts > 3', items(0, 3))).toBe(true);
    expect(holds('no restarts > 3', items(0, 4))).toBe(false);
  });

  it('makes a complete change an action that the named groups approve', () => {
    const { documents } = parseRunbook(
      'name: x\nactions:\n  - cmd: kubectl get pods -n shop\n  - cmd: kubectl rollout restart deployment/x -n shop\napprovals:\n  - group: sre\n',
      'x.yaml',
    );
    expect(documents[0]?.diagnose.map(({ id }) => id)).toEqual(['step1']);
    expect(documents[0]?.actions).toEqual([
      {
        id: 'action2',
        type: 'restart',
        run: 'kubectl rollout restart deployment/x -n shop',
        validate: null,
        rollback: 'previous',
        approvals: [{ group: 'sre' }],
      },
    ]);
  });
});
