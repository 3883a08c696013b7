import { describe, expect, it } from 'vitest';
import { renderTemplate } from '../../src/core/template.ts';

const SCOPE = {
  deployment: 'checkout',
  rollout: { revision: 7, done: false, image: '' },
  pods: { items: [{ name: 'a' }, { name: 'b' }] },
};

describe('a sentence with facts in it', () => {
  it.each([
    ['Release {{ rollout.revision }} of {{deployment}}', 'Release 7 of checkout'],
    ['{{ rollout.done }}', 'false'],
    ['{{ pods.items[1].name }} and {{ pods.items.0.name }}', 'b and a'],
    ['{{ rollout.nothing }} {{ nothing.at.all }} {{ rollout.image }} {{ rollout }}', '? ? ? ?'],
    ['{{ pods.items[9].name }} {{ deployment.length }} {{ rollout.constructor }}', '? ? ?'],
    ['no placeholders', 'no placeholders'],
  ])('%s', (text, result) => {
    expect(renderTemplate(text, SCOPE)).toBe(result);
  });

  it('puts values in as one line of text and does not read them again', () => {
    const scope = { a: 'x\n\u2028\u0000{{ b }}', b: 'secret' };
    expect(renderTemplate('{{ a }}', scope)).toBe('x {{ b }}');
  });

  it('bounds a value and the whole, and cuts no character in two', () => {
    expect([...renderTemplate('{{ a }}', { a: '😀'.repeat(500) })].length).toBe(200);
    expect(renderTemplate('{{ a }}', { a: '😀'.repeat(500) })).toBe(`${'😀'.repeat(199)}…`);
    expect([...renderTemplate('{{ a }} '.repeat(50), { a: 'x'.repeat(200) })].length).toBe(1000);
  });
});
