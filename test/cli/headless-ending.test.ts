import { describe, expect, it } from 'vitest';
import { endingOf, isReviewed } from '../../src/cli/headless-ending.ts';
import { event, healed } from '../store/events.ts';

describe('how a headless run ended', () => {
  it('names what firstmate changed, and who approved it', () => {
    expect(endingOf(healed(), null)).toBe('rolled back by firstmate, approved by ada');
  });

  it('is nothing where nothing was changed and nobody did anything by hand', () => {
    const seen = healed().filter(({ type }) => type !== 'execution.finished');
    expect(endingOf(seen, null)).toBe('nothing was wrong any more');
  });

  it('names what a person did, after what firstmate changed', () => {
    const byHand = 'healed by hand: Scale it back to 2.';
    expect(endingOf([], 'Scale it back to 2.')).toBe(byHand);
    expect(endingOf(healed(), 'Scale it back to 2.')).toBe(
      `rolled back by firstmate, approved by ada; then ${byHand}`,
    );
  });

  it('waits for the review of an incident that was opened again', () => {
    const reviewed = event('review.published', { markdown: '# Review' });
    expect(isReviewed([reviewed])).toBe(true);
    expect(isReviewed([reviewed, event('incident.reopened', { because: 'the alert fires again' })])).toBe(
      false,
    );
  });
});
