import { FIRSTMATE } from '../core/actor.ts';
import type { Incident } from '../core/incident.ts';
import { review } from '../core/review.ts';
import { type Acting, act } from './act.ts';

/** Writes the review of a resolved incident from its timeline. */
export async function publishReview(acting: Acting, incident: Incident): Promise<void> {
  const markdown = review(incident, await acting.ledger.events(incident.id));
  await act(acting, incident.id, { do: 'publish_review', markdown }, { actor: FIRSTMATE, cause: null });
}
