// SPDX-License-Identifier: MIT
//
// The webhook by which Cello tells the product of rewards in credits: Basic auth, X-Cello-Env, at least once.
//
// Cello's support sets it up, and its pages do not say how often it tries; here that is five times within some seconds,
// then the reward lies in the queue of failures.

import { newId } from '../ids.mjs';
import { campaign } from './campaign.mjs';
import { moment } from './feed.mjs';
import { rewards } from './rewards.mjs';

const TRIES = 5;
const FIRST_RETRY_MS = 200;
const TIMEOUT_MS = 10000;

const USUAL = { version: '1.0.3', env: 'sandbox', copies: 1 };

export const setUp = (w, { url, user, password, env = USUAL.env, copies = USUAL.copies }) =>
	w.store.celloRewardHook.set('hook', { url, user, password, env, copies });

const hook = (w) => w.store.celloRewardHook.get('hook') ?? null;

const bodyOf = ({ version = USUAL.version, eventId, rewardId, productUserId, amount, createdTs }) => ({
	version, eventType: 'new-reward', createdTs, eventId, data: { rewardId, productUserId, rewardType: 'credits', reward: { amount } }
});

async function post({ url, user, password, env }, body) {
	const res = await fetch(url, {
		method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'manual',
		headers: {
			authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`, 'content-type': 'application/json; charset=utf-8',
			...(env !== null && { 'x-cello-env': env })
		}
	});
	await res.arrayBuffer();
	return res.status;
}

async function attempt(w, told) {
	told.attempts++;
	try {
		told.lastStatus = await post(hook(w), told.body);
	} catch (e) {
		told.lastStatus = null;
	}
	if (told.lastStatus >= 200 && told.lastStatus < 300)
		told.state = 'delivered';
	else if (told.state === 'pending' && told.attempts >= TRIES)
		told.state = 'failed';
	else if (told.state === 'pending')
		setTimeout(() => attempt(w, told), FIRST_RETRY_MS * 2 ** told.attempts).unref();
	w.store.changed(w.clock);
}

// The same reward has the same event for ever.
function tell(w, reward) {
	const body = bodyOf({
		eventId: newId('evt'), rewardId: reward.id, productUserId: reward.productUserId, amount: reward.amount, createdTs: moment(w)
	});
	const told = { id: body.eventId, reward: reward.id, state: 'pending', attempts: 0, lastStatus: null, body };
	w.store.celloTold.set(reward.id, told);
	for (let i = 0; i < hook(w).copies; i++)
		attempt(w, told);
}

// Of what is earned by now and was not told yet.
export function tellRewards(w) {
	if (!hook(w) || campaign(w).rewards !== 'credits')
		return;
	for (const reward of rewards(w))
		if (reward.state === 'earned' && !w.store.celloTold.has(reward.id))
			tell(w, reward);
}

// After a restart: what was not taken yet is tried on.
export function resumeTelling(w) {
	for (const told of w.store.celloTold.values())
		if (told.state === 'pending')
			attempt(w, told);
}

// One more time, out of the queue of failures.
export async function tellAgain(w, told) {
	await attempt(w, told);
	return told;
}

// By hand, and as wrong as somebody likes: {status}, null where there was no answer.
export async function tellByHand(w, given) {
	const { user, password, env, url } = { ...hook(w), ...given };
	const usual = { eventId: newId('evt'), rewardId: newId('rwd', 12), createdTs: moment(w) };
	const body = given.body ?? bodyOf({ ...usual, ...given });
	try {
		return { status: await post({ url, user, password, env }, body), body };
	} catch {
		return { status: null, body };
	}
}
