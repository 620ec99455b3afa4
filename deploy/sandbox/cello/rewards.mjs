// SPDX-License-Identifier: MIT
//
// What a referrer has earned: a share of what those paid whom they brought, less what they were paid back.

export const SHARE = 0.2;

const counts = (row, referrer) => row.ucc === referrer.ucc && row.status !== 'Error' && row.newUserId !== referrer.productUserId;

export const rewardOf = (row, share = SHARE) => Math.round(row.amount * share);

// {signups, purchases, refunds, rewards: [{currency, amount}]}, amounts in the smallest unit.
export function earnings(w, referrer) {
	const own = (map) => [...map.values()].filter((row) => counts(row, referrer));
	const signups = own(w.store.signups), purchases = own(w.store.purchases), refunds = own(w.store.celloRefunds);
	const sums = new Map();
	const add = (currency, amount) => sums.set(currency, (sums.get(currency) ?? 0) + amount);
	for (const row of purchases)
		add(row.currency, row.amount);
	for (const { currency, amount } of refunds)
		add(currency, -amount);
	return {
		signups: signups.length, purchases: purchases.length, refunds,
		rewards: [...sums].map(([currency, amount]) => ({ currency, amount: Math.round(amount * SHARE) }))
	};
}
