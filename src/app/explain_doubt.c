/* SPDX-License-Identifier: MIT */

/* What speaks against the referral, whatever Cello hears of it. */

#include "app/explain.h"

#include "app/explain_judge.h"

#define TWO_PEOPLE "if they are two people, \"endpin cello trust EMAIL\" has" \
	" it bring its discount, and Review Referrals of Cello's portal its" \
	" reward; until then it brings none"

static int
own_code(const struct evidence *v, struct finding *f)
{
	return v->doubt == DOUBT_OWN && finding_says(f,
	    "%s is their own code: nobody is rewarded for referring themselves",
	    v->referral.ucc);
}

static int
same_person(const struct evidence *v, struct finding *f)
{
	return v->doubt == DOUBT_PERSON && finding_says(f,
	    "the address of whoever has the code %s leads to the same mailbox:"
	    " Cello is likely to see somebody who refers themselves",
	    v->referral.ucc);
}

static int
same_customer(const struct evidence *v, struct finding *f)
{
	return v->doubt == DOUBT_CUSTOMER && finding_says(f,
	    "one customer at Stripe is theirs here and says new_user_id of"
	    " whoever has the code %s, or the other way round",
	    v->referral.ucc);
}

static int
same_card(const struct evidence *v, struct finding *f)
{
	return v->doubt == DOUBT_CARD && finding_says(f,
	    "they pay with a card with which whoever has the code %s has paid:"
	    " Cello is likely to see somebody who refers themselves",
	    v->referral.ucc);
}

static int
welcome_refused(const struct evidence *v, struct finding *f)
{
	const struct welcome *w = &v->welcome;

	if (w->outcome != WELCOME_CURRENCY && w->outcome != WELCOME_DOUBT)
		return 0;
	return finding_says(f,
	    "the credit of %lld %s that they were promised was not given:"
	    " %s", (long long)w->value, w->currency,
	    w->outcome == WELCOME_CURRENCY ? "they have paid in another"
	    " currency" : "when they paid, something spoke against the"
	    " referral");
}

const struct explain_rule explain_doubt[] = {
	{ "own_code", FINDING_WRONG, "referral.ucc", own_code,
	    "nothing: it brings no discount either" },
	{ "same_person", FINDING_WARNING, "email", same_person,
	    TWO_PEOPLE },
	{ "same_customer", FINDING_WARNING, "metadata.new_user_id",
	    same_customer,
	    "find out who wrote that at Stripe; " TWO_PEOPLE },
	{ "same_card", FINDING_WARNING, "card.fingerprint", same_card,
	    TWO_PEOPLE },
	{ "welcome_refused", FINDING_WARNING, "credit", welcome_refused,
	    "if they are to have it all the same: Invoice balance of their"
	    " customer, in Stripe's dashboard" },
	{ .cause = NULL }
};
