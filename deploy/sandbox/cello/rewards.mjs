// SPDX-License-Identifier: MIT
//
// What a referrer has earned: a share of what those paid whom they brought, less what they were paid back.

export const SHARE = 0.2;

const counts = (row, referrer) => row.ucc === referrer.ucc && row.status !== 'Error' && row.newUserId !== referrer.productUserId;

export const rewardOf = (row, share = SHARE) => Math.round(row.amount * share);

// A charge's refunds are told as their sum so far: the last one counts.
function refunds(w, referrer) {
	const byCharge = new Map();
	for (const row of w.store.celloRefunds.values())
		if (row.ucc === referrer.ucc && row.newUserId !== referrer.productUserId)
			byCharge.set(row.charge ?? row.id, row);
	return [...byCharge.values()].map((row) => ({ ...row, amount: row.amountRefunded ?? row.amount }));
}

// {signups, purchases, refunds, rewards: [{currency, amount}]}, amounts in the smallest unit.
export function earnings(w, referrer) {
	const signups = [...w.store.signups.values()].filter((row) => counts(row, referrer));
	const purchases = [...w.store.purchases.values()].filter((row) => counts(row, referrer));
	const back = refunds(w, referrer), sums = new Map();
	const add = (currency, amount) => sums.set(currency, (sums.get(currency) ?? 0) + amount);
	for (const row of purchases)
		add(row.currency, row.amount);
	for (const { currency, amount } of back)
		add(currency, -amount);
	return {
		signups: signups.length, purchases: purchases.length, refunds: back,
		rewards: [...sums].map(([currency, amount]) => ({ currency, amount: Math.round(amount * SHARE) }))
	};
}
