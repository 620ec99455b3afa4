// SPDX-License-Identifier: MIT
//
// What a referrer has earned: a share of what those paid whom they brought, less what they were paid back; after a while,
// and not for every payment.

import { addInterval, DAY } from '../clock.mjs';
import { campaignOf } from './campaign.mjs';
import { NOT_PAID_OUT } from './countries.mjs';
import { secondsOf } from './feed.mjs';
import { byUcc } from './referrers.mjs';
import { countryOf, reviewOf, underReview } from './review.mjs';
import { celloSetting } from './settings.mjs';

// A code that was found in a cookie at the first boot is less sure than one that was sent.
const AUTO_SECONDS = 7 * DAY;

const paidAt = ({ occurredAt }) => Math.floor(Date.parse(occurredAt) / 1000);

// Told in any order, they count in the order in which they were paid.
const purchases = (w) => [...w.store.purchases.values()].sort((a, b) => paidAt(a) - paidAt(b));

const referralOf = ({ ucc, subject }) => `${ucc} ${subject}`;

// The first row of each referral.
const firsts = (rows) => new Map([...rows].reverse().map((row) => [referralOf(row), row]));

const isAstray = (w, name, { source }) => ![source, 'any'].includes(celloSetting(w, name)) && source !== 'auto';

// Who has signed up, by the way that the portal has before any other.
function signupsOf(w) {
	const rows = [...w.store.signups.values()].filter((s) => s.status !== 'Error');
	const [astray, right] = [true, false].map((is) => rows.filter((s) => isAstray(w, 'signup_source', s) === is));
	return firsts([...right, ...astray]);
}

const isOver = ({ terms: { months }, first }, row) => months !== null &&
	paidAt(row) >= addInterval(paidAt(first), { interval: 'month' }, months);

// Why a payment earns nothing, or not yet; the first that holds. What is looked at: the row, the referral's signup, the
// terms of then, the referral's first payment, and who referred.
const NOTHING = [
	['a field is missing or invalid', (_, row) => row.status === 'Error'],
	['nobody has signed up by this code and id', (_, row, { signup }) => signup === null],
	['it came by another way than the portal has', (w, row, { signup }) => isAstray(w, 'purchase_source', row) || isAstray(w, 'signup_source', signup)],
	['the code is their own', (_, row, { referrer }) => [row.newUserId, row.userId, row.subject].includes(referrer.productUserId)],
	['the referral was rejected', (w, row) => reviewOf(w, row.newUserId) === 'rejected'],
	['the campaign is not launched', (_, row, { terms }) => terms.phase === 'pre-launch'],
	['nothing was paid', (_, row) => row.amount === 0],
	['the campaign’s months are over', (_, row, of) => isOver(of, row)],
	['the referrer lives where nobody can be paid', (w, _, { referrer }) => NOT_PAID_OUT.includes(countryOf(w, referrer.productUserId))]
];

const NOT_YET = [
	['the referral is under review', (w, row) => underReview(w, row.newUserId)],
	['the code was found in a cookie', (w, row, { signup }) => signup.source === 'auto' && w.clock.now() < secondsOf(row) + AUTO_SECONDS],
	['it is too early to say', (w, row) => w.clock.now() < secondsOf(row) + celloSetting(w, 'rewarded_after')]
];

const first = (causes, ...args) => causes.find(([, holds]) => holds(...args))?.[0] ?? null;

function judge(w, row, signup, firstPaid) {
	const of = { signup, referrer: byUcc(w, row.ucc), terms: campaignOf(w, signup ?? row), first: firstPaid };
	const none = first(NOTHING, w, row, of), later = none ? null : first(NOT_YET, w, row, of);
	return { terms: of.terms, state: none ? 'none' : later ? 'pending' : 'earned', why: none ?? later };
}

// One for each payment, in order: {id, purchase, ucc, productUserId, newUserId, invoice, currency, paid, amount, state, why, at}.
export function rewards(w) {
	const rows = purchases(w), paid = firsts(rows), signups = signupsOf(w);
	const taken = new Map();		// referral → what it has brought so far
	return rows.map((row) => {
		const referral = referralOf(row), before = taken.get(referral) ?? 0;
		const { terms, state, why } = judge(w, row, signups.get(referral) ?? null, paid.get(referral));
		const share = state === 'none' ? 0 : Math.round(row.amount * terms.share / 100);
		const amount = terms.most === null ? share : Math.min(share, Math.max(0, terms.most - before));
		taken.set(referral, before + amount);
		const capped = share > 0 && amount === 0;
		return {
			id: row.id.replace('cel', 'rwd'), purchase: row.id, ucc: row.ucc, productUserId: byUcc(w, row.ucc)?.productUserId ?? null, newUserId: row.newUserId,
			subject: row.subject, invoice: row.invoice, currency: row.currency, paid: row.amount, amount, state: capped ? 'none' : state,
			why: capped ? 'the most that a referral brings is reached' : why, share: terms.share, at: row.at
		};
	});
}

// What is taken back of a referral is never more than it has brought.
function takenBack(w, own) {
	const back = new Map();
	for (const { ucc, subject, currency, amount } of w.store.celloRefunds.values()) {
		const of = own.filter((r) => r.ucc === ucc && r.subject === subject && r.currency === currency && r.state !== 'none');
		if (of.length > 0)
			back.set(currency, (back.get(currency) ?? 0) + Math.min(Math.round(amount * of[0].share / 100), of.reduce((n, r) => n + r.amount, 0)));
	}
	return back;
}

// {signups, purchases, refunds, rewards, pending}; the last two are [{currency, amount}], in the smallest unit.
export function earnings(w, referrer) {
	const counts = (row) => row.ucc === referrer.ucc && row.status !== 'Error' && row.newUserId !== referrer.productUserId;
	const count = (map) => [...map.values()].filter(counts);
	const own = rewards(w).filter((r) => r.ucc === referrer.ucc), back = takenBack(w, own);
	const sum = (state) => {
		const sums = new Map();
		for (const { currency, amount } of own.filter((r) => r.state === state))
			sums.set(currency, (sums.get(currency) ?? 0) + amount);
		return sums;
	};
	const list = (sums) => [...sums].map(([currency, amount]) => ({ currency, amount: Math.max(0, amount) }));
	const earned = sum('earned');
	for (const [currency, amount] of back)
		if (earned.has(currency))
			earned.set(currency, earned.get(currency) - amount);
	return {
		signups: count(w.store.signups).length, purchases: count(w.store.purchases).length, refunds: count(w.store.celloRefunds),
		rewards: list(earned), pending: list(sum('pending'))
	};
}
