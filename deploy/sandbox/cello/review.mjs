// SPDX-License-Identifier: MIT
//
// What somebody at Cello has decided about a person: whether what they do is fraud, and in which country they live.

import { DAY } from '../clock.mjs';
import { HttpError } from '../http.mjs';

export const REVIEWS = ['none', 'in_review', 'rejected', 'completed'];

export const reviewOf = (w, userId) => w.store.celloPeople.get(userId)?.review ?? 'none';

export const countryOf = (w, userId) => w.store.celloPeople.get(userId)?.country ?? null;

export function decide(w, { productUserId, review, country }) {
	if (typeof productUserId !== 'string' || !(review === undefined || REVIEWS.includes(review)))
		throw new HttpError(400, `productUserId must be a text, review one of ${REVIEWS.join(', ')}`);
	const person = { ...w.store.celloPeople.get(productUserId), ...(review && { review, since: w.clock.now() }), ...(country && { country }) };
	w.store.celloPeople.set(productUserId, person);
	return person;
}

// A review ends by itself after 30 days, well.
export const underReview = (w, userId) => reviewOf(w, userId) === 'in_review' &&
	w.clock.now() < w.store.celloPeople.get(userId).since + 30 * DAY;
