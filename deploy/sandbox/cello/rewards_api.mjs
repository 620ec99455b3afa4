// SPDX-License-Identifier: MIT
//
// The Rewards API for products that pay out themselves: what was earned, and what of it was paid.
//
// It is in early access, so not everybody has it; its path and the names of its states could not be read on Cello's pages.

import { plain, refuse } from './refusal.mjs';
import { rewards } from './rewards.mjs';
import { celloSetting } from './settings.mjs';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

const has = (w) => celloSetting(w, 'rewards_api') === 'yes';

const view = (w, { id, productUserId, amount, currency, at }) =>
	({ id, productUserId, amount, currency, createdAt: at, status: w.store.celloProcessed.has(id) ? 'processed' : 'pending' });

function list(w, _, { query }) {
	if (!has(w))
		return plain(403, 'Forbidden');
	const [from, to, user] = ['startDate', 'endDate', 'productUserId'].map((name) => query.get(name));
	const wrong = [from, to].filter((day) => day !== null && !DAY.test(day));
	if (wrong.length > 0)
		return refuse(w, 400, '/rewards', wrong.map((day) => `${day} is not a day`));
	const data = rewards(w).filter((r) => r.state === 'earned' && (from === null || r.at.slice(0, 10) >= from) &&
		(to === null || r.at.slice(0, 10) <= to) && (user === null || r.productUserId === user));
	return { status: 200, body: { data: data.map((r) => view(w, r)) } };
}

function report(w, { id }, { body }) {
	if (!has(w))
		return plain(403, 'Forbidden');
	const reward = rewards(w).find((r) => r.id === id && r.state === 'earned');
	if (!reward)
		return refuse(w, 404, `/rewards/${id}`, ['Not Found']);
	if (body.status !== 'processed')
		return refuse(w, 400, `/rewards/${id}`, ['status must be processed']);
	w.store.celloProcessed.set(id, { at: new Date().toISOString() });
	return { status: 200, body: view(w, reward) };
}

export const REWARD_ROUTES = { 'GET /cello/rewards': { run: list }, 'PATCH /cello/rewards/:id': { run: report } };
