CREATE TABLE legal_entities (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    tax_id TEXT,
    address TEXT NOT NULL,
    billing_zone TEXT NOT NULL,
    invoice_prefix TEXT NOT NULL UNIQUE,
    next_invoice_number BIGINT NOT NULL DEFAULT 1 CHECK (next_invoice_number >= 1),
    next_credit_note_number BIGINT NOT NULL DEFAULT 1 CHECK (next_credit_note_number >= 1),
    payment_instructions TEXT,
    closed_before BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE programmes (
    id BIGINT PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    preset TEXT NOT NULL,
    legal_entity_id BIGINT NOT NULL REFERENCES legal_entities (id),
    brand TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    country TEXT NOT NULL CHECK (length(country) = 2),
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed')),
    policy_version_id BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE policy_versions (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    number BIGINT,
    status TEXT NOT NULL CHECK (status IN ('draft', 'published', 'discarded')),
    base_version_id BIGINT REFERENCES policy_versions (id),
    document TEXT NOT NULL,
    note TEXT NOT NULL,
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    published_by BIGINT,
    published_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK ((status = 'published') = (number IS NOT NULL AND published_at IS NOT NULL)),
    UNIQUE (programme_id, number)
);

CREATE TABLE resolved_policies (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    policy_version_id BIGINT NOT NULL REFERENCES policy_versions (id),
    document TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id BIGINT PRIMARY KEY,
    audience TEXT NOT NULL CHECK (audience IN ('staff', 'supplier')),
    email TEXT NOT NULL UNIQUE,
    email_as_typed TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT,
    password_hash TEXT,
    token_version BIGINT NOT NULL DEFAULT 1,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    demo BOOLEAN NOT NULL DEFAULT FALSE,
    last_sign_in_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE staff_roles (
    user_id BIGINT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('admin', 'account_manager', 'returns_reviewer', 'finance', 'support', 'caller', 'auditor')),
    PRIMARY KEY (user_id, role)
);

CREATE TABLE sessions (
    id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    refresh_hash TEXT NOT NULL UNIQUE,
    previous_hash TEXT,
    rotation BIGINT NOT NULL DEFAULT 0,
    rotated_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    idle_expires_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_agent TEXT,
    ip TEXT,
    created_at BIGINT NOT NULL,
    proved_at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoke_reason TEXT
);

CREATE INDEX sessions_by_user ON sessions (user_id, created_at, id);

CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE second_factors (
    user_id BIGINT NOT NULL REFERENCES users (id),
    secret TEXT NOT NULL,
    last_step BIGINT NOT NULL DEFAULT 0,
    confirmed_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id)
);

CREATE TABLE recovery_codes (
    user_id BIGINT NOT NULL REFERENCES second_factors (user_id),
    code_hash TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, code_hash)
);

CREATE TABLE sign_in_challenges (
    token_hash TEXT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    token_version BIGINT NOT NULL,
    failures BIGINT NOT NULL DEFAULT 0,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (token_hash)
);

CREATE INDEX sign_in_challenges_by_end ON sign_in_challenges (expires_at);

CREATE TABLE sign_in_throttles (
    key_hash TEXT NOT NULL,
    failures BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (key_hash)
);

CREATE TABLE lead_products (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    exclusivity TEXT NOT NULL CHECK (exclusivity IN ('exclusive', 'shared')),
    max_buyers INTEGER NOT NULL CHECK (max_buyers BETWEEN 1 AND 20),
    timing TEXT NOT NULL CHECK (timing IN ('real_time', 'batch')),
    price_minor BIGINT NOT NULL CHECK (price_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    eta_text TEXT,
    policy_override TEXT NOT NULL DEFAULT '{}',
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (exclusivity = 'shared' OR max_buyers = 1),
    UNIQUE (programme_id, code)
);

CREATE TABLE business_associations (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE suppliers (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    external_id TEXT,
    name TEXT NOT NULL,
    legal_name TEXT NOT NULL,
    country TEXT NOT NULL CHECK (length(country) = 2),
    address TEXT NOT NULL,
    tax_id TEXT,
    time_zone TEXT NOT NULL,
    account_manager_id BIGINT REFERENCES users (id),
    status TEXT NOT NULL CHECK (status IN ('onboarding', 'active', 'suspended', 'in_notice', 'deactivated', 'closed', 'terminated')),
    status_reason TEXT,
    policy_override TEXT NOT NULL DEFAULT '{}',
    activated_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (programme_id, external_id)
);

CREATE INDEX suppliers_by_programme ON suppliers (programme_id, created_at, id);

CREATE TABLE businesses (
    id BIGINT PRIMARY KEY,
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    association_id BIGINT REFERENCES business_associations (id),
    name TEXT NOT NULL,
    trade TEXT,
    phone TEXT,
    website TEXT,
    tracking_number TEXT UNIQUE,
    forward_to TEXT NOT NULL DEFAULT '[]',
    licence TEXT,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed')),
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (supplier_id, id)
);

CREATE TABLE released_numbers (
    number TEXT PRIMARY KEY,
    business_id BIGINT NOT NULL REFERENCES businesses (id),
    released_at BIGINT NOT NULL,
    free_at BIGINT NOT NULL
);

CREATE TABLE contact_points (
    id BIGINT PRIMARY KEY,
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    business_id BIGINT REFERENCES businesses (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('leads', 'billing', 'general')),
    name TEXT,
    email TEXT,
    phone TEXT,
    active BOOLEAN NOT NULL DEFAULT TRUE,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (email IS NOT NULL OR phone IS NOT NULL)
);

CREATE INDEX contact_points_by_supplier ON contact_points (supplier_id, created_at, id);

CREATE TABLE agreements (
    id BIGINT PRIMARY KEY,
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    title TEXT NOT NULL,
    term TEXT NOT NULL CHECK (term IN ('rolling', 'days_30', 'days_90', 'months_6', 'year_1')),
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    policy_override TEXT NOT NULL DEFAULT '{}',
    document TEXT NOT NULL,
    next_change_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX agreements_by_supplier ON agreements (supplier_id, starts_on, id);

CREATE INDEX agreements_to_change ON agreements (next_change_at) WHERE next_change_at IS NOT NULL;

CREATE TABLE coupons (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    code TEXT NOT NULL,
    code_key TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('percent', 'amount')),
    rate TEXT,
    amount_minor BIGINT CHECK (amount_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    products TEXT NOT NULL DEFAULT '[]',
    min_quantity BIGINT CHECK (min_quantity > 0),
    valid_from BIGINT NOT NULL,
    valid_until BIGINT CHECK (valid_until > valid_from),
    max_uses BIGINT CHECK (max_uses > 0),
    uses BIGINT NOT NULL DEFAULT 0 CHECK (uses >= 0),
    per_customer BIGINT NOT NULL CHECK (per_customer > 0),
    supplier_id BIGINT REFERENCES suppliers (id),
    alternative_of BIGINT REFERENCES coupons (id),
    ended_at BIGINT,
    created_by TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (max_uses IS NULL OR uses <= max_uses),
    CHECK ((kind = 'percent') = (rate IS NOT NULL)),
    CHECK ((kind = 'amount') = (amount_minor IS NOT NULL)),
    CHECK (alternative_of IS NULL OR supplier_id IS NOT NULL),
    UNIQUE (programme_id, code)
);

CREATE INDEX coupons_by_key ON coupons (programme_id, code_key);

CREATE INDEX coupons_by_time ON coupons (created_at, id);

CREATE UNIQUE INDEX coupons_one_alternative ON coupons (alternative_of, supplier_id) WHERE alternative_of IS NOT NULL AND ended_at IS NULL;

CREATE TABLE checkouts (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    business_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES lead_products (id),
    status TEXT NOT NULL CHECK (status IN ('open', 'awaiting_payment', 'completed', 'abandoned', 'failed')),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    daily_percent BIGINT CHECK (daily_percent BETWEEN 1 AND 100),
    loyalty_interval TEXT,
    loyalty_days BIGINT CHECK (loyalty_days > 0),
    bonus BIGINT NOT NULL DEFAULT 0 CHECK (bonus >= 0),
    loyalty_subscription_id BIGINT,
    coverage TEXT,
    coupon_id BIGINT REFERENCES coupons (id),
    unit_price_minor BIGINT NOT NULL CHECK (unit_price_minor >= 0),
    discount_minor BIGINT NOT NULL CHECK (discount_minor >= 0),
    net_minor BIGINT NOT NULL CHECK (net_minor >= 0),
    tax_minor BIGINT NOT NULL CHECK (tax_minor >= 0),
    credit_minor BIGINT NOT NULL DEFAULT 0 CHECK (credit_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    tax TEXT NOT NULL,
    resolved_policy_id BIGINT NOT NULL REFERENCES resolved_policies (id),
    created_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    submitted_at BIGINT,
    ended_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (net_minor = unit_price_minor * quantity - discount_minor),
    CHECK (credit_minor <= net_minor + tax_minor),
    CHECK ((loyalty_interval IS NULL) = (loyalty_days IS NULL) AND (loyalty_interval IS NOT NULL OR bonus = 0)),
    CHECK ((status IN ('open', 'awaiting_payment')) = (ended_at IS NULL)),
    FOREIGN KEY (supplier_id, business_id) REFERENCES businesses (supplier_id, id)
);

CREATE INDEX checkouts_by_supplier ON checkouts (supplier_id, created_at, id);

CREATE INDEX checkouts_by_time ON checkouts (created_at, id);

CREATE INDEX checkouts_of_loyalty ON checkouts (loyalty_subscription_id) WHERE loyalty_subscription_id IS NOT NULL;

CREATE INDEX checkouts_to_expire ON checkouts (expires_at) WHERE status IN ('open', 'awaiting_payment');

CREATE TABLE redemptions (
    id BIGINT PRIMARY KEY,
    coupon_id BIGINT NOT NULL REFERENCES coupons (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    checkout_id BIGINT NOT NULL REFERENCES checkouts (id),
    number BIGINT NOT NULL CHECK (number > 0),
    status TEXT NOT NULL CHECK (status IN ('reserved', 'consumed', 'released')),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX redemptions_once ON redemptions (coupon_id, supplier_id, number) WHERE status <> 'released';

CREATE UNIQUE INDEX redemptions_one_held ON redemptions (checkout_id) WHERE status = 'reserved';

CREATE INDEX redemptions_by_checkout ON redemptions (checkout_id);

CREATE TABLE orders (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    business_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES lead_products (id),
    status TEXT NOT NULL CHECK (status IN ('open', 'paused', 'filled', 'cancelled')),
    hold TEXT NOT NULL DEFAULT 'none' CHECK (hold IN ('none', 'onboarding', 'paused', 'suspended', 'in_notice', 'closed')),
    price_minor BIGINT NOT NULL CHECK (price_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    quantity BIGINT CHECK (quantity > 0),
    sold BIGINT NOT NULL DEFAULT 0 CHECK (sold >= 0),
    last_delivery_id BIGINT,
    cap_day BIGINT CHECK (cap_day >= 0),
    cap_week BIGINT CHECK (cap_week >= 0),
    cap_month BIGINT CHECK (cap_month >= 0),
    schedule TEXT NOT NULL DEFAULT '{}',
    priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 100),
    weight INTEGER NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 1000),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT,
    resolved_policy_id BIGINT NOT NULL REFERENCES resolved_policies (id),
    paused_by TEXT CHECK (paused_by IN ('supplier', 'staff')),
    checkout_id BIGINT UNIQUE REFERENCES checkouts (id),
    prepaid BOOLEAN NOT NULL DEFAULT FALSE,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (quantity IS NULL OR sold <= quantity),
    FOREIGN KEY (supplier_id, business_id) REFERENCES businesses (supplier_id, id)
);

CREATE INDEX orders_by_supplier ON orders (supplier_id, created_at, id);

CREATE INDEX orders_by_product ON orders (product_id, status);

CREATE TABLE loyalty_subscriptions (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    checkout_id BIGINT NOT NULL UNIQUE REFERENCES checkouts (id),
    status TEXT NOT NULL CHECK (status IN ('active', 'on_hold', 'lapsed', 'cancelled')),
    interval TEXT NOT NULL,
    interval_days BIGINT NOT NULL CHECK (interval_days > 0),
    terms TEXT NOT NULL,
    cycle BIGINT NOT NULL DEFAULT 0 CHECK (cycle >= 0),
    renews_on TEXT,
    notice_on TEXT,
    reverted BOOLEAN NOT NULL DEFAULT FALSE,
    ended_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK ((status IN ('active', 'on_hold')) = (renews_on IS NOT NULL)),
    CHECK ((status IN ('active', 'on_hold')) = (ended_at IS NULL))
);

CREATE INDEX loyalty_by_supplier ON loyalty_subscriptions (supplier_id, created_at, id);

CREATE INDEX loyalty_by_time ON loyalty_subscriptions (created_at, id);

CREATE INDEX loyalty_to_renew ON loyalty_subscriptions (programme_id, renews_on) WHERE status = 'active';

CREATE INDEX loyalty_to_notice ON loyalty_subscriptions (programme_id, notice_on) WHERE status = 'active';

CREATE TABLE loyalty_cycles (
    subscription_id BIGINT NOT NULL REFERENCES loyalty_subscriptions (id),
    cycle BIGINT NOT NULL CHECK (cycle >= 0),
    due_on TEXT NOT NULL,
    anchored BOOLEAN NOT NULL DEFAULT FALSE,
    checkout_id BIGINT NOT NULL UNIQUE REFERENCES checkouts (id),
    PRIMARY KEY (subscription_id, cycle)
);

CREATE TABLE pauses (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    order_id BIGINT REFERENCES orders (id),
    status TEXT NOT NULL CHECK (status IN ('scheduled', 'active', 'ended', 'cancelled')),
    paused_by TEXT NOT NULL CHECK (paused_by IN ('supplier', 'staff')),
    requested_by TEXT,
    channel TEXT CHECK (channel IN ('phone', 'email', 'letter', 'in_person')),
    reason TEXT,
    terms TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    returns_on TEXT,
    returns_at BIGINT CHECK (returns_at > starts_at),
    returns_by_itself BOOLEAN NOT NULL,
    remind_at BIGINT,
    began_at BIGINT,
    ended_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    updated_at BIGINT NOT NULL,
    CHECK ((began_at IS NULL) = (status IN ('scheduled', 'cancelled'))),
    CHECK ((ended_at IS NULL) = (status IN ('scheduled', 'active'))),
    CHECK ((returns_on IS NULL) = (returns_at IS NULL))
);

CREATE INDEX pauses_by_supplier ON pauses (supplier_id, requested_at, id);

CREATE INDEX pauses_by_time ON pauses (requested_at, id);

CREATE INDEX pauses_of_order ON pauses (order_id);

CREATE UNIQUE INDEX pauses_of_account_active ON pauses (supplier_id) WHERE status = 'active' AND order_id IS NULL;

CREATE UNIQUE INDEX pauses_of_order_active ON pauses (order_id) WHERE status = 'active';

CREATE INDEX pauses_to_remind_of ON pauses (remind_at) WHERE status = 'active';

CREATE INDEX pauses_to_begin ON pauses (starts_at) WHERE status = 'scheduled';

CREATE INDEX pauses_to_end ON pauses (returns_at) WHERE status = 'active' AND returns_by_itself;

CREATE TABLE cancellations (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    status TEXT NOT NULL CHECK (status IN ('scheduled', 'effective', 'withdrawn', 'renewed', 'overtaken')),
    cancelled_by TEXT NOT NULL CHECK (cancelled_by IN ('supplier', 'staff')),
    requested_by TEXT,
    channel TEXT CHECK (channel IN ('phone', 'email', 'letter', 'in_person')),
    reason TEXT,
    comment TEXT,
    reason_skipped BOOLEAN NOT NULL,
    retention_note TEXT,
    agreement_id BIGINT REFERENCES agreements (id),
    term TEXT NOT NULL CHECK (term IN ('rolling', 'days_30', 'days_90', 'months_6', 'year_1')),
    received_on TEXT NOT NULL,
    effective TEXT NOT NULL,
    rule TEXT,
    notice_window TEXT,
    last_day TEXT,
    effective_at BIGINT,
    remind_at BIGINT,
    ends_with_leads BOOLEAN NOT NULL,
    served BOOLEAN NOT NULL,
    withdrawable BOOLEAN NOT NULL,
    document_name TEXT,
    document TEXT,
    requested_at BIGINT NOT NULL,
    ended_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    updated_at BIGINT NOT NULL,
    CHECK ((ended_at IS NULL) = (status = 'scheduled')),
    CHECK ((document IS NULL) = (document_name IS NULL)),
    CHECK (status <> 'scheduled' OR effective_at IS NOT NULL OR ends_with_leads)
);

CREATE INDEX cancellations_by_supplier ON cancellations (supplier_id, requested_at, id);

CREATE INDEX cancellations_by_time ON cancellations (requested_at, id);

CREATE UNIQUE INDEX cancellations_scheduled ON cancellations (supplier_id) WHERE status = 'scheduled';

CREATE INDEX cancellations_to_take_effect ON cancellations (effective_at) WHERE status = 'scheduled';

CREATE TABLE coverage (
    id BIGINT PRIMARY KEY,
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    order_id BIGINT REFERENCES orders (id),
    kind TEXT NOT NULL CHECK (kind IN ('anywhere', 'country', 'us_state', 'us_zip', 'uk_area', 'uk_outcode')),
    value TEXT NOT NULL,
    effective_from BIGINT NOT NULL,
    effective_to BIGINT CHECK (effective_to > effective_from),
    created_at BIGINT NOT NULL
);

CREATE INDEX coverage_by_supplier ON coverage (supplier_id, created_at, id);

CREATE TABLE order_counters (
    order_id BIGINT NOT NULL REFERENCES orders (id),
    period TEXT NOT NULL CHECK (period IN ('day', 'week', 'month')),
    starts_on TEXT NOT NULL,
    used BIGINT NOT NULL CHECK (used >= 0),
    cap BIGINT NOT NULL,
    PRIMARY KEY (order_id, period, starts_on),
    CHECK (used <= cap)
);

CREATE TABLE market_version (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL
);

CREATE TABLE lead_imports (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    product_id BIGINT NOT NULL REFERENCES lead_products (id),
    supplier_id BIGINT REFERENCES suppliers (id),
    status TEXT NOT NULL CHECK (status IN ('uploaded', 'checking', 'checked', 'running', 'done', 'failed', 'cancelled')),
    file_name TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    encoding TEXT NOT NULL,
    delimiter TEXT NOT NULL,
    found_columns TEXT NOT NULL DEFAULT '[]',
    mapping TEXT NOT NULL,
    source TEXT,
    total_rows BIGINT NOT NULL,
    done_rows BIGINT NOT NULL DEFAULT 0,
    counts TEXT NOT NULL DEFAULT '{}',
    check_result TEXT,
    problem TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE lead_import_files (
    import_id BIGINT NOT NULL REFERENCES lead_imports (id),
    content BYTEA NOT NULL,
    PRIMARY KEY (import_id)
);

CREATE TABLE lead_import_rows (
    import_id BIGINT NOT NULL REFERENCES lead_imports (id),
    row_number BIGINT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'duplicate', 'quarantined', 'rejected', 'unchanged', 'invalid')),
    lead_id BIGINT,
    errors TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (import_id, row_number)
);

CREATE TABLE leads (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    product_id BIGINT NOT NULL REFERENCES lead_products (id),
    status TEXT NOT NULL CHECK (status IN ('available', 'partly_sold', 'sold_out', 'quarantined', 'rejected', 'duplicate', 'withdrawn', 'expired', 'in_service', 'erased')),
    status_reason TEXT,
    sold INTEGER NOT NULL DEFAULT 0 CHECK (sold >= 0),
    max_buyers INTEGER NOT NULL CHECK (max_buyers >= 0),
    channel TEXT NOT NULL CHECK (channel IN ('api', 'csv', 'call', 'text', 'email', 'landing_page', 'console')),
    source TEXT,
    external_source TEXT NOT NULL,
    external_id TEXT,
    submitted_by TEXT NOT NULL,
    import_id BIGINT,
    owner_supplier_id BIGINT REFERENCES suppliers (id),
    owner_business_id BIGINT,
    duplicate_of BIGINT,
    country TEXT,
    region TEXT,
    postcode TEXT,
    city TEXT,
    answers TEXT NOT NULL DEFAULT '{}',
    enquired_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    erased_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK ((erased_at IS NULL) = (status <> 'erased')),
    CHECK (sold <= max_buyers),
    UNIQUE (programme_id, external_source, external_id)
);

CREATE INDEX leads_by_programme ON leads (programme_id, created_at, id);

CREATE INDEX leads_by_created ON leads (created_at, id);

CREATE INDEX leads_by_status ON leads (status, created_at, id);

CREATE TABLE lead_sources (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    product_id BIGINT NOT NULL REFERENCES lead_products (id),
    kind TEXT NOT NULL CHECK (kind IN ('google_ads', 'meta', 'mapped', 'adf')),
    name TEXT NOT NULL,
    source TEXT,
    campaign TEXT,
    mapping TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL,
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_secret_until BIGINT,
    app_secret TEXT,
    requires_secret BOOLEAN NOT NULL,
    requests_per_minute BIGINT NOT NULL CHECK (requests_per_minute > 0),
    status TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
    last_received_at BIGINT,
    last_denied_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
    CHECK (requires_secret OR kind IN ('mapped', 'adf')),
    CHECK (app_secret IS NULL OR kind = 'meta')
);

CREATE TABLE lead_source_posts (
    id BIGINT PRIMARY KEY,
    lead_source_id BIGINT NOT NULL REFERENCES lead_sources (id),
    received_at BIGINT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'unchanged', 'refused', 'ignored')),
    lead_id BIGINT REFERENCES leads (id),
    external_id TEXT,
    problem TEXT,
    detail TEXT,
    errors TEXT NOT NULL DEFAULT '[]',
    fields TEXT,
    reruns BIGINT NOT NULL DEFAULT 0 CHECK (reruns >= 0),
    CHECK ((lead_id IS NOT NULL) = (outcome IN ('accepted', 'unchanged'))),
    CHECK ((problem IS NOT NULL) = (outcome = 'refused')),
    CHECK (fields IS NULL OR outcome = 'refused')
);

CREATE INDEX lead_source_posts_by_source ON lead_source_posts (lead_source_id, received_at, id);

CREATE INDEX lead_source_posts_by_time ON lead_source_posts (received_at);

CREATE INDEX lead_source_posts_kept ON lead_source_posts (received_at) WHERE fields IS NOT NULL;

CREATE TABLE lead_people (
    lead_id BIGINT NOT NULL REFERENCES leads (id),
    name TEXT,
    company TEXT,
    email TEXT,
    phone TEXT,
    phone_as_given TEXT,
    address TEXT,
    notes TEXT,
    PRIMARY KEY (lead_id)
);

CREATE INDEX lead_people_by_email ON lead_people (email);

CREATE INDEX lead_people_by_phone ON lead_people (phone);

CREATE TABLE lead_consents (
    lead_id BIGINT NOT NULL REFERENCES leads (id),
    revision BIGINT NOT NULL CHECK (revision >= 1),
    text TEXT NOT NULL,
    text_version TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    ip TEXT,
    page_url TEXT,
    recipients TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (lead_id, revision)
);

CREATE TABLE lead_verifications (
    lead_id BIGINT NOT NULL REFERENCES leads (id),
    method TEXT NOT NULL CHECK (method IN ('phone_call', 'sms_code', 'email_link')),
    verified_at BIGINT NOT NULL,
    verified_by TEXT NOT NULL,
    recording_ref TEXT,
    PRIMARY KEY (lead_id)
);

CREATE TABLE lead_fingerprints (
    programme_id BIGINT NOT NULL,
    scope TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('phone', 'email')),
    hash TEXT NOT NULL,
    lead_id BIGINT NOT NULL,
    live_until BIGINT NOT NULL,
    PRIMARY KEY (programme_id, scope, kind, hash)
);

CREATE TABLE lead_traces (
    lead_id BIGINT NOT NULL REFERENCES leads (id),
    attempt INTEGER NOT NULL,
    traced_at BIGINT NOT NULL,
    trace TEXT NOT NULL,
    PRIMARY KEY (lead_id, attempt)
);

CREATE TABLE deliveries (
    id BIGINT PRIMARY KEY,
    lead_id BIGINT NOT NULL REFERENCES leads (id),
    slot INTEGER NOT NULL CHECK (slot >= 1),
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    product_id BIGINT NOT NULL REFERENCES lead_products (id),
    order_id BIGINT NOT NULL REFERENCES orders (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    business_id BIGINT NOT NULL REFERENCES businesses (id),
    association_id BIGINT,
    price_minor BIGINT NOT NULL CHECK (price_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    resolved_policy_id BIGINT NOT NULL REFERENCES resolved_policies (id),
    delivered_at BIGINT NOT NULL,
    return_deadline_at BIGINT,
    billing_state TEXT NOT NULL CHECK (billing_state IN ('unbilled', 'return_pending', 'rejected', 'returned', 'invoiced', 'free', 'paid')),
    invoice_id BIGINT,
    replaces_delivery_id BIGINT,
    rejection_reason TEXT,
    seen_at BIGINT,
    rating INTEGER CHECK (rating BETWEEN 1 AND 5),
    outcome TEXT CHECK (outcome IN ('new', 'contacted', 'unreachable', 'appointment', 'quoted', 'won', 'lost')),
    outcome_at BIGINT,
    note TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    updated_at BIGINT NOT NULL,
    UNIQUE (lead_id, slot),
    UNIQUE (lead_id, supplier_id)
);

CREATE UNIQUE INDEX deliveries_once_an_association ON deliveries (lead_id, association_id) WHERE association_id IS NOT NULL;

CREATE UNIQUE INDEX deliveries_once_a_replacement ON deliveries (replaces_delivery_id) WHERE replaces_delivery_id IS NOT NULL;

CREATE INDEX deliveries_by_supplier ON deliveries (supplier_id, delivered_at, id);

CREATE INDEX deliveries_by_time ON deliveries (delivered_at, id);

CREATE INDEX deliveries_to_bill ON deliveries (programme_id, delivered_at, supplier_id) WHERE billing_state IN ('unbilled', 'return_pending');

CREATE TABLE return_requests (
    id BIGINT PRIMARY KEY,
    delivery_id BIGINT NOT NULL REFERENCES deliveries (id),
    lead_id BIGINT NOT NULL REFERENCES leads (id),
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    business_id BIGINT NOT NULL REFERENCES businesses (id),
    resolved_policy_id BIGINT NOT NULL REFERENCES resolved_policies (id),
    status TEXT NOT NULL CHECK (status IN ('in_review', 'info_needed', 'approved', 'denied', 'appealed', 'final_denied', 'withdrawn')),
    reason TEXT NOT NULL,
    reason_class TEXT NOT NULL CHECK (reason_class IN ('valid', 'review', 'non_valid')),
    note TEXT,
    thread TEXT NOT NULL DEFAULT '[]',
    channel TEXT NOT NULL CHECK (channel IN ('portal', 'email_link', 'api', 'staff')),
    submitted_by TEXT NOT NULL,
    submitted_at BIGINT NOT NULL,
    decision_due_at BIGINT,
    escalated_at BIGINT,
    suggestion TEXT CHECK (suggestion IN ('approve', 'deny')),
    suggestion_rule TEXT,
    decided_by TEXT,
    decided_at BIGINT,
    decision_rule TEXT,
    decision_clause TEXT,
    decision_evidence TEXT NOT NULL DEFAULT '{}',
    explanation TEXT,
    appealed_at BIGINT,
    first_reviewer_id BIGINT,
    remedy TEXT CHECK (remedy IN ('credit_note', 'line_dropped', 'replacement')),
    remedied_at BIGINT,
    override_reason TEXT,
    version BIGINT NOT NULL DEFAULT 1
);

CREATE INDEX return_requests_by_supplier ON return_requests (supplier_id, submitted_at, id);

CREATE INDEX return_requests_by_time ON return_requests (submitted_at, id);

CREATE INDEX return_requests_due ON return_requests (decision_due_at) WHERE status IN ('in_review', 'info_needed', 'appealed') AND escalated_at IS NULL;

CREATE UNIQUE INDEX return_requests_one_live ON return_requests (delivery_id) WHERE status IN ('in_review', 'info_needed', 'approved', 'denied', 'appealed', 'final_denied');

CREATE TABLE replacements (
    id BIGINT PRIMARY KEY,
    return_request_id BIGINT NOT NULL UNIQUE REFERENCES return_requests (id),
    original_delivery_id BIGINT NOT NULL UNIQUE REFERENCES deliveries (id),
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    order_id BIGINT NOT NULL REFERENCES orders (id),
    product_id BIGINT NOT NULL REFERENCES lead_products (id),
    status TEXT NOT NULL CHECK (status IN ('owed', 'delivered', 'converted_to_credit', 'void')),
    filled_delivery_id BIGINT UNIQUE REFERENCES deliveries (id),
    owed_at BIGINT NOT NULL,
    settled_at BIGINT,
    credit_due_at BIGINT,
    credited_delivery_id BIGINT UNIQUE REFERENCES deliveries (id),
    version BIGINT NOT NULL DEFAULT 1,
    CHECK ((status = 'delivered') = (filled_delivery_id IS NOT NULL)),
    CHECK ((status = 'converted_to_credit') = (credited_delivery_id IS NOT NULL))
);

CREATE INDEX replacements_owed ON replacements (order_id, owed_at, id) WHERE status = 'owed';

CREATE INDEX replacements_owed_by_product ON replacements (product_id, owed_at, id) WHERE status = 'owed';

CREATE INDEX replacements_to_credit ON replacements (credit_due_at) WHERE status = 'owed' AND credit_due_at IS NOT NULL;

CREATE INDEX replacements_by_supplier ON replacements (supplier_id, owed_at, id);

CREATE TABLE rate_review_runs (
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    counted_to BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (programme_id, counted_to)
);

CREATE TABLE rate_reviews (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    counted_from BIGINT NOT NULL,
    counted_to BIGINT NOT NULL,
    deliveries BIGINT NOT NULL CHECK (deliveries >= 0),
    sent_back BIGINT NOT NULL CHECK (sent_back BETWEEN 0 AND deliveries),
    excused BIGINT NOT NULL CHECK (excused BETWEEN 0 AND sent_back),
    siblings BIGINT NOT NULL CHECK (siblings >= 0),
    siblings_kept BIGINT NOT NULL CHECK (siblings_kept BETWEEN 0 AND siblings),
    threshold TEXT NOT NULL,
    finding TEXT NOT NULL CHECK (finding IN ('too_few', 'fine', 'warned', 'case')),
    case_status TEXT CHECK (case_status IN ('open', 'kept', 'ended')),
    decided_by TEXT,
    decided_at BIGINT,
    decision_reason TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    UNIQUE (supplier_id, counted_to),
    CHECK (case_status IS NULL OR finding = 'case'),
    CHECK ((COALESCE(case_status, 'open') = 'open') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (decision_reason IS NULL))
);

CREATE INDEX rate_reviews_by_time ON rate_reviews (created_at, id);

CREATE UNIQUE INDEX rate_reviews_one_open_case ON rate_reviews (supplier_id) WHERE case_status = 'open';

CREATE TABLE ledger_accounts (
    id BIGINT PRIMARY KEY,
    legal_entity_id BIGINT NOT NULL REFERENCES legal_entities (id),
    supplier_id BIGINT REFERENCES suppliers (id),
    kind TEXT NOT NULL CHECK (kind IN ('receivable', 'revenue', 'tax_payable', 'cash', 'write_off', 'allowance', 'wallet', 'drawn', 'rounding')),
    owner_key TEXT NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    balance_minor BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    UNIQUE (legal_entity_id, kind, owner_key, currency)
);

CREATE TABLE journal_entries (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'payment', 'payment_reversal', 'refund', 'dispute', 'write_off', 'wallet')),
    reference TEXT NOT NULL,
    posted_at BIGINT NOT NULL,
    memo TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (kind, reference)
);

CREATE TABLE postings (
    id BIGINT PRIMARY KEY,
    entry_id BIGINT NOT NULL REFERENCES journal_entries (id),
    account_id BIGINT NOT NULL REFERENCES ledger_accounts (id),
    amount_minor BIGINT NOT NULL CHECK (amount_minor <> 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3)
);

CREATE INDEX postings_by_entry ON postings (entry_id);

CREATE INDEX postings_by_account ON postings (account_id, id);

CREATE TABLE billing_runs (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    period_start_at BIGINT NOT NULL,
    period_end_at BIGINT NOT NULL CHECK (period_end_at > period_start_at),
    starts_on TEXT NOT NULL,
    ends_before TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('scheduled', 'running', 'done', 'parked')),
    suppliers_total BIGINT NOT NULL DEFAULT 0,
    suppliers_done BIGINT NOT NULL DEFAULT 0,
    invoices BIGINT NOT NULL DEFAULT 0,
    lines BIGINT NOT NULL DEFAULT 0,
    total_minor BIGINT NOT NULL DEFAULT 0,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    problem TEXT,
    accept_unusual BOOLEAN NOT NULL DEFAULT FALSE,
    started_by TEXT,
    started_at BIGINT,
    finished_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    UNIQUE (programme_id, period_start_at),
    UNIQUE (programme_id, period_end_at)
);

CREATE TABLE plan_subscriptions (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    tier TEXT NOT NULL,
    label TEXT NOT NULL,
    min_units BIGINT NOT NULL CHECK (min_units > 0),
    unit_price_minor BIGINT NOT NULL CHECK (unit_price_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    grace TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending_payment', 'active', 'cancel_scheduled', 'ended')),
    started_on TEXT,
    renews_on TEXT,
    period BIGINT NOT NULL DEFAULT 0,
    ended_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK ((started_on IS NULL) = (period = 0)),
    CHECK ((status = 'ended') = (ended_at IS NOT NULL)),
    CHECK ((status IN ('active', 'cancel_scheduled')) = (renews_on IS NOT NULL))
);

CREATE INDEX plan_subscriptions_by_supplier ON plan_subscriptions (supplier_id, created_at, id);

CREATE INDEX plan_subscriptions_by_time ON plan_subscriptions (created_at, id);

CREATE UNIQUE INDEX plan_subscriptions_one_live ON plan_subscriptions (supplier_id) WHERE status <> 'ended';

CREATE INDEX plan_subscriptions_to_renew ON plan_subscriptions (programme_id, renews_on) WHERE renews_on IS NOT NULL;

CREATE TABLE change_requests (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    order_id BIGINT REFERENCES orders (id),
    plan_subscription_id BIGINT REFERENCES plan_subscriptions (id),
    kind TEXT NOT NULL CHECK (kind IN ('coverage', 'category', 'volume', 'schedule', 'lead_contacts', 'billing_contact', 'plan', 'profile', 'business', 'other')),
    change TEXT NOT NULL,
    differences TEXT NOT NULL,
    prepared TEXT,
    status TEXT NOT NULL CHECK (status IN ('open', 'scheduled', 'applied', 'declined', 'superseded', 'withdrawn', 'failed')),
    asked_by TEXT NOT NULL CHECK (asked_by IN ('supplier', 'staff')),
    requested_by TEXT,
    channel TEXT CHECK (channel IN ('phone', 'email', 'letter', 'in_person')),
    reason TEXT,
    requested_at BIGINT NOT NULL,
    earliest_at BIGINT NOT NULL CHECK (earliest_at >= requested_at),
    effective_at BIGINT NOT NULL CHECK (effective_at >= requested_at),
    override_reason TEXT,
    decided_at BIGINT,
    decided_by BIGINT REFERENCES users (id),
    decided_by_name TEXT,
    answer TEXT,
    applied_at BIGINT,
    closed_at BIGINT,
    failure TEXT,
    superseded_by_id BIGINT REFERENCES change_requests (id),
    version BIGINT NOT NULL DEFAULT 1,
    updated_at BIGINT NOT NULL,
    CHECK ((kind = 'plan') = (plan_subscription_id IS NOT NULL)),
    CHECK (kind NOT IN ('volume', 'schedule') OR order_id IS NOT NULL),
    CHECK ((status = 'applied') = (applied_at IS NOT NULL)),
    CHECK (applied_at >= effective_at),
    CHECK ((closed_at IS NULL) = (status IN ('open', 'scheduled', 'applied'))),
    CHECK (status NOT IN ('scheduled', 'applied', 'declined') OR decided_by IS NOT NULL),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_by_name IS NULL)),
    CHECK ((status = 'failed') = (failure IS NOT NULL)),
    CHECK ((status = 'superseded') = (superseded_by_id IS NOT NULL))
);

CREATE INDEX change_requests_by_supplier ON change_requests (supplier_id, requested_at, id);

CREATE INDEX change_requests_by_time ON change_requests (requested_at, id);

CREATE INDEX change_requests_due ON change_requests (effective_at) WHERE status = 'scheduled';

CREATE INDEX change_requests_open ON change_requests (requested_at, id) WHERE status = 'open';

CREATE TABLE packages (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    business_id BIGINT NOT NULL REFERENCES businesses (id),
    kind TEXT NOT NULL CHECK (kind IN ('introductory', 'running')),
    status TEXT NOT NULL CHECK (status IN ('pending_payment', 'running', 'complete', 'cancelled')),
    leads BIGINT NOT NULL CHECK (leads > 0),
    delivered BIGINT NOT NULL DEFAULT 0 CHECK (delivered >= 0),
    price_minor BIGINT NOT NULL CHECK (price_minor > 0),
    setup_minor BIGINT NOT NULL CHECK (setup_minor >= 0),
    advance_pct TEXT NOT NULL,
    advance_each_minor BIGINT NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    started_at BIGINT,
    completed_at BIGINT,
    cancelled_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (delivered <= leads),
    CHECK (advance_each_minor BETWEEN 0 AND price_minor),
    CHECK (kind = 'introductory' OR setup_minor = 0),
    CHECK (kind = 'running' OR advance_each_minor = price_minor),
    CHECK (status <> 'running' OR delivered < leads),
    CHECK (status <> 'complete' OR delivered = leads),
    CHECK (status <> 'complete' OR completed_at IS NOT NULL),
    CHECK (delivered = 0 OR started_at IS NOT NULL),
    CHECK (status = 'cancelled' OR (status = 'pending_payment') = (started_at IS NULL)),
    CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL))
);

CREATE INDEX packages_by_supplier ON packages (supplier_id, created_at, id);

CREATE INDEX packages_by_time ON packages (created_at, id);

CREATE INDEX packages_by_business ON packages (business_id, status, id);

CREATE UNIQUE INDEX packages_one_waiting ON packages (business_id) WHERE status = 'pending_payment';

CREATE UNIQUE INDEX packages_one_introduction ON packages (business_id) WHERE kind = 'introductory' AND (status <> 'cancelled' OR completed_at IS NOT NULL);

CREATE TABLE package_leads (
    delivery_id BIGINT PRIMARY KEY REFERENCES deliveries (id),
    package_id BIGINT NOT NULL REFERENCES packages (id)
);

CREATE INDEX package_leads_by_package ON package_leads (package_id);

CREATE TABLE invoices (
    id BIGINT PRIMARY KEY,
    billing_run_id BIGINT REFERENCES billing_runs (id),
    checkout_id BIGINT UNIQUE REFERENCES checkouts (id),
    plan_subscription_id BIGINT REFERENCES plan_subscriptions (id),
    package_id BIGINT UNIQUE REFERENCES packages (id),
    legal_entity_id BIGINT NOT NULL REFERENCES legal_entities (id),
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    number TEXT,
    sequence BIGINT,
    status TEXT NOT NULL CHECK (status IN ('draft', 'open', 'partly_paid', 'paid', 'overdue', 'uncollectible', 'void')),
    starts_on TEXT NOT NULL,
    ends_before TEXT NOT NULL,
    issued_at BIGINT,
    due_on TEXT,
    collect_on TEXT,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    line_count BIGINT NOT NULL DEFAULT 0,
    net_minor BIGINT NOT NULL DEFAULT 0,
    tax_minor BIGINT NOT NULL DEFAULT 0,
    total_minor BIGINT NOT NULL DEFAULT 0,
    paid_minor BIGINT NOT NULL DEFAULT 0 CHECK (paid_minor >= 0),
    credited_minor BIGINT NOT NULL DEFAULT 0 CHECK (credited_minor >= 0),
    credit_applied_minor BIGINT NOT NULL DEFAULT 0 CHECK (credit_applied_minor >= 0),
    doubtful_minor BIGINT NOT NULL DEFAULT 0 CHECK (doubtful_minor >= 0),
    taxes TEXT NOT NULL,
    seller TEXT NOT NULL,
    buyer TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (total_minor = net_minor + tax_minor),
    CHECK (paid_minor + credited_minor + credit_applied_minor <= total_minor),
    CHECK ((status = 'draft') = (number IS NULL)),
    CHECK (CASE WHEN billing_run_id IS NULL THEN 0 ELSE 1 END + CASE WHEN checkout_id IS NULL THEN 0 ELSE 1 END + CASE WHEN plan_subscription_id IS NULL THEN 0 ELSE 1 END + CASE WHEN package_id IS NULL THEN 0 ELSE 1 END = 1),
    UNIQUE (billing_run_id, supplier_id),
    UNIQUE (legal_entity_id, sequence),
    UNIQUE (number)
);

CREATE INDEX invoices_by_supplier ON invoices (supplier_id, created_at, id);

CREATE INDEX invoices_by_time ON invoices (created_at, id);

CREATE INDEX invoices_to_fall_due ON invoices (due_on) WHERE status IN ('open', 'partly_paid');

CREATE TABLE plan_periods (
    subscription_id BIGINT NOT NULL REFERENCES plan_subscriptions (id),
    number BIGINT NOT NULL CHECK (number >= 1),
    starts_on TEXT NOT NULL,
    ends_before TEXT NOT NULL,
    tier TEXT NOT NULL,
    label TEXT NOT NULL,
    min_units BIGINT NOT NULL CHECK (min_units > 0),
    unit_price_minor BIGINT NOT NULL CHECK (unit_price_minor > 0),
    used BIGINT,
    overage BIGINT,
    invoice_id BIGINT NOT NULL UNIQUE REFERENCES invoices (id),
    PRIMARY KEY (subscription_id, number),
    CHECK (starts_on < ends_before),
    CHECK ((used IS NULL) = (overage IS NULL))
);

CREATE TABLE plan_usage (
    lead_id BIGINT PRIMARY KEY REFERENCES leads (id),
    subscription_id BIGINT NOT NULL REFERENCES plan_subscriptions (id),
    number BIGINT NOT NULL CHECK (number >= 1)
);

CREATE INDEX plan_usage_by_period ON plan_usage (subscription_id, number);

CREATE TABLE call_queue (
    lead_id BIGINT PRIMARY KEY REFERENCES leads (id),
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    subscription_id BIGINT NOT NULL REFERENCES plan_subscriptions (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'closed', 'removed')),
    removed_because TEXT CHECK (removed_because IN ('plan_ended', 'account_over', 'lead_withdrawn', 'do_not_call')),
    phone_hash TEXT,
    queued_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    is_callback BOOLEAN NOT NULL,
    turn BIGINT NOT NULL,
    claimed_by TEXT,
    claimed_by_name TEXT,
    claimed_until BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    disposition TEXT,
    last_called_at BIGINT,
    touched_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK ((removed_because IS NULL) = (state <> 'removed')),
    CHECK ((claimed_by IS NULL) = (claimed_until IS NULL)),
    CHECK ((claimed_by IS NULL) = (claimed_by_name IS NULL)),
    CHECK (state <> 'claimed' OR claimed_by IS NOT NULL),
    CHECK (state NOT IN ('waiting', 'closed') OR claimed_by IS NULL),
    CHECK ((attempts = 0) = (disposition IS NULL)),
    CHECK ((attempts = 0) = (last_called_at IS NULL))
);

CREATE INDEX call_queue_by_turn ON call_queue (turn, lead_id) WHERE state IN ('waiting', 'claimed');

CREATE INDEX call_queue_of_supplier ON call_queue (supplier_id, touched_at, lead_id);

CREATE INDEX call_queue_of_plan ON call_queue (subscription_id, state);

CREATE INDEX call_queue_by_phone ON call_queue (supplier_id, phone_hash) WHERE state IN ('waiting', 'claimed');

CREATE INDEX call_queue_of_caller ON call_queue (claimed_by) WHERE state = 'claimed';

CREATE INDEX call_queue_by_activity ON call_queue (touched_at, lead_id);

CREATE TABLE call_attempts (
    id BIGINT PRIMARY KEY,
    lead_id BIGINT NOT NULL REFERENCES call_queue (lead_id),
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    called_by TEXT NOT NULL,
    called_by_name TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    duration_seconds BIGINT NOT NULL CHECK (duration_seconds BETWEEN 0 AND 14400),
    disposition TEXT NOT NULL,
    disposition_label TEXT NOT NULL,
    closes BOOLEAN NOT NULL,
    do_not_call BOOLEAN NOT NULL,
    callback_at BIGINT,
    note TEXT,
    corrects_id BIGINT UNIQUE REFERENCES call_attempts (id),
    created_at BIGINT NOT NULL
);

CREATE INDEX call_attempts_of_lead ON call_attempts (lead_id, id);

CREATE INDEX call_attempts_of_supplier ON call_attempts (supplier_id, created_at, id);

CREATE INDEX call_attempts_by_time ON call_attempts (created_at, id);

CREATE TABLE do_not_call (
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    phone_hash TEXT NOT NULL,
    attempt_id BIGINT NOT NULL REFERENCES call_attempts (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (supplier_id, phone_hash)
);

CREATE TABLE invoice_lines (
    id BIGINT PRIMARY KEY,
    invoice_id BIGINT NOT NULL REFERENCES invoices (id),
    position BIGINT NOT NULL,
    delivery_id BIGINT UNIQUE REFERENCES deliveries (id),
    kind TEXT NOT NULL CHECK (kind IN ('lead', 'package', 'order', 'plan')),
    description TEXT NOT NULL,
    tax_position BIGINT NOT NULL CHECK (tax_position >= 0),
    net_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    credited_minor BIGINT NOT NULL DEFAULT 0 CHECK (credited_minor >= 0),
    UNIQUE (invoice_id, position)
);

CREATE TABLE credit_notes (
    id BIGINT PRIMARY KEY,
    legal_entity_id BIGINT NOT NULL REFERENCES legal_entities (id),
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    invoice_id BIGINT NOT NULL REFERENCES invoices (id),
    invoice_line_id BIGINT NOT NULL REFERENCES invoice_lines (id),
    return_request_id BIGINT UNIQUE REFERENCES return_requests (id),
    number TEXT NOT NULL UNIQUE,
    sequence BIGINT NOT NULL,
    reason TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    net_minor BIGINT NOT NULL CHECK (net_minor >= 0),
    tax_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    applied_minor BIGINT NOT NULL CHECK (applied_minor >= 0),
    CHECK (total_minor = net_minor + tax_minor),
    UNIQUE (legal_entity_id, sequence)
);

CREATE INDEX credit_notes_by_supplier ON credit_notes (supplier_id, issued_at, id);

CREATE TABLE gateway_customers (
    supplier_id BIGINT PRIMARY KEY REFERENCES suppliers (id),
    reference TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE payment_authorisations (
    supplier_id BIGINT PRIMARY KEY REFERENCES suppliers (id),
    auto_bill BOOLEAN NOT NULL DEFAULT FALSE,
    revoked_at BIGINT,
    changed_by TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE payment_methods (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    kind TEXT NOT NULL CHECK (kind IN ('card', 'ach', 'direct_debit', 'bank_account', 'paypal', 'apple_pay', 'android_pay')),
    token TEXT NOT NULL UNIQUE,
    brand TEXT NOT NULL,
    last4 TEXT,
    expires_on TEXT,
    status TEXT NOT NULL CHECK (status IN ('active', 'removed')),
    is_default BOOLEAN NOT NULL DEFAULT FALSE,
    added_by TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX payment_methods_by_supplier ON payment_methods (supplier_id, created_at, id);

CREATE UNIQUE INDEX payment_methods_one_default ON payment_methods (supplier_id) WHERE is_default AND status = 'active';

CREATE INDEX payment_methods_by_expiry ON payment_methods (expires_on) WHERE expires_on IS NOT NULL AND status = 'active';

CREATE TABLE payment_method_sessions (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    kind TEXT NOT NULL CHECK (kind IN ('card', 'ach', 'direct_debit', 'bank_account', 'paypal', 'apple_pay', 'android_pay')),
    status TEXT NOT NULL CHECK (status IN ('open', 'complete', 'expired')),
    reference TEXT UNIQUE,
    url TEXT,
    payment_method_id BIGINT REFERENCES payment_methods (id),
    checkout_id BIGINT REFERENCES checkouts (id),
    asked_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE payments (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    legal_entity_id BIGINT NOT NULL REFERENCES legal_entities (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('invoice', 'checkout', 'wallet_top_up', 'first_period', 'plan', 'package')),
    invoice_id BIGINT REFERENCES invoices (id),
    checkout_id BIGINT REFERENCES checkouts (id),
    plan_subscription_id BIGINT REFERENCES plan_subscriptions (id),
    package_id BIGINT REFERENCES packages (id),
    channel TEXT NOT NULL CHECK (channel IN ('recorded', 'gateway')),
    origin TEXT NOT NULL CHECK (origin IN ('recorded', 'collection', 'by_hand', 'revocation', 'cancellation', 'refill', 'renewal')),
    method TEXT NOT NULL CHECK (method IN ('bank_transfer', 'bacs', 'card', 'direct_debit', 'ach', 'cheque', 'bank_account', 'paypal', 'apple_pay', 'android_pay', 'other')),
    payment_method_id BIGINT REFERENCES payment_methods (id),
    reference TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('created', 'pending', 'unknown', 'failed', 'scheduled_retry', 'exhausted', 'succeeded', 'part_refunded', 'refunded', 'disputed', 'dispute_lost', 'void')),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    captured_minor BIGINT NOT NULL DEFAULT 0 CHECK (captured_minor >= 0),
    applied_minor BIGINT NOT NULL DEFAULT 0 CHECK (applied_minor >= 0),
    refunded_minor BIGINT NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
    lost_minor BIGINT NOT NULL DEFAULT 0 CHECK (lost_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    received_on TEXT,
    recorded_by TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    failure TEXT,
    next_attempt_at BIGINT,
    late_at BIGINT,
    alerted_at BIGINT,
    void_reason TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (purpose <> 'invoice' OR invoice_id IS NOT NULL),
    CHECK ((purpose = 'checkout') = (checkout_id IS NOT NULL)),
    CHECK ((purpose = 'plan') = (plan_subscription_id IS NOT NULL)),
    CHECK ((purpose = 'package') = (package_id IS NOT NULL)),
    CHECK (applied_minor <= captured_minor),
    CHECK (refunded_minor + lost_minor <= captured_minor),
    UNIQUE (invoice_id, reference)
);

CREATE TABLE wallets (
    supplier_id BIGINT PRIMARY KEY REFERENCES suppliers (id),
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    legal_entity_id BIGINT NOT NULL REFERENCES legal_entities (id),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
    balance_minor BIGINT NOT NULL DEFAULT 0,
    limit_minor BIGINT NOT NULL DEFAULT 0 CHECK (limit_minor <= 0),
    refill TEXT NOT NULL CHECK (refill IN ('monthly_on_1st', 'low_balance', 'manual')),
    refill_minor BIGINT CHECK (refill_minor > 0),
    refill_below_minor BIGINT,
    refill_on TEXT,
    refill_due_at BIGINT,
    refill_payment_id BIGINT REFERENCES payments (id),
    notice_below_minor BIGINT,
    funded_at BIGINT,
    closed_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (balance_minor >= limit_minor),
    CHECK (refill <> 'low_balance' OR (refill_minor IS NOT NULL AND refill_below_minor IS NOT NULL)),
    CHECK (status = 'open' OR balance_minor = 0)
);

CREATE INDEX wallets_to_refill ON wallets (refill_due_at) WHERE refill_due_at IS NOT NULL;

CREATE TABLE wallet_entries (
    id BIGINT PRIMARY KEY,
    supplier_id BIGINT NOT NULL REFERENCES wallets (supplier_id),
    kind TEXT NOT NULL CHECK (kind IN ('top_up', 'lead', 'lead_returned', 'credit_note', 'settlement', 'refund', 'refund_released', 'dispute', 'reversal')),
    amount_minor BIGINT NOT NULL CHECK (amount_minor <> 0),
    balance_minor BIGINT NOT NULL,
    delivery_id BIGINT,
    payment_id BIGINT,
    invoice_id BIGINT,
    credit_note_id BIGINT,
    refund_id BIGINT,
    created_at BIGINT NOT NULL
);

CREATE INDEX wallet_entries_by_supplier ON wallet_entries (supplier_id, created_at, id);

CREATE INDEX wallet_entries_by_delivery ON wallet_entries (delivery_id) WHERE delivery_id IS NOT NULL;

CREATE INDEX wallet_entries_by_refund ON wallet_entries (refund_id) WHERE refund_id IS NOT NULL;

-- What came by a bank transfer is recorded once; a mistake that was made void may be recorded anew.
CREATE UNIQUE INDEX payments_recorded_for_wallet ON payments (supplier_id, reference) WHERE purpose = 'wallet_top_up' AND channel = 'recorded' AND status <> 'void';

CREATE TABLE account_credits (
    credit_note_id BIGINT PRIMARY KEY REFERENCES credit_notes (id),
    legal_entity_id BIGINT NOT NULL REFERENCES legal_entities (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    granted_minor BIGINT NOT NULL CHECK (granted_minor > 0),
    used_minor BIGINT NOT NULL DEFAULT 0 CHECK (used_minor >= 0),
    refunded_minor BIGINT NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (used_minor + refunded_minor <= granted_minor)
);

CREATE INDEX account_credits_left ON account_credits (supplier_id, legal_entity_id, currency, credit_note_id) WHERE used_minor + refunded_minor < granted_minor;

CREATE TABLE credit_allocations (
    id BIGINT PRIMARY KEY,
    credit_note_id BIGINT NOT NULL REFERENCES account_credits (credit_note_id),
    invoice_id BIGINT NOT NULL REFERENCES invoices (id),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    created_at BIGINT NOT NULL
);

CREATE INDEX credit_allocations_by_invoice ON credit_allocations (invoice_id);

CREATE INDEX credit_allocations_by_note ON credit_allocations (credit_note_id);

CREATE TABLE credit_refunds (
    id BIGINT PRIMARY KEY,
    credit_note_id BIGINT NOT NULL REFERENCES account_credits (credit_note_id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    reference TEXT NOT NULL,
    refunded_on TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (credit_note_id, reference)
);

CREATE TABLE month_closes (
    id BIGINT PRIMARY KEY,
    legal_entity_id BIGINT NOT NULL REFERENCES legal_entities (id),
    month TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL CHECK (ends_at > starts_at),
    entries BIGINT NOT NULL CHECK (entries >= 0),
    closed_by TEXT NOT NULL,
    closed_at BIGINT NOT NULL,
    reopened_by TEXT,
    reopened_at BIGINT,
    reopen_reason TEXT,
    CHECK ((reopened_at IS NULL) = (reopened_by IS NULL) AND (reopened_at IS NULL) = (reopen_reason IS NULL))
);

CREATE UNIQUE INDEX month_closes_in_force ON month_closes (legal_entity_id, month) WHERE reopened_at IS NULL;

CREATE INDEX journal_entries_by_time ON journal_entries (posted_at, id);

CREATE INDEX payments_by_supplier ON payments (supplier_id, created_at, id);

CREATE INDEX payments_by_time ON payments (created_at, id);

CREATE UNIQUE INDEX payments_one_live ON payments (invoice_id) WHERE status IN ('created', 'pending', 'unknown', 'scheduled_retry');

CREATE UNIQUE INDEX payments_one_first_period ON payments (supplier_id) WHERE purpose = 'first_period';

CREATE UNIQUE INDEX payments_one_refill ON payments (supplier_id) WHERE origin = 'refill' AND status IN ('created', 'pending', 'unknown', 'scheduled_retry');

CREATE INDEX payments_by_checkout ON payments (checkout_id, id) WHERE checkout_id IS NOT NULL;

CREATE UNIQUE INDEX payments_one_live_of_checkout ON payments (checkout_id) WHERE status IN ('created', 'pending', 'unknown', 'scheduled_retry');

CREATE INDEX payments_by_plan ON payments (plan_subscription_id, id) WHERE plan_subscription_id IS NOT NULL;

CREATE UNIQUE INDEX payments_one_live_of_plan ON payments (plan_subscription_id) WHERE status IN ('created', 'pending', 'unknown', 'scheduled_retry');

CREATE INDEX payments_by_package ON payments (package_id, id) WHERE package_id IS NOT NULL;

CREATE UNIQUE INDEX payments_one_live_of_package ON payments (package_id) WHERE status IN ('created', 'pending', 'unknown', 'scheduled_retry');

CREATE INDEX payments_to_retry ON payments (next_attempt_at) WHERE status = 'scheduled_retry';

CREATE INDEX payments_to_watch ON payments (late_at) WHERE status IN ('created', 'pending', 'unknown');

CREATE TABLE payment_attempts (
    id BIGINT PRIMARY KEY,
    payment_id BIGINT NOT NULL REFERENCES payments (id),
    number BIGINT NOT NULL,
    payment_method_id BIGINT NOT NULL REFERENCES payment_methods (id),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    status TEXT NOT NULL CHECK (status IN ('created', 'unknown', 'pending', 'failed', 'succeeded')),
    reference TEXT UNIQUE,
    failure TEXT,
    dispute TEXT CHECK (dispute IN ('open', 'won', 'lost')),
    sent_at BIGINT,
    ask_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (payment_id, number)
);

CREATE UNIQUE INDEX payment_attempts_one_live ON payment_attempts (payment_id) WHERE status IN ('created', 'unknown', 'pending');

CREATE INDEX payment_attempts_to_resolve ON payment_attempts (status, created_at) WHERE status IN ('created', 'unknown', 'pending');

CREATE TABLE allocations (
    id BIGINT PRIMARY KEY,
    invoice_id BIGINT NOT NULL REFERENCES invoices (id),
    payment_id BIGINT REFERENCES payments (id),
    amount_minor BIGINT NOT NULL CHECK (amount_minor <> 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    created_at BIGINT NOT NULL
);

CREATE INDEX allocations_by_invoice ON allocations (invoice_id, id);

CREATE INDEX allocations_by_payment ON allocations (payment_id, id);

CREATE TABLE collections (
    invoice_id BIGINT PRIMARY KEY REFERENCES invoices (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('charged', 'by_hand', 'no_method', 'nothing_open', 'paid_already')),
    payment_id BIGINT REFERENCES payments (id),
    decided_at BIGINT NOT NULL
);

CREATE INDEX collections_without_method ON collections (supplier_id) WHERE outcome = 'no_method';

CREATE TABLE rule_suspensions (
    supplier_id BIGINT PRIMARY KEY REFERENCES suppliers (id),
    cause TEXT NOT NULL CHECK (cause IN ('debt', 'revoked')),
    suspended_at BIGINT NOT NULL
);

-- Staff have activated an account in spite of what it owed: invoices due before this day suspend it no more.
CREATE TABLE debt_excuses (
    supplier_id BIGINT PRIMARY KEY REFERENCES suppliers (id),
    due_before TEXT NOT NULL,
    excused_at BIGINT NOT NULL
);

CREATE TABLE refunds (
    id BIGINT PRIMARY KEY,
    payment_id BIGINT NOT NULL REFERENCES payments (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    status TEXT NOT NULL CHECK (status IN ('awaiting_approval', 'approved', 'pending', 'unknown', 'succeeded', 'failed', 'refused')),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    reason TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_by_name TEXT NOT NULL,
    decided_by TEXT,
    decided_by_name TEXT,
    decision_note TEXT,
    reference TEXT UNIQUE,
    failure TEXT,
    sent_at BIGINT,
    asked_at BIGINT,
    sent_again_as BIGINT UNIQUE REFERENCES refunds (id),
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX refunds_by_payment ON refunds (payment_id, id);

CREATE INDEX refunds_by_time ON refunds (created_at, id);

CREATE INDEX refunds_by_asking ON refunds (asked_at) WHERE asked_at IS NOT NULL;

CREATE INDEX refunds_to_send ON refunds (status, created_at) WHERE status IN ('approved', 'pending', 'unknown');

CREATE TABLE gateway_events (
    id BIGINT PRIMARY KEY,
    gateway TEXT NOT NULL,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BYTEA NOT NULL,
    outcome TEXT CHECK (outcome IN ('applied', 'ignored')),
    received_at BIGINT NOT NULL,
    UNIQUE (gateway, event_id)
);

CREATE INDEX gateway_events_to_apply ON gateway_events (received_at) WHERE outcome IS NULL;

CREATE TABLE reconciliations (
    id BIGINT PRIMARY KEY,
    day TEXT NOT NULL UNIQUE,
    charges BIGINT NOT NULL,
    differences BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE TABLE reconciliation_differences (
    id BIGINT PRIMARY KEY,
    reconciliation_id BIGINT NOT NULL REFERENCES reconciliations (id),
    kind TEXT NOT NULL CHECK (kind IN ('missed_news', 'unknown_at_gateway', 'unknown_here', 'amount', 'refund')),
    payment_id BIGINT REFERENCES payments (id),
    reference TEXT NOT NULL,
    detail TEXT NOT NULL,
    mended BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL,
    resolved_at BIGINT,
    resolved_by TEXT,
    resolution TEXT,
    CHECK ((resolved_at IS NULL) = (resolved_by IS NULL) AND (resolved_at IS NULL) = (resolution IS NULL))
);

CREATE INDEX reconciliation_differences_by_day ON reconciliation_differences (reconciliation_id, id);

CREATE INDEX reconciliation_differences_open ON reconciliation_differences (created_at, id) WHERE NOT mended AND resolved_at IS NULL;

CREATE TABLE sandbox_gateway_objects (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    customer TEXT,
    behaviour TEXT,
    idempotency_key TEXT UNIQUE,
    body TEXT NOT NULL,
    due_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE INDEX sandbox_gateway_objects_by_kind ON sandbox_gateway_objects (kind, created_at, id);

CREATE INDEX sandbox_gateway_objects_due ON sandbox_gateway_objects (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE sandbox_gateway_events (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    delivered_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE INDEX sandbox_gateway_events_to_send ON sandbox_gateway_events (id) WHERE delivered_at IS NULL;

CREATE TABLE support_tickets (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    topic TEXT NOT NULL CHECK (topic IN ('leads', 'returns', 'billing', 'orders', 'account', 'other')),
    subject TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'answered', 'closed')),
    opened_by BIGINT NOT NULL REFERENCES users (id),
    opened_by_name TEXT NOT NULL,
    delivery_id BIGINT REFERENCES deliveries (id),
    invoice_id BIGINT REFERENCES invoices (id),
    call_back_phone TEXT,
    assigned_to BIGINT REFERENCES users (id),
    reply_due_at BIGINT,
    late_told_at BIGINT,
    first_answered_at BIGINT,
    closed_at BIGINT,
    opened_at BIGINT NOT NULL,
    last_written_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK ((closed_at IS NULL) = (status IN ('open', 'answered'))),
    CHECK (reply_due_at IS NULL OR status = 'open'),
    CHECK (late_told_at IS NULL OR status = 'open')
);

CREATE INDEX support_tickets_by_time ON support_tickets (opened_at, id);

CREATE INDEX support_tickets_by_supplier ON support_tickets (supplier_id, opened_at, id);

CREATE INDEX support_tickets_waiting ON support_tickets (reply_due_at) WHERE status = 'open';

CREATE TABLE support_messages (
    id BIGINT PRIMARY KEY,
    ticket_id BIGINT NOT NULL REFERENCES support_tickets (id),
    author TEXT NOT NULL CHECK (author IN ('supplier', 'staff')),
    author_id BIGINT NOT NULL REFERENCES users (id),
    author_name TEXT NOT NULL,
    text TEXT NOT NULL,
    by_phone BOOLEAN NOT NULL,
    internal BOOLEAN NOT NULL,
    written_at BIGINT NOT NULL,
    CHECK (author = 'staff' OR (NOT internal AND NOT by_phone))
);

CREATE INDEX support_messages_by_ticket ON support_messages (ticket_id, written_at, id);

CREATE TABLE subject_requests (
    id BIGINT PRIMARY KEY,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    kind TEXT NOT NULL CHECK (kind IN ('access', 'erasure', 'objection')),
    status TEXT NOT NULL CHECK (status IN ('open', 'awaiting_recipients', 'done', 'refused')),
    name TEXT,
    phone TEXT,
    email TEXT,
    postcode TEXT,
    lead_reference TEXT,
    phone_hash TEXT,
    email_hash TEXT,
    identity_note TEXT,
    opened_by TEXT NOT NULL,
    opened_by_name TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    export_until BIGINT,
    export_leads TEXT,
    decided_at BIGINT,
    decided_by_name TEXT,
    refusal TEXT,
    leads BIGINT NOT NULL DEFAULT 0 CHECK (leads >= 0),
    recipients BIGINT NOT NULL DEFAULT 0 CHECK (recipients >= 0),
    recipients_waiting BIGINT NOT NULL DEFAULT 0 CHECK (recipients_waiting BETWEEN 0 AND recipients),
    version BIGINT NOT NULL DEFAULT 1,
    CHECK (status <> 'open' OR phone IS NOT NULL OR email IS NOT NULL OR lead_reference IS NOT NULL OR (name IS NOT NULL AND postcode IS NOT NULL)),
    CHECK ((decided_at IS NULL) = (status = 'open')),
    CHECK ((decided_by_name IS NULL) = (status = 'open')),
    CHECK ((refusal IS NOT NULL) = (status = 'refused')),
    CHECK ((recipients_waiting > 0) = (status = 'awaiting_recipients')),
    CHECK (status = 'open' OR (name IS NULL AND phone IS NULL AND email IS NULL AND postcode IS NULL AND lead_reference IS NULL AND identity_note IS NULL)),
    CHECK (export_until IS NULL OR status = 'open'),
    CHECK (export_leads IS NULL OR export_until IS NOT NULL)
);

CREATE INDEX subject_requests_by_time ON subject_requests (opened_at, id);

CREATE INDEX subject_requests_open ON subject_requests (due_at) WHERE status = 'open';

CREATE TABLE erasure_notices (
    id BIGINT PRIMARY KEY,
    subject_request_id BIGINT REFERENCES subject_requests (id),
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    business_id BIGINT NOT NULL REFERENCES businesses (id),
    lead_id BIGINT NOT NULL REFERENCES leads (id),
    delivery_id BIGINT NOT NULL UNIQUE REFERENCES deliveries (id),
    told_at BIGINT NOT NULL,
    remind_at BIGINT,
    due_at BIGINT NOT NULL CHECK (due_at > told_at),
    reminded_at BIGINT,
    late_told_at BIGINT,
    acknowledged_at BIGINT,
    acknowledged_by TEXT,
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);

CREATE INDEX erasure_notices_by_time ON erasure_notices (told_at, id);

CREATE INDEX erasure_notices_by_supplier ON erasure_notices (supplier_id, told_at, id);

CREATE INDEX erasure_notices_of_request ON erasure_notices (subject_request_id);

CREATE INDEX erasure_notices_to_remind ON erasure_notices (remind_at) WHERE acknowledged_at IS NULL AND reminded_at IS NULL;

CREATE INDEX erasure_notices_due ON erasure_notices (due_at) WHERE acknowledged_at IS NULL AND late_told_at IS NULL;

CREATE TABLE lead_holds (
    id BIGINT PRIMARY KEY,
    lead_id BIGINT NOT NULL REFERENCES leads (id),
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    reason TEXT NOT NULL,
    held_by_name TEXT NOT NULL,
    held_at BIGINT NOT NULL,
    lifted_at BIGINT,
    lifted_by_name TEXT,
    CHECK ((lifted_at IS NULL) = (lifted_by_name IS NULL))
);

CREATE UNIQUE INDEX lead_holds_one_at_a_time ON lead_holds (lead_id) WHERE lifted_at IS NULL;

CREATE INDEX lead_holds_by_time ON lead_holds (held_at, id);

CREATE TABLE retention_passes (
    programme_id BIGINT PRIMARY KEY REFERENCES programmes (id),
    day TEXT NOT NULL,
    after_time BIGINT NOT NULL,
    after_lead BIGINT NOT NULL,
    waiting TEXT NOT NULL DEFAULT '{}',
    waited TEXT NOT NULL DEFAULT '{}',
    finished_at BIGINT,
    looked_at BIGINT
);

CREATE TABLE retention_removals (
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    removed_on TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('sold_leads', 'unsold_leads', 'refused_leads', 'recordings', 'import_files', 'refused_posts')),
    removed BIGINT NOT NULL CHECK (removed > 0),
    PRIMARY KEY (programme_id, removed_on, kind)
);

CREATE TABLE suppressions (
    kind TEXT NOT NULL CHECK (kind IN ('phone', 'email')),
    hash TEXT NOT NULL,
    subject_request_id BIGINT REFERENCES subject_requests (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (kind, hash)
);

CREATE TABLE notice_acceptances (
    id BIGINT PRIMARY KEY,
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    key TEXT NOT NULL,
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    accepted_by TEXT NOT NULL,
    accepted_by_name TEXT NOT NULL,
    accepted_at BIGINT NOT NULL,
    address TEXT,
    UNIQUE (supplier_id, key, version)
);

CREATE TABLE events (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    programme_id BIGINT,
    supplier_id BIGINT,
    subject TEXT NOT NULL,
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX events_by_subject ON events (subject, id);

CREATE TABLE webhook_endpoints (
    id BIGINT PRIMARY KEY,
    supplier_id BIGINT REFERENCES suppliers (id),
    programme_id BIGINT REFERENCES programmes (id),
    only_supplier_id BIGINT REFERENCES suppliers (id),
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,
    includes TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'disabled', 'deleted')),
    disabled_because TEXT CHECK (disabled_because IN ('gone', 'failing')),
    failing_since BIGINT,
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_secret_until BIGINT,
    sent_up_to BIGINT NOT NULL,
    log_from BIGINT NOT NULL,
    replay_from BIGINT,
    replay_up_to BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK ((disabled_because IS NOT NULL) = (status = 'disabled')),
    CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
    CHECK ((secret = '') = (status = 'deleted')),
    CHECK ((replay_from IS NULL) = (replay_up_to IS NULL)),
    CHECK (supplier_id IS NULL OR only_supplier_id IS NULL)
);

CREATE INDEX webhook_endpoints_by_supplier ON webhook_endpoints (supplier_id, created_at, id);

CREATE TABLE delivery_targets (
    id BIGINT PRIMARY KEY,
    endpoint_id BIGINT NOT NULL UNIQUE REFERENCES webhook_endpoints (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    kind TEXT NOT NULL CHECK (kind IN ('adf_mail', 'adf_post', 'form_post', 'json_post')),
    business_id BIGINT REFERENCES businesses (id),
    order_id BIGINT REFERENCES orders (id),
    fields TEXT NOT NULL,
    auth TEXT NOT NULL CHECK (auth IN ('none', 'basic', 'header')),
    auth_name TEXT,
    created_at BIGINT NOT NULL,
    CHECK ((auth_name IS NULL) = (auth = 'none'))
);

CREATE INDEX delivery_targets_by_supplier ON delivery_targets (supplier_id, created_at, id);

CREATE TABLE webhook_deliveries (
    id BIGINT PRIMARY KEY,
    endpoint_id BIGINT NOT NULL REFERENCES webhook_endpoints (id),
    event_id BIGINT NOT NULL REFERENCES events (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'dead', 'skipped')),
    attempts BIGINT NOT NULL DEFAULT 0,
    retries BIGINT NOT NULL DEFAULT 0,
    next_attempt_at BIGINT,
    lease BIGINT,
    leased_until BIGINT,
    last_status_code INTEGER,
    last_fault TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    UNIQUE (endpoint_id, event_id),
    CHECK ((next_attempt_at IS NOT NULL) = (status = 'pending')),
    CHECK ((finished_at IS NULL) = (status = 'pending')),
    CHECK ((lease IS NULL) = (leased_until IS NULL)),
    CHECK (status <> 'delivered' OR attempts > 0)
);

CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (endpoint_id, created_at, id);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at) WHERE status = 'pending';

CREATE INDEX webhook_deliveries_in_order ON webhook_deliveries (endpoint_id, subject, event_id) WHERE status = 'pending';

CREATE INDEX webhook_deliveries_finished ON webhook_deliveries (finished_at) WHERE status <> 'pending';

CREATE TABLE webhook_attempts (
    id BIGINT PRIMARY KEY,
    delivery_id BIGINT NOT NULL REFERENCES webhook_deliveries (id),
    started_at BIGINT NOT NULL,
    took_ms BIGINT NOT NULL CHECK (took_ms >= 0),
    status_code INTEGER,
    fault TEXT,
    answer TEXT
);

CREATE INDEX webhook_attempts_of_delivery ON webhook_attempts (delivery_id, id);

CREATE TABLE audit_entries (
    id BIGINT PRIMARY KEY,
    recorded_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    supplier_id BIGINT,
    before TEXT,
    after TEXT,
    reason TEXT,
    channel TEXT NOT NULL,
    request_id TEXT NOT NULL
);

CREATE INDEX audit_entries_by_object ON audit_entries (object, id);

CREATE INDEX audit_entries_by_time ON audit_entries (recorded_at, id);

CREATE TABLE notifications (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    dedupe_key TEXT NOT NULL UNIQUE,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT,
    recipients TEXT NOT NULL,
    facts TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    mailed_at BIGINT
);

CREATE INDEX notifications_by_time ON notifications (created_at, id);

CREATE INDEX notifications_to_mail ON notifications (id) WHERE mailed_at IS NULL;

CREATE TABLE access_links (
    id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'reset', 'email')),
    token_hash TEXT NOT NULL UNIQUE,
    email TEXT,
    session_id BIGINT,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    ended_at BIGINT,
    created_at BIGINT NOT NULL,
    CHECK ((email IS NOT NULL) = (purpose = 'email'))
);

CREATE INDEX access_links_by_user ON access_links (user_id, created_at);

CREATE TABLE mail_templates (
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    kind TEXT NOT NULL,
    source TEXT,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (programme_id, kind)
);

CREATE TABLE impersonations (
    id BIGINT PRIMARY KEY,
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    session_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT CHECK (end_reason IN ('by_hand', 'time_over', 'signed_out', 'replaced')),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);

CREATE INDEX impersonations_open ON impersonations (expires_at) WHERE ended_at IS NULL;

CREATE UNIQUE INDEX impersonations_one_open ON impersonations (session_id) WHERE ended_at IS NULL;

CREATE TABLE mail_opt_outs (
    user_id BIGINT NOT NULL REFERENCES users (id),
    class TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, class)
);

CREATE TABLE mails (
    id BIGINT PRIMARY KEY,
    notification_id BIGINT NOT NULL REFERENCES notifications (id),
    kind TEXT NOT NULL,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    supplier_id BIGINT REFERENCES suppliers (id),
    recipient TEXT NOT NULL,
    access_link_id BIGINT REFERENCES access_links (id),
    status TEXT NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'kept', 'bounced', 'dead', 'dropped')),
    edition BIGINT NOT NULL DEFAULT 1,
    attempts BIGINT NOT NULL DEFAULT 0,
    next_attempt_at BIGINT,
    leased_until BIGINT,
    lease_token BIGINT,
    problem TEXT,
    sent_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (notification_id, recipient)
);

CREATE INDEX mails_by_time ON mails (created_at, id);

CREATE INDEX mails_by_supplier ON mails (supplier_id, created_at, id);

CREATE INDEX mails_to_send ON mails (next_attempt_at, id) WHERE status IN ('queued', 'sending');

CREATE TABLE idempotency_keys (
    principal TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (principal, key)
);

CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

CREATE TABLE job_leases (
    name TEXT NOT NULL,
    token BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    PRIMARY KEY (name)
);

CREATE TABLE sandbox_clock (
    id BIGINT PRIMARY KEY,
    offset_micros BIGINT NOT NULL CHECK (offset_micros >= 0),
    changed_at BIGINT NOT NULL
);

CREATE TABLE memberships (
    user_id BIGINT NOT NULL REFERENCES users (id),
    supplier_id BIGINT NOT NULL REFERENCES suppliers (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'billing', 'member')),
    all_businesses BOOLEAN NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    removed_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id)
);

CREATE TABLE membership_businesses (
    user_id BIGINT NOT NULL REFERENCES memberships (user_id),
    business_id BIGINT NOT NULL REFERENCES businesses (id),
    PRIMARY KEY (user_id, business_id)
);

CREATE TABLE api_keys (
    id BIGINT PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    secret_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    programme_id BIGINT REFERENCES programmes (id),
    supplier_id BIGINT REFERENCES suppliers (id),
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT,
    previous_secret_hash TEXT,
    previous_secret_until BIGINT,
    requests_per_minute BIGINT NOT NULL CHECK (requests_per_minute > 0),
    version BIGINT NOT NULL DEFAULT 1,
    CHECK ((previous_secret_hash IS NULL) = (previous_secret_until IS NULL))
);

CREATE TABLE api_key_requests (
    id BIGINT PRIMARY KEY,
    api_key_id BIGINT NOT NULL REFERENCES api_keys (id),
    at BIGINT NOT NULL,
    operation TEXT NOT NULL,
    status BIGINT NOT NULL,
    took_micros BIGINT NOT NULL CHECK (took_micros >= 0),
    request_id TEXT NOT NULL,
    replayed BOOLEAN NOT NULL
);

CREATE INDEX api_key_requests_by_key ON api_key_requests (api_key_id, at, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;

CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER journal_entries_no_change BEFORE UPDATE OR DELETE ON journal_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER postings_no_change BEFORE UPDATE OR DELETE ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER lead_consents_no_update BEFORE UPDATE ON lead_consents FOR EACH ROW WHEN (NOT (NEW.lead_id = OLD.lead_id AND NEW.revision = OLD.revision AND NEW.text_version = OLD.text_version AND NEW.given_at = OLD.given_at AND NEW.text = '' AND NEW.ip IS NULL AND NEW.page_url IS NULL AND NEW.recipients = '[]')) EXECUTE FUNCTION refuse_change();

CREATE TRIGGER lead_consents_no_delete BEFORE DELETE ON lead_consents FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER notice_acceptances_no_change BEFORE UPDATE OR DELETE ON notice_acceptances FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER resolved_policies_no_change BEFORE UPDATE OR DELETE ON resolved_policies FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER allocations_no_change BEFORE UPDATE OR DELETE ON allocations FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER credit_notes_no_change BEFORE UPDATE OR DELETE ON credit_notes FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER credit_allocations_no_change BEFORE UPDATE OR DELETE ON credit_allocations FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER credit_refunds_no_change BEFORE UPDATE OR DELETE ON credit_refunds FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER wallet_entries_no_change BEFORE UPDATE OR DELETE ON wallet_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_final_invoice_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.status <> 'draft' AND (
        OLD.number IS DISTINCT FROM NEW.number OR OLD.net_minor <> NEW.net_minor OR OLD.tax_minor <> NEW.tax_minor OR OLD.total_minor <> NEW.total_minor
        OR OLD.issued_at IS DISTINCT FROM NEW.issued_at OR OLD.due_on IS DISTINCT FROM NEW.due_on OR OLD.seller <> NEW.seller OR OLD.buyer <> NEW.buyer OR OLD.taxes <> NEW.taxes OR NEW.status = 'draft')
    THEN RAISE EXCEPTION 'a final invoice is immutable'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoices_final BEFORE UPDATE ON invoices FOR EACH ROW EXECUTE FUNCTION refuse_final_invoice_change();
CREATE FUNCTION refuse_final_line_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT status FROM invoices WHERE id = OLD.invoice_id) <> 'draft' THEN
        IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a line of a final invoice is immutable'; END IF;
        IF OLD.net_minor <> NEW.net_minor OR OLD.tax_minor <> NEW.tax_minor OR OLD.tax_position <> NEW.tax_position OR OLD.delivery_id IS DISTINCT FROM NEW.delivery_id OR OLD.invoice_id <> NEW.invoice_id
        THEN RAISE EXCEPTION 'a line of a final invoice is immutable'; END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_lines_final BEFORE UPDATE OR DELETE ON invoice_lines FOR EACH ROW EXECUTE FUNCTION refuse_final_line_change();
CREATE FUNCTION refuse_published_policy_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.status = 'published' AND (OLD.document <> NEW.document OR NEW.status <> 'published' OR OLD.number <> NEW.number)
    THEN RAISE EXCEPTION 'a published policy is immutable'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_versions_published BEFORE UPDATE ON policy_versions FOR EACH ROW EXECUTE FUNCTION refuse_published_policy_change();

INSERT INTO market_version (id, version) VALUES (1, 1);
INSERT INTO sandbox_clock (id, offset_micros, changed_at) VALUES (1, 0, 0);
