// SPDX-License-Identifier: MIT
//
// What a referrer has earned: a share of what those paid whom they brought, less what they were paid back.

export const SHARE = 0.2;

const counts = (row, referrer) => row.ucc === referrer.ucc && row.status !== 'Error' && row.newUserId !== referrer.productUserId;

// Minor units; whoever tells Cello directly speaks of major ones.
const minor = ({ amount, price }) => amount ?? Math.round(price * 100);

export const rewardOf = (row, share = SHARE) => Math.round(minor(row) * share);

// A charge's refunds are told as their sum so far: the last one counts.
function refunds(w, referrer) {
	const byCharge = new Map();
	for (const row of w.store.celloRefunds.values())
		if (row.ucc === referrer.ucc && row.newUserId !== referrer.productUserId)
			byCharge.set(row.charge ?? row.id, row);
	return [...byCharge.values()].map((row) => ({ ...row, amount: row.amountRefunded ?? minor(row) }));
}

// {signups, purchases, refunds, rewards: [{currency, amount}]}, amounts in minor units.
export function earnings(w, referrer) {
	const signups = [...w.store.signups.values()].filter((row) => counts(row, referrer));
	const purchases = [...w.store.purchases.values()].filter((row) => counts(row, referrer));
	const back = refunds(w, referrer), sums = new Map();
	const add = (currency, amount) => sums.set(currency.toLowerCase(), (sums.get(currency.toLowerCase()) ?? 0) + amount);
	for (const row of purchases)
		add(row.currency, minor(row));
	for (const { currency, amount } of back)
		add(currency, -amount);
	return {
		signups: signups.length, purchases: purchases.length, refunds: back,
		rewards: [...sums].map(([currency, amount]) => ({ currency, amount: Math.round(amount * SHARE) }))
	};
}
