// SPDX-License-Identifier: MIT
//
// What is promised to those who refer and to those who come: set in Cello's portal, and changed there later.  Whoever was
// brought before a change keeps what was promised then.

import { HttpError } from '../http.mjs';

const ID = 'campaign_sandbox';

// `share`: percent of what is paid, for `months` from the first payment (null: always), at most `most` of a referral in the
// smallest unit (null: no limit). `discount`: what Cello says that the new user gets; it takes nothing off by itself.
// `rewards`: paid out as "cash", or as "credits" that the product is told of. `phase`: before the launch nothing counts. `launcher`: the
// selector of custom launchers, of the portal's page User Experience.
const FIRST = {
	share: 20, months: null, most: null, discount: { type: 'standard', intervalCount: 3, percentage: 10 }, rewards: 'cash', phase: 'live',
	launcher: null
};

const isCount = (v) => v === null || (Number.isInteger(v) && v >= 0);

const CHECKS = {
	share: (v) => typeof v === 'number' && v >= 0 && v <= 100,
	months: isCount,
	most: isCount,
	discount: (v) => v === null || (['standard', 'custom'].includes(v.type) && isCount(v.intervalCount) && isCount(v.percentage)),
	rewards: (v) => ['cash', 'credits'].includes(v),
	phase: (v) => ['pre-launch', 'live'].includes(v),
	launcher: (v) => v === null || typeof v === 'string'
};

const revisions = (w) => w.store.celloCampaigns;

export const campaign = (w) => [...revisions(w).values()].at(-1) ?? { id: ID, revision: 'v1', ...FIRST };

// As it was when somebody was brought.
export const campaignOf = (w, { revision }) => revisions(w).get(revision) ?? campaign(w);

export function changeCampaign(w, given) {
	for (const [name, value] of Object.entries(given))
		if (!CHECKS[name]?.(value))
			throw new HttpError(400, `campaign: ${name} cannot be ${JSON.stringify(value)}`);
	const now = campaign(w);
	revisions(w).set(now.revision, now);
	const next = { ...now, ...given, revision: `v${Number(now.revision.slice(1)) + 1}` };
	revisions(w).set(next.revision, next);
	return next;
}

// What getCampaignConfig() says: 0.1 is ten percent there.
export const campaignConfig = (w) => {
	const { discount, most, share } = campaign(w);
	return {
		newUserDiscountPercentage: (discount?.percentage ?? 0) / 100, newUserDiscountMonth: discount?.intervalCount ?? 0,
		rewardCap: most === null ? null : most / 100, rewardPercentage: share / 100, primaryRewardCurrency: 'EUR'
	};
};
