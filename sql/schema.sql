-- SPDX-License-Identifier: MIT
-- What the migrations make, for reading; compared by the tests.

CREATE TABLE public.account (
    id uuid NOT NULL,
    email text NOT NULL,
    password_hash text NOT NULL,
    first_name text DEFAULT ''::text NOT NULL,
    last_name text DEFAULT ''::text NOT NULL,
    organization text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    organization_id uuid DEFAULT gen_random_uuid() NOT NULL,
    erased_at timestamp with time zone,
    verified_at timestamp with time zone,
    CONSTRAINT account_email_check CHECK ((length(email) <= 254))
);
COMMENT ON TABLE public.account IS 'bounded: by people';
CREATE TABLE public.api_key (
    id uuid NOT NULL,
    name text NOT NULL,
    digest text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    scopes text[] DEFAULT '{server}'::text[] NOT NULL,
    CONSTRAINT api_key_scopes_check CHECK ((scopes <@ '{server,mcp,addresses}'::text[]))
);
COMMENT ON TABLE public.api_key IS 'bounded: by what operators have made';
CREATE TABLE public.cello_access (
    account text NOT NULL,
    access text DEFAULT ''::text NOT NULL,
    access_until timestamp with time zone DEFAULT now() NOT NULL,
    refresh text DEFAULT ''::text NOT NULL,
    refresh_until timestamp with time zone DEFAULT now() NOT NULL,
    fetched_by text,
    fetched_until timestamp with time zone
);
COMMENT ON TABLE public.cello_access IS 'bounded: one row for each pair of keys that there was';
CREATE TABLE public.cello_fact (
    lane smallint NOT NULL,
    id text NOT NULL,
    trigger text NOT NULL,
    api text NOT NULL,
    account_id uuid NOT NULL,
    ucc text NOT NULL,
    form text NOT NULL,
    after text,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    settled_at timestamp with time zone,
    last_error text,
    outcome text,
    event_id text,
    warnings text,
    CONSTRAINT cello_fact_api_check CHECK ((api = ANY (ARRAY['v1'::text, 'v2'::text]))),
    CONSTRAINT cello_fact_outcome_check CHECK ((outcome = ANY (ARRAY['told'::text, 'resolved'::text]))),
    CONSTRAINT cello_fact_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'attended'::text, 'parked'::text, 'done'::text, 'dead'::text, 'dropped'::text])))
);
COMMENT ON TABLE public.cello_fact IS 'bounded: by signups, payments and refunds of the referred; what was sent is erased: fact_days after it was settled';
CREATE TABLE public.cello_way (
    what text NOT NULL,
    way text NOT NULL,
    since timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.cello_way IS 'bounded: one row for each of them';
CREATE TABLE public.checkout_session (
    id text NOT NULL,
    account_id uuid NOT NULL,
    customer_id text NOT NULL,
    subject text NOT NULL,
    status text NOT NULL,
    url text,
    subscription_id text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.checkout_session IS 'deleted: checkout_days after it has expired';
CREATE TABLE public.chore (
    lane smallint NOT NULL,
    id text NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    settled_at timestamp with time zone,
    done_at timestamp with time zone,
    last_error text,
    place text,
    CONSTRAINT chore_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'parked'::text, 'done'::text, 'dead'::text, 'dropped'::text])))
);
COMMENT ON TABLE public.chore IS 'bounded: one row for each chore';
CREATE TABLE public.component_sight (
    outcome text NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.component_sight IS 'bounded: one row for each way that a boot can end';
CREATE TABLE public.credit_booking (
    event_id text NOT NULL,
    call_id uuid NOT NULL,
    written_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.credit_booking IS 'kept: accounts are kept for years by law';
CREATE TABLE public.credit_entry (
    event_id text NOT NULL,
    reward_id text NOT NULL,
    user_id text NOT NULL,
    account_id uuid,
    amount bigint NOT NULL,
    told_at timestamp with time zone NOT NULL,
    written_at timestamp with time zone DEFAULT now() NOT NULL,
    value bigint,
    currency text,
    CONSTRAINT credit_entry_amount_check CHECK ((amount > 0)),
    CONSTRAINT credit_entry_value_check CHECK ((value > 0))
);
COMMENT ON TABLE public.credit_entry IS 'kept: accounts are kept for years by law';
CREATE TABLE public.customer (
    id text NOT NULL,
    account_id uuid,
    former_account_id uuid,
    deleted boolean DEFAULT false NOT NULL,
    livemode boolean,
    linked_at timestamp with time zone,
    seen_at timestamp with time zone,
    anchored_at timestamp with time zone DEFAULT now() NOT NULL,
    granted_at timestamp with time zone,
    told_ucc text,
    told_user text,
    told_email boolean,
    told_at timestamp with time zone,
    told_organization text
);
COMMENT ON TABLE public.customer IS 'bounded: by accounts; nobody''s deleted: object_days after it was heard of';
CREATE TABLE public.entitlement (
    customer_id text NOT NULL,
    lookup_key text NOT NULL
);
COMMENT ON TABLE public.entitlement IS 'bounded: by customers and features';
CREATE TABLE public.erasure (
    lane smallint NOT NULL,
    id text NOT NULL,
    asked_at timestamp with time zone DEFAULT now() NOT NULL,
    asked_by text NOT NULL,
    closed_at timestamp with time zone,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    settled_at timestamp with time zone,
    last_error text,
    CONSTRAINT erasure_asked_by_check CHECK ((asked_by = ANY (ARRAY['person'::text, 'operator'::text, 'product'::text]))),
    CONSTRAINT erasure_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'parked'::text, 'done'::text, 'dead'::text, 'dropped'::text])))
);
COMMENT ON TABLE public.erasure IS 'kept: what shows that it was asked for and done, for as long as the account''s row';
CREATE TABLE public.event_trait (
    trait text NOT NULL,
    value text NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.event_trait IS 'bounded: by signing secrets and API versions';
CREATE TABLE public.invoice (
    id text NOT NULL,
    customer_id text NOT NULL,
    subscription_id text,
    status text NOT NULL,
    billing_reason text,
    currency text NOT NULL,
    amount_due bigint NOT NULL,
    amount_paid bigint NOT NULL,
    total bigint NOT NULL,
    created timestamp with time zone NOT NULL,
    paid_at timestamp with time zone,
    livemode boolean NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    number text,
    url text,
    booked bigint
);
COMMENT ON TABLE public.invoice IS 'kept: accounts are kept for years by law';
CREATE TABLE public.ledger_entry (
    kind text NOT NULL,
    source_id text NOT NULL,
    customer_id text NOT NULL,
    account_id uuid NOT NULL,
    ucc text,
    reward_percent integer,
    reward_months integer,
    invoice_id text,
    payment_id text,
    currency text NOT NULL,
    amount bigint NOT NULL,
    total bigint,
    tax bigint,
    booked_at timestamp with time zone NOT NULL,
    written_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ledger_entry_kind_check CHECK ((kind = ANY (ARRAY['payment'::text, 'refund'::text, 'refund_failed'::text, 'dispute'::text, 'credit_note'::text])))
);
COMMENT ON TABLE public.ledger_entry IS 'kept: accounts are kept for years by law';
CREATE TABLE public.payback (
    id text NOT NULL,
    kind text NOT NULL,
    customer_id text,
    payment_id text,
    invoice_id text,
    status text NOT NULL,
    currency text NOT NULL,
    amount bigint NOT NULL,
    moves integer NOT NULL,
    created timestamp with time zone NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT payback_kind_check CHECK ((kind = ANY (ARRAY['refund'::text, 'dispute'::text, 'credit_note'::text])))
);
COMMENT ON TABLE public.payback IS 'kept: accounts are kept for years by law';
CREATE TABLE public.referral (
    account_id uuid NOT NULL,
    ucc text NOT NULL,
    source text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    reward_percent integer,
    reward_months integer,
    clicked_at timestamp with time zone,
    product_id text,
    trusted_at timestamp with time zone,
    CONSTRAINT referral_source_check CHECK ((source = ANY (ARRAY['form'::text, 'query'::text, 'cookie'::text, 'first'::text, 'operator'::text]))),
    CONSTRAINT referral_ucc_check CHECK ((ucc ~ '^[0-9A-Za-z]{11}$'::text))
);
COMMENT ON TABLE public.referral IS 'bounded: by accounts';
CREATE TABLE public.referral_card (
    lane smallint NOT NULL,
    id text NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    settled_at timestamp with time zone,
    last_error text,
    looked_at timestamp with time zone,
    fingerprints text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT referral_card_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'parked'::text, 'done'::text, 'dead'::text, 'dropped'::text])))
);
COMMENT ON TABLE public.referral_card IS 'deleted: card_days after Stripe was asked last, or it was given up';
CREATE TABLE public.referral_code (
    lane smallint NOT NULL,
    id text NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    settled_at timestamp with time zone,
    last_error text,
    looked_at timestamp with time zone,
    valid boolean,
    owner text,
    CONSTRAINT referral_code_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'parked'::text, 'done'::text, 'dead'::text, 'dropped'::text])))
);
COMMENT ON TABLE public.referral_code IS 'bounded: by codes that people have signed up with';
CREATE TABLE public.referral_link (
    lane smallint NOT NULL,
    id text NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    settled_at timestamp with time zone,
    last_error text,
    looked_at timestamp with time zone,
    ucc text,
    link text,
    CONSTRAINT referral_link_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'parked'::text, 'done'::text, 'dead'::text, 'dropped'::text])))
);
COMMENT ON TABLE public.referral_link IS 'bounded: by accounts';
CREATE TABLE public.referral_view (
    ucc text NOT NULL,
    day date NOT NULL,
    views bigint NOT NULL,
    CONSTRAINT referral_view_ucc_check CHECK ((ucc ~ '^[0-9A-Za-z]{11}$'::text))
);
COMMENT ON TABLE public.referral_view IS 'deleted: view_days after that day';
CREATE TABLE public.schema_migration (
    version integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.schema_migration IS 'bounded: one row for each release''s script';
CREATE TABLE public.session (
    token_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    used_at timestamp with time zone DEFAULT now() NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    remembered boolean DEFAULT false NOT NULL
)
WITH (fillfactor='90');
COMMENT ON TABLE public.session IS 'deleted: when it is over';
CREATE TABLE public.stripe_call (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    kind text NOT NULL,
    lane smallint NOT NULL,
    path text NOT NULL,
    form text NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    object_id text,
    replaced_by uuid,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    first_sent_at timestamp with time zone,
    settled_at timestamp with time zone,
    last_error text,
    outcome text,
    CONSTRAINT stripe_call_outcome_check CHECK ((outcome = ANY (ARRAY['made'::text, 'refused'::text, 'replaced'::text]))),
    CONSTRAINT stripe_call_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'attended'::text, 'parked'::text, 'done'::text, 'dead'::text, 'dropped'::text])))
);
COMMENT ON TABLE public.stripe_call IS 'deleted: call_days after it was settled, or begun and given up; a dead one a year at least after it died';
CREATE TABLE public.stripe_event (
    id text NOT NULL,
    type text NOT NULL,
    object_kind text,
    object_id text,
    api_version text,
    livemode boolean,
    created timestamp with time zone NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    payload text NOT NULL,
    lane smallint NOT NULL,
    account text
);
ALTER TABLE ONLY public.stripe_event ALTER COLUMN payload SET COMPRESSION lz4;
COMMENT ON TABLE public.stripe_event IS 'deleted: event_days after it came';
CREATE TABLE public.stripe_home (
    one boolean DEFAULT true NOT NULL,
    account text NOT NULL,
    livemode boolean NOT NULL,
    key_digest text NOT NULL,
    found_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT stripe_home_one_check CHECK (one)
);
COMMENT ON TABLE public.stripe_home IS 'bounded: one row';
CREATE TABLE public.stripe_object (
    id text NOT NULL,
    kind text NOT NULL,
    lane smallint NOT NULL,
    heard bigint DEFAULT 1 NOT NULL,
    seen bigint DEFAULT 0 NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    customer_id text,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    heard_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone,
    last_error text,
    settled_at timestamp with time zone,
    awaited boolean DEFAULT false NOT NULL,
    urgency smallint DEFAULT 4 NOT NULL,
    CONSTRAINT stripe_object_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'parked'::text, 'done'::text, 'dead'::text, 'dropped'::text])))
)
WITH (fillfactor='90');
COMMENT ON TABLE public.stripe_object IS 'deleted: object_days after it was seen, parked or dropped; a dead one a year at least after it died';
CREATE UNLOGGED TABLE public.stripe_pace (
    key text NOT NULL,
    step interval NOT NULL,
    free_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.stripe_pace IS 'bounded: two rows for each of Stripe''s and Cello''s endpoints';
CREATE TABLE public.stripe_sweep (
    lane smallint NOT NULL,
    id text NOT NULL,
    kind text NOT NULL,
    since bigint NOT NULL,
    until bigint NOT NULL,
    after text DEFAULT ''::text NOT NULL,
    begun_at timestamp with time zone DEFAULT now() NOT NULL,
    pages bigint DEFAULT 0 NOT NULL,
    hits bigint DEFAULT 0 NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    settled_at timestamp with time zone,
    last_error text,
    CONSTRAINT stripe_sweep_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'parked'::text, 'done'::text, 'dead'::text, 'dropped'::text])))
);
COMMENT ON TABLE public.stripe_sweep IS 'bounded: a few parts of each kind that is swept';
CREATE TABLE public.subscription (
    id text NOT NULL,
    customer_id text NOT NULL,
    status text NOT NULL,
    price text,
    quantity bigint,
    current_period_start timestamp with time zone,
    current_period_end timestamp with time zone,
    cancel_at timestamp with time zone,
    trial_end timestamp with time zone,
    ended_at timestamp with time zone,
    created timestamp with time zone NOT NULL,
    livemode boolean NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    paid_until timestamp with time zone,
    past_due_since timestamp with time zone,
    pause text,
    resumes_at timestamp with time zone,
    latest_invoice text,
    latest_invoice_status text,
    pay_url text,
    cancel_flag boolean,
    schedule text,
    next_at timestamp with time zone,
    next_prices text[],
    next_quantities bigint[],
    next_ours boolean,
    pending_until timestamp with time zone,
    pending_prices text[],
    pending_quantities bigint[]
);
COMMENT ON TABLE public.subscription IS 'bounded: by purchases of customers';
CREATE TABLE public.subscription_item (
    id text NOT NULL,
    subscription_id text NOT NULL,
    customer_id text NOT NULL,
    price text NOT NULL,
    quantity bigint,
    current_period_start timestamp with time zone,
    current_period_end timestamp with time zone,
    "position" smallint DEFAULT 0 NOT NULL
);
COMMENT ON TABLE public.subscription_item IS 'bounded: by subscriptions';
CREATE TABLE public.tick (
    item text NOT NULL,
    ticked_at timestamp with time zone DEFAULT now() NOT NULL,
    ticked_by text DEFAULT ''::text NOT NULL
);
COMMENT ON TABLE public.tick IS 'bounded: one row for each item of the lists';
CREATE TABLE public.trial (
    account_id uuid NOT NULL,
    subscription_id text NOT NULL,
    tried_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.trial IS 'bounded: by accounts';
CREATE TABLE public.welcome_credit (
    account_id uuid NOT NULL,
    value bigint NOT NULL,
    currency text NOT NULL,
    promised_at timestamp with time zone DEFAULT now() NOT NULL,
    outcome text DEFAULT 'open'::text NOT NULL,
    call_id uuid,
    decided_at timestamp with time zone,
    invoice_id text,
    booked bigint,
    CONSTRAINT welcome_credit_check CHECK (((outcome = 'booked'::text) = (call_id IS NOT NULL))),
    CONSTRAINT welcome_credit_check1 CHECK (((outcome = 'open'::text) = (decided_at IS NULL))),
    CONSTRAINT welcome_credit_outcome_check CHECK ((outcome = ANY (ARRAY['open'::text, 'booked'::text, 'currency'::text, 'doubt'::text, 'erased'::text]))),
    CONSTRAINT welcome_credit_value_check CHECK ((value > 0))
);
COMMENT ON TABLE public.welcome_credit IS 'bounded: by accounts';
ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_digest_key UNIQUE (digest);
ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.cello_access
    ADD CONSTRAINT cello_access_pkey PRIMARY KEY (account);
ALTER TABLE ONLY public.cello_fact
    ADD CONSTRAINT cello_fact_pkey PRIMARY KEY (lane, id);
ALTER TABLE ONLY public.cello_way
    ADD CONSTRAINT cello_way_pkey PRIMARY KEY (what);
ALTER TABLE ONLY public.checkout_session
    ADD CONSTRAINT checkout_session_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.chore
    ADD CONSTRAINT chore_pkey PRIMARY KEY (lane, id);
ALTER TABLE ONLY public.component_sight
    ADD CONSTRAINT component_sight_pkey PRIMARY KEY (outcome);
ALTER TABLE ONLY public.credit_booking
    ADD CONSTRAINT credit_booking_pkey PRIMARY KEY (event_id);
ALTER TABLE ONLY public.credit_entry
    ADD CONSTRAINT credit_entry_pkey PRIMARY KEY (event_id);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_account_id_key UNIQUE (account_id);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.entitlement
    ADD CONSTRAINT entitlement_pkey PRIMARY KEY (customer_id, lookup_key);
ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT erasure_pkey PRIMARY KEY (lane, id);
ALTER TABLE ONLY public.event_trait
    ADD CONSTRAINT event_trait_pkey PRIMARY KEY (trait, value);
ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_pkey PRIMARY KEY (kind, source_id);
ALTER TABLE ONLY public.payback
    ADD CONSTRAINT payback_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.referral_card
    ADD CONSTRAINT referral_card_pkey PRIMARY KEY (lane, id);
ALTER TABLE ONLY public.referral_code
    ADD CONSTRAINT referral_code_pkey PRIMARY KEY (lane, id);
ALTER TABLE ONLY public.referral_link
    ADD CONSTRAINT referral_link_pkey PRIMARY KEY (lane, id);
ALTER TABLE ONLY public.referral
    ADD CONSTRAINT referral_pkey PRIMARY KEY (account_id);
ALTER TABLE ONLY public.referral_view
    ADD CONSTRAINT referral_view_pkey PRIMARY KEY (ucc, day);
ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (token_hash);
ALTER TABLE public.stripe_call
    ADD CONSTRAINT stripe_call_kind_check CHECK ((kind = ANY (ARRAY['customer'::text, 'checkout'::text, 'expire'::text, 'portal'::text, 'preview'::text, 'change'::text, 'cancel'::text, 'resume'::text, 'schedule'::text, 'phases'::text, 'release'::text, 'stamp'::text, 'end'::text, 'refund'::text, 'credit'::text, 'close'::text, 'delete'::text]))) NOT VALID;
ALTER TABLE ONLY public.stripe_call
    ADD CONSTRAINT stripe_call_pkey PRIMARY KEY (lane, id);
ALTER TABLE ONLY public.stripe_event
    ADD CONSTRAINT stripe_event_pkey PRIMARY KEY (lane, id);
ALTER TABLE ONLY public.stripe_home
    ADD CONSTRAINT stripe_home_pkey PRIMARY KEY (one);
ALTER TABLE ONLY public.stripe_object
    ADD CONSTRAINT stripe_object_pkey PRIMARY KEY (lane, id);
ALTER TABLE ONLY public.stripe_pace
    ADD CONSTRAINT stripe_pace_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.stripe_sweep
    ADD CONSTRAINT stripe_sweep_pkey PRIMARY KEY (lane, id);
ALTER TABLE ONLY public.subscription_item
    ADD CONSTRAINT subscription_item_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT subscription_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tick
    ADD CONSTRAINT tick_pkey PRIMARY KEY (item);
ALTER TABLE ONLY public.trial
    ADD CONSTRAINT trial_pkey PRIMARY KEY (account_id);
ALTER TABLE ONLY public.welcome_credit
    ADD CONSTRAINT welcome_credit_pkey PRIMARY KEY (account_id);
CREATE UNIQUE INDEX account_email ON public.account USING btree (lower(email));
CREATE INDEX account_lookup ON public.account USING hash (id);
CREATE INDEX account_organization ON public.account USING btree (organization_id, created_at, id);
CREATE INDEX cello_fact_after ON public.cello_fact USING btree (lane, after) WHERE (state = 'parked'::text);
CREATE INDEX cello_fact_due ON public.cello_fact USING btree (lane, due_at) WHERE (state = 'waiting'::text);
CREATE INDEX cello_fact_open ON public.cello_fact USING btree (lane) WHERE (state = ANY (ARRAY['attended'::text, 'dead'::text]));
CREATE INDEX cello_fact_told ON public.cello_fact USING btree (trigger, settled_at) WHERE (state = 'done'::text);
CREATE INDEX cello_fact_whole ON public.cello_fact USING btree (lane, settled_at) WHERE (form <> ''::text);
CREATE INDEX checkout_session_account ON public.checkout_session USING btree (account_id);
CREATE INDEX checkout_session_over ON public.checkout_session USING btree (expires_at);
CREATE INDEX credit_entry_account ON public.credit_entry USING btree (account_id, told_at);
CREATE INDEX customer_former ON public.customer USING btree (former_account_id);
CREATE INDEX customer_nobodys ON public.customer USING btree (GREATEST(anchored_at, seen_at)) WHERE ((account_id IS NULL) AND (former_account_id IS NULL));
CREATE INDEX erasure_due ON public.erasure USING btree (lane, due_at) WHERE (state = 'waiting'::text);
CREATE INDEX invoice_customer ON public.invoice USING btree (customer_id);
CREATE INDEX invoice_unsettled ON public.invoice USING btree (id) WHERE ((status = ANY (ARRAY['draft'::text, 'open'::text])) OR (amount_paid <> COALESCE(booked, (0)::bigint)));
CREATE INDEX ledger_entry_account ON public.ledger_entry USING btree (account_id, booked_at);
CREATE INDEX ledger_entry_invoice ON public.ledger_entry USING btree (invoice_id) WHERE (kind = 'payment'::text);
CREATE INDEX ledger_entry_payment ON public.ledger_entry USING btree (payment_id);
CREATE INDEX payback_unsettled ON public.payback USING btree (id) WHERE (status <> ALL (ARRAY['succeeded'::text, 'failed'::text, 'canceled'::text, 'issued'::text, 'void'::text, 'won'::text, 'lost'::text, 'warning_closed'::text, 'prevented'::text, 'gone'::text]));
CREATE INDEX referral_card_due ON public.referral_card USING btree (lane, due_at) WHERE (state = 'waiting'::text);
CREATE INDEX referral_card_settled ON public.referral_card USING btree (lane, settled_at);
CREATE INDEX referral_code_due ON public.referral_code USING btree (lane, due_at) WHERE (state = 'waiting'::text);
CREATE INDEX referral_link_due ON public.referral_link USING btree (lane, due_at) WHERE (state = 'waiting'::text);
CREATE INDEX referral_view_day ON public.referral_view USING btree (day);
CREATE INDEX session_account ON public.session USING btree (account_id);
CREATE INDEX session_lookup ON public.session USING hash (token_hash);
CREATE INDEX stripe_call_account ON public.stripe_call USING btree (lane, account_id, kind);
CREATE UNIQUE INDEX stripe_call_customer ON public.stripe_call USING btree (lane, account_id) WHERE ((kind = 'customer'::text) AND (state = ANY (ARRAY['waiting'::text, 'done'::text])) AND (COALESCE(outcome, 'made'::text) = 'made'::text));
CREATE INDEX stripe_call_dead ON public.stripe_call USING btree (lane) WHERE (state = 'dead'::text);
CREATE INDEX stripe_call_due ON public.stripe_call USING btree (lane, due_at) WHERE (state = 'waiting'::text);
CREATE UNIQUE INDEX stripe_call_once ON public.stripe_call USING btree (lane, kind, subject) WHERE ((kind = ANY (ARRAY['end'::text, 'refund'::text])) AND (COALESCE(outcome, 'made'::text) <> 'replaced'::text));
CREATE INDEX stripe_event_object ON public.stripe_event USING btree (lane, object_id);
CREATE INDEX stripe_event_received ON public.stripe_event USING btree (lane, received_at);
CREATE INDEX stripe_object_awaited ON public.stripe_object USING btree (lane, due_at) WHERE ((state = 'waiting'::text) AND awaited);
CREATE INDEX stripe_object_dead ON public.stripe_object USING btree (lane) WHERE (state = 'dead'::text);
CREATE INDEX stripe_object_due ON public.stripe_object USING btree (lane, due_at) WHERE (state = 'waiting'::text);
CREATE INDEX stripe_object_parked ON public.stripe_object USING btree (customer_id) WHERE (state = 'parked'::text);
CREATE INDEX stripe_object_settled ON public.stripe_object USING btree (lane, settled_at) WHERE (state <> 'waiting'::text);
CREATE INDEX stripe_object_urgent ON public.stripe_object USING btree (lane, urgency, due_at) WHERE ((state = 'waiting'::text) AND (urgency <= 3));
CREATE INDEX subscription_customer ON public.subscription USING btree (customer_id);
CREATE INDEX subscription_item_subscription ON public.subscription_item USING btree (subscription_id);
ALTER TABLE ONLY public.checkout_session
    ADD CONSTRAINT checkout_session_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id);
ALTER TABLE ONLY public.credit_booking
    ADD CONSTRAINT credit_booking_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.credit_entry(event_id);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_former_account_id_fkey FOREIGN KEY (former_account_id) REFERENCES public.account(id);
ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.referral
    ADD CONSTRAINT referral_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT subscription_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.subscription_item
    ADD CONSTRAINT subscription_item_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES public.subscription(id);
ALTER TABLE ONLY public.welcome_credit
    ADD CONSTRAINT welcome_credit_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id);
