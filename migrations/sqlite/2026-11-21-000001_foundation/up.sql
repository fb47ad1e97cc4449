CREATE TABLE legal_entities (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    tax_id TEXT,
    address TEXT NOT NULL,
    billing_zone TEXT NOT NULL,
    invoice_prefix TEXT NOT NULL UNIQUE,
    next_invoice_number INTEGER NOT NULL DEFAULT 1 CHECK (next_invoice_number >= 1),
    next_credit_note_number INTEGER NOT NULL DEFAULT 1 CHECK (next_credit_note_number >= 1),
    payment_instructions TEXT,
    closed_before INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE programmes (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    preset TEXT NOT NULL,
    legal_entity_id INTEGER NOT NULL REFERENCES legal_entities (id),
    brand TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    country TEXT NOT NULL CHECK (length(country) = 2),
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed')),
    policy_version_id INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE policy_versions (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    number INTEGER,
    status TEXT NOT NULL CHECK (status IN ('draft', 'published', 'discarded')),
    base_version_id INTEGER REFERENCES policy_versions (id),
    document TEXT NOT NULL,
    note TEXT NOT NULL,
    created_by INTEGER,
    created_at INTEGER NOT NULL,
    published_by INTEGER,
    published_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK ((status = 'published') = (number IS NOT NULL AND published_at IS NOT NULL)),
    UNIQUE (programme_id, number)
) STRICT;

CREATE TABLE resolved_policies (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    policy_version_id INTEGER NOT NULL REFERENCES policy_versions (id),
    document TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    audience TEXT NOT NULL CHECK (audience IN ('staff', 'supplier')),
    email TEXT NOT NULL UNIQUE,
    email_as_typed TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT,
    password_hash TEXT,
    token_version INTEGER NOT NULL DEFAULT 1,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    demo INTEGER NOT NULL DEFAULT 0 CHECK (demo IN (0, 1)),
    last_sign_in_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_roles (
    user_id INTEGER NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('admin', 'account_manager', 'returns_reviewer', 'finance', 'support', 'caller', 'auditor')),
    PRIMARY KEY (user_id, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    refresh_hash TEXT NOT NULL UNIQUE,
    previous_hash TEXT,
    rotation INTEGER NOT NULL DEFAULT 0,
    rotated_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    idle_expires_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    user_agent TEXT,
    ip TEXT,
    created_at INTEGER NOT NULL,
    proved_at INTEGER NOT NULL,
    revoked_at INTEGER,
    revoke_reason TEXT
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id, created_at, id);

CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE second_factors (
    user_id INTEGER NOT NULL REFERENCES users (id),
    secret TEXT NOT NULL,
    last_step INTEGER NOT NULL DEFAULT 0,
    confirmed_at INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id)
) STRICT;

CREATE TABLE recovery_codes (
    user_id INTEGER NOT NULL REFERENCES second_factors (user_id),
    code_hash TEXT NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (user_id, code_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in_challenges (
    token_hash TEXT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id),
    token_version INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (token_hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_challenges_by_end ON sign_in_challenges (expires_at);

CREATE TABLE sign_in_throttles (
    key_hash TEXT NOT NULL,
    failures INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (key_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE lead_products (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    exclusivity TEXT NOT NULL CHECK (exclusivity IN ('exclusive', 'shared')),
    max_buyers INTEGER NOT NULL CHECK (max_buyers BETWEEN 1 AND 20),
    timing TEXT NOT NULL CHECK (timing IN ('real_time', 'batch')),
    price_minor INTEGER NOT NULL CHECK (price_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    eta_text TEXT,
    policy_override TEXT NOT NULL DEFAULT '{}',
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (exclusivity = 'shared' OR max_buyers = 1),
    UNIQUE (programme_id, code)
) STRICT;

CREATE TABLE business_associations (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE suppliers (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    external_id TEXT,
    name TEXT NOT NULL,
    legal_name TEXT NOT NULL,
    country TEXT NOT NULL CHECK (length(country) = 2),
    address TEXT NOT NULL,
    tax_id TEXT,
    time_zone TEXT NOT NULL,
    account_manager_id INTEGER REFERENCES users (id),
    status TEXT NOT NULL CHECK (status IN ('onboarding', 'active', 'suspended', 'in_notice', 'deactivated', 'closed', 'terminated')),
    status_reason TEXT,
    policy_override TEXT NOT NULL DEFAULT '{}',
    activated_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (programme_id, external_id)
) STRICT;

CREATE INDEX suppliers_by_programme ON suppliers (programme_id, created_at, id);

CREATE TABLE businesses (
    id INTEGER PRIMARY KEY,
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    association_id INTEGER REFERENCES business_associations (id),
    name TEXT NOT NULL,
    trade TEXT,
    phone TEXT,
    website TEXT,
    tracking_number TEXT UNIQUE,
    forward_to TEXT NOT NULL DEFAULT '[]',
    licence TEXT,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed')),
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (supplier_id, id)
) STRICT;

CREATE TABLE released_numbers (
    number TEXT PRIMARY KEY,
    business_id INTEGER NOT NULL REFERENCES businesses (id),
    released_at INTEGER NOT NULL,
    free_at INTEGER NOT NULL
) STRICT;

CREATE TABLE contact_points (
    id INTEGER PRIMARY KEY,
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    business_id INTEGER REFERENCES businesses (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('leads', 'billing', 'general')),
    name TEXT,
    email TEXT,
    phone TEXT,
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (email IS NOT NULL OR phone IS NOT NULL)
) STRICT;

CREATE INDEX contact_points_by_supplier ON contact_points (supplier_id, created_at, id);

CREATE TABLE agreements (
    id INTEGER PRIMARY KEY,
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    title TEXT NOT NULL,
    term TEXT NOT NULL CHECK (term IN ('rolling', 'days_30', 'days_90', 'months_6', 'year_1')),
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    policy_override TEXT NOT NULL DEFAULT '{}',
    document TEXT NOT NULL,
    next_change_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX agreements_by_supplier ON agreements (supplier_id, starts_on, id);

CREATE INDEX agreements_to_change ON agreements (next_change_at) WHERE next_change_at IS NOT NULL;

CREATE TABLE coupons (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    code TEXT NOT NULL,
    code_key TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('percent', 'amount')),
    rate TEXT,
    amount_minor INTEGER CHECK (amount_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    products TEXT NOT NULL DEFAULT '[]',
    min_quantity INTEGER CHECK (min_quantity > 0),
    valid_from INTEGER NOT NULL,
    valid_until INTEGER CHECK (valid_until > valid_from),
    max_uses INTEGER CHECK (max_uses > 0),
    uses INTEGER NOT NULL DEFAULT 0 CHECK (uses >= 0),
    per_customer INTEGER NOT NULL CHECK (per_customer > 0),
    supplier_id INTEGER REFERENCES suppliers (id),
    alternative_of INTEGER REFERENCES coupons (id),
    ended_at INTEGER,
    created_by TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (max_uses IS NULL OR uses <= max_uses),
    CHECK ((kind = 'percent') = (rate IS NOT NULL)),
    CHECK ((kind = 'amount') = (amount_minor IS NOT NULL)),
    CHECK (alternative_of IS NULL OR supplier_id IS NOT NULL),
    UNIQUE (programme_id, code)
) STRICT;

CREATE INDEX coupons_by_key ON coupons (programme_id, code_key);

CREATE INDEX coupons_by_time ON coupons (created_at, id);

CREATE UNIQUE INDEX coupons_one_alternative ON coupons (alternative_of, supplier_id) WHERE alternative_of IS NOT NULL AND ended_at IS NULL;

CREATE TABLE checkouts (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    business_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL REFERENCES lead_products (id),
    status TEXT NOT NULL CHECK (status IN ('open', 'awaiting_payment', 'completed', 'abandoned', 'failed')),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    daily_percent INTEGER CHECK (daily_percent BETWEEN 1 AND 100),
    loyalty_interval TEXT,
    loyalty_days INTEGER CHECK (loyalty_days > 0),
    bonus INTEGER NOT NULL DEFAULT 0 CHECK (bonus >= 0),
    loyalty_subscription_id INTEGER,
    coverage TEXT,
    coupon_id INTEGER REFERENCES coupons (id),
    unit_price_minor INTEGER NOT NULL CHECK (unit_price_minor >= 0),
    discount_minor INTEGER NOT NULL CHECK (discount_minor >= 0),
    net_minor INTEGER NOT NULL CHECK (net_minor >= 0),
    tax_minor INTEGER NOT NULL CHECK (tax_minor >= 0),
    credit_minor INTEGER NOT NULL DEFAULT 0 CHECK (credit_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    tax TEXT NOT NULL,
    resolved_policy_id INTEGER NOT NULL REFERENCES resolved_policies (id),
    created_by TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    submitted_at INTEGER,
    ended_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (net_minor = unit_price_minor * quantity - discount_minor),
    CHECK (credit_minor <= net_minor + tax_minor),
    CHECK ((loyalty_interval IS NULL) = (loyalty_days IS NULL) AND (loyalty_interval IS NOT NULL OR bonus = 0)),
    CHECK ((status IN ('open', 'awaiting_payment')) = (ended_at IS NULL)),
    FOREIGN KEY (supplier_id, business_id) REFERENCES businesses (supplier_id, id)
) STRICT;

CREATE INDEX checkouts_by_supplier ON checkouts (supplier_id, created_at, id);

CREATE INDEX checkouts_by_time ON checkouts (created_at, id);

CREATE INDEX checkouts_of_loyalty ON checkouts (loyalty_subscription_id) WHERE loyalty_subscription_id IS NOT NULL;

CREATE INDEX checkouts_to_expire ON checkouts (expires_at) WHERE status IN ('open', 'awaiting_payment');

CREATE TABLE redemptions (
    id INTEGER PRIMARY KEY,
    coupon_id INTEGER NOT NULL REFERENCES coupons (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    checkout_id INTEGER NOT NULL REFERENCES checkouts (id),
    number INTEGER NOT NULL CHECK (number > 0),
    status TEXT NOT NULL CHECK (status IN ('reserved', 'consumed', 'released')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX redemptions_once ON redemptions (coupon_id, supplier_id, number) WHERE status <> 'released';

CREATE UNIQUE INDEX redemptions_one_held ON redemptions (checkout_id) WHERE status = 'reserved';

CREATE INDEX redemptions_by_checkout ON redemptions (checkout_id);

CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    business_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL REFERENCES lead_products (id),
    status TEXT NOT NULL CHECK (status IN ('open', 'paused', 'filled', 'cancelled')),
    hold TEXT NOT NULL DEFAULT 'none' CHECK (hold IN ('none', 'onboarding', 'paused', 'suspended', 'in_notice', 'closed')),
    price_minor INTEGER NOT NULL CHECK (price_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    quantity INTEGER CHECK (quantity > 0),
    sold INTEGER NOT NULL DEFAULT 0 CHECK (sold >= 0),
    last_delivery_id INTEGER,
    cap_day INTEGER CHECK (cap_day >= 0),
    cap_week INTEGER CHECK (cap_week >= 0),
    cap_month INTEGER CHECK (cap_month >= 0),
    schedule TEXT NOT NULL DEFAULT '{}',
    priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 100),
    weight INTEGER NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 1000),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER,
    resolved_policy_id INTEGER NOT NULL REFERENCES resolved_policies (id),
    paused_by TEXT CHECK (paused_by IN ('supplier', 'staff')),
    checkout_id INTEGER UNIQUE REFERENCES checkouts (id),
    prepaid INTEGER NOT NULL DEFAULT 0 CHECK (prepaid IN (0, 1)),
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (quantity IS NULL OR sold <= quantity),
    FOREIGN KEY (supplier_id, business_id) REFERENCES businesses (supplier_id, id)
) STRICT;

CREATE INDEX orders_by_supplier ON orders (supplier_id, created_at, id);

CREATE INDEX orders_by_product ON orders (product_id, status);

CREATE TABLE loyalty_subscriptions (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    checkout_id INTEGER NOT NULL UNIQUE REFERENCES checkouts (id),
    status TEXT NOT NULL CHECK (status IN ('active', 'on_hold', 'lapsed', 'cancelled')),
    interval TEXT NOT NULL,
    interval_days INTEGER NOT NULL CHECK (interval_days > 0),
    terms TEXT NOT NULL,
    cycle INTEGER NOT NULL DEFAULT 0 CHECK (cycle >= 0),
    renews_on TEXT,
    notice_on TEXT,
    reverted INTEGER NOT NULL DEFAULT 0 CHECK (reverted IN (0, 1)),
    ended_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((status IN ('active', 'on_hold')) = (renews_on IS NOT NULL)),
    CHECK ((status IN ('active', 'on_hold')) = (ended_at IS NULL))
) STRICT;

CREATE INDEX loyalty_by_supplier ON loyalty_subscriptions (supplier_id, created_at, id);

CREATE INDEX loyalty_by_time ON loyalty_subscriptions (created_at, id);

CREATE INDEX loyalty_to_renew ON loyalty_subscriptions (programme_id, renews_on) WHERE status = 'active';

CREATE INDEX loyalty_to_notice ON loyalty_subscriptions (programme_id, notice_on) WHERE status = 'active';

CREATE TABLE loyalty_cycles (
    subscription_id INTEGER NOT NULL REFERENCES loyalty_subscriptions (id),
    cycle INTEGER NOT NULL CHECK (cycle >= 0),
    due_on TEXT NOT NULL,
    anchored INTEGER NOT NULL DEFAULT 0 CHECK (anchored IN (0, 1)),
    checkout_id INTEGER NOT NULL UNIQUE REFERENCES checkouts (id),
    PRIMARY KEY (subscription_id, cycle)
) STRICT;

CREATE TABLE pauses (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    order_id INTEGER REFERENCES orders (id),
    status TEXT NOT NULL CHECK (status IN ('scheduled', 'active', 'ended', 'cancelled')),
    paused_by TEXT NOT NULL CHECK (paused_by IN ('supplier', 'staff')),
    requested_by TEXT,
    channel TEXT CHECK (channel IN ('phone', 'email', 'letter', 'in_person')),
    reason TEXT,
    terms TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    returns_on TEXT,
    returns_at INTEGER CHECK (returns_at > starts_at),
    returns_by_itself INTEGER NOT NULL CHECK (returns_by_itself IN (0, 1)),
    remind_at INTEGER,
    began_at INTEGER,
    ended_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    updated_at INTEGER NOT NULL,
    CHECK ((began_at IS NULL) = (status IN ('scheduled', 'cancelled'))),
    CHECK ((ended_at IS NULL) = (status IN ('scheduled', 'active'))),
    CHECK ((returns_on IS NULL) = (returns_at IS NULL))
) STRICT;

CREATE INDEX pauses_by_supplier ON pauses (supplier_id, requested_at, id);

CREATE INDEX pauses_by_time ON pauses (requested_at, id);

CREATE INDEX pauses_of_order ON pauses (order_id);

CREATE UNIQUE INDEX pauses_of_account_active ON pauses (supplier_id) WHERE status = 'active' AND order_id IS NULL;

CREATE UNIQUE INDEX pauses_of_order_active ON pauses (order_id) WHERE status = 'active';

CREATE INDEX pauses_to_remind_of ON pauses (remind_at) WHERE status = 'active';

CREATE INDEX pauses_to_begin ON pauses (starts_at) WHERE status = 'scheduled';

CREATE INDEX pauses_to_end ON pauses (returns_at) WHERE status = 'active' AND returns_by_itself = 1;

CREATE TABLE cancellations (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    status TEXT NOT NULL CHECK (status IN ('scheduled', 'effective', 'withdrawn', 'renewed', 'overtaken')),
    cancelled_by TEXT NOT NULL CHECK (cancelled_by IN ('supplier', 'staff')),
    requested_by TEXT,
    channel TEXT CHECK (channel IN ('phone', 'email', 'letter', 'in_person')),
    reason TEXT,
    comment TEXT,
    reason_skipped INTEGER NOT NULL CHECK (reason_skipped IN (0, 1)),
    retention_note TEXT,
    agreement_id INTEGER REFERENCES agreements (id),
    term TEXT NOT NULL CHECK (term IN ('rolling', 'days_30', 'days_90', 'months_6', 'year_1')),
    received_on TEXT NOT NULL,
    effective TEXT NOT NULL,
    rule TEXT,
    notice_window TEXT,
    last_day TEXT,
    effective_at INTEGER,
    remind_at INTEGER,
    ends_with_leads INTEGER NOT NULL CHECK (ends_with_leads IN (0, 1)),
    served INTEGER NOT NULL CHECK (served IN (0, 1)),
    withdrawable INTEGER NOT NULL CHECK (withdrawable IN (0, 1)),
    document_name TEXT,
    document TEXT,
    requested_at INTEGER NOT NULL,
    ended_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    updated_at INTEGER NOT NULL,
    CHECK ((ended_at IS NULL) = (status = 'scheduled')),
    CHECK ((document IS NULL) = (document_name IS NULL)),
    CHECK (status <> 'scheduled' OR effective_at IS NOT NULL OR ends_with_leads = 1)
) STRICT;

CREATE INDEX cancellations_by_supplier ON cancellations (supplier_id, requested_at, id);

CREATE INDEX cancellations_by_time ON cancellations (requested_at, id);

CREATE UNIQUE INDEX cancellations_scheduled ON cancellations (supplier_id) WHERE status = 'scheduled';

CREATE INDEX cancellations_to_take_effect ON cancellations (effective_at) WHERE status = 'scheduled';

CREATE TABLE coverage (
    id INTEGER PRIMARY KEY,
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    order_id INTEGER REFERENCES orders (id),
    kind TEXT NOT NULL CHECK (kind IN ('anywhere', 'country', 'us_state', 'us_zip', 'uk_area', 'uk_outcode')),
    value TEXT NOT NULL,
    effective_from INTEGER NOT NULL,
    effective_to INTEGER CHECK (effective_to > effective_from),
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX coverage_by_supplier ON coverage (supplier_id, created_at, id);

CREATE TABLE order_counters (
    order_id INTEGER NOT NULL REFERENCES orders (id),
    period TEXT NOT NULL CHECK (period IN ('day', 'week', 'month')),
    starts_on TEXT NOT NULL,
    used INTEGER NOT NULL CHECK (used >= 0),
    cap INTEGER NOT NULL,
    PRIMARY KEY (order_id, period, starts_on),
    CHECK (used <= cap)
) STRICT, WITHOUT ROWID;

CREATE TABLE market_version (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE lead_imports (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    product_id INTEGER NOT NULL REFERENCES lead_products (id),
    supplier_id INTEGER REFERENCES suppliers (id),
    status TEXT NOT NULL CHECK (status IN ('uploaded', 'checking', 'checked', 'running', 'done', 'failed', 'cancelled')),
    file_name TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    encoding TEXT NOT NULL,
    delimiter TEXT NOT NULL,
    found_columns TEXT NOT NULL DEFAULT '[]',
    mapping TEXT NOT NULL,
    source TEXT,
    total_rows INTEGER NOT NULL,
    done_rows INTEGER NOT NULL DEFAULT 0,
    counts TEXT NOT NULL DEFAULT '{}',
    check_result TEXT,
    problem TEXT,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE lead_import_files (
    import_id INTEGER NOT NULL REFERENCES lead_imports (id),
    content BLOB NOT NULL,
    PRIMARY KEY (import_id)
) STRICT;

CREATE TABLE lead_import_rows (
    import_id INTEGER NOT NULL REFERENCES lead_imports (id),
    row_number INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'duplicate', 'quarantined', 'rejected', 'unchanged', 'invalid')),
    lead_id INTEGER,
    errors TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (import_id, row_number)
) STRICT, WITHOUT ROWID;

CREATE TABLE leads (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    product_id INTEGER NOT NULL REFERENCES lead_products (id),
    status TEXT NOT NULL CHECK (status IN ('available', 'partly_sold', 'sold_out', 'quarantined', 'rejected', 'duplicate', 'withdrawn', 'expired', 'in_service', 'erased')),
    status_reason TEXT,
    sold INTEGER NOT NULL DEFAULT 0 CHECK (sold >= 0),
    max_buyers INTEGER NOT NULL CHECK (max_buyers >= 0),
    channel TEXT NOT NULL CHECK (channel IN ('api', 'csv', 'call', 'text', 'email', 'landing_page', 'console')),
    source TEXT,
    external_source TEXT NOT NULL,
    external_id TEXT,
    submitted_by TEXT NOT NULL,
    import_id INTEGER,
    owner_supplier_id INTEGER REFERENCES suppliers (id),
    owner_business_id INTEGER,
    duplicate_of INTEGER,
    country TEXT,
    region TEXT,
    postcode TEXT,
    city TEXT,
    answers TEXT NOT NULL DEFAULT '{}',
    enquired_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    erased_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK ((erased_at IS NULL) = (status <> 'erased')),
    CHECK (sold <= max_buyers),
    UNIQUE (programme_id, external_source, external_id)
) STRICT;

CREATE INDEX leads_by_programme ON leads (programme_id, created_at, id);

CREATE INDEX leads_by_created ON leads (created_at, id);

CREATE INDEX leads_by_status ON leads (status, created_at, id);

CREATE TABLE lead_sources (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    product_id INTEGER NOT NULL REFERENCES lead_products (id),
    kind TEXT NOT NULL CHECK (kind IN ('google_ads', 'meta', 'mapped', 'adf')),
    name TEXT NOT NULL,
    source TEXT,
    campaign TEXT,
    mapping TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL,
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_secret_until INTEGER,
    app_secret TEXT,
    requires_secret INTEGER NOT NULL,
    requests_per_minute INTEGER NOT NULL CHECK (requests_per_minute > 0),
    status TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
    last_received_at INTEGER,
    last_denied_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
    CHECK (requires_secret OR kind IN ('mapped', 'adf')),
    CHECK (app_secret IS NULL OR kind = 'meta')
) STRICT;

CREATE TABLE lead_source_posts (
    id INTEGER PRIMARY KEY,
    lead_source_id INTEGER NOT NULL REFERENCES lead_sources (id),
    received_at INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'unchanged', 'refused', 'ignored')),
    lead_id INTEGER REFERENCES leads (id),
    external_id TEXT,
    problem TEXT,
    detail TEXT,
    errors TEXT NOT NULL DEFAULT '[]',
    fields TEXT,
    reruns INTEGER NOT NULL DEFAULT 0 CHECK (reruns >= 0),
    CHECK ((lead_id IS NOT NULL) = (outcome IN ('accepted', 'unchanged'))),
    CHECK ((problem IS NOT NULL) = (outcome = 'refused')),
    CHECK (fields IS NULL OR outcome = 'refused')
) STRICT;

CREATE INDEX lead_source_posts_by_source ON lead_source_posts (lead_source_id, received_at, id);

CREATE INDEX lead_source_posts_by_time ON lead_source_posts (received_at);

CREATE INDEX lead_source_posts_kept ON lead_source_posts (received_at) WHERE fields IS NOT NULL;

CREATE TABLE lead_people (
    lead_id INTEGER NOT NULL REFERENCES leads (id),
    name TEXT,
    company TEXT,
    email TEXT,
    phone TEXT,
    phone_as_given TEXT,
    address TEXT,
    notes TEXT,
    PRIMARY KEY (lead_id)
) STRICT;

CREATE INDEX lead_people_by_email ON lead_people (email);

CREATE INDEX lead_people_by_phone ON lead_people (phone);

CREATE TABLE lead_consents (
    lead_id INTEGER NOT NULL REFERENCES leads (id),
    revision INTEGER NOT NULL CHECK (revision >= 1),
    text TEXT NOT NULL,
    text_version TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    ip TEXT,
    page_url TEXT,
    recipients TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (lead_id, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE lead_verifications (
    lead_id INTEGER NOT NULL REFERENCES leads (id),
    method TEXT NOT NULL CHECK (method IN ('phone_call', 'sms_code', 'email_link')),
    verified_at INTEGER NOT NULL,
    verified_by TEXT NOT NULL,
    recording_ref TEXT,
    PRIMARY KEY (lead_id)
) STRICT;

CREATE TABLE lead_fingerprints (
    programme_id INTEGER NOT NULL,
    scope TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('phone', 'email')),
    hash TEXT NOT NULL,
    lead_id INTEGER NOT NULL,
    live_until INTEGER NOT NULL,
    PRIMARY KEY (programme_id, scope, kind, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE lead_traces (
    lead_id INTEGER NOT NULL REFERENCES leads (id),
    attempt INTEGER NOT NULL,
    traced_at INTEGER NOT NULL,
    trace TEXT NOT NULL,
    PRIMARY KEY (lead_id, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    lead_id INTEGER NOT NULL REFERENCES leads (id),
    slot INTEGER NOT NULL CHECK (slot >= 1),
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    product_id INTEGER NOT NULL REFERENCES lead_products (id),
    order_id INTEGER NOT NULL REFERENCES orders (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    business_id INTEGER NOT NULL REFERENCES businesses (id),
    association_id INTEGER,
    price_minor INTEGER NOT NULL CHECK (price_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    resolved_policy_id INTEGER NOT NULL REFERENCES resolved_policies (id),
    delivered_at INTEGER NOT NULL,
    return_deadline_at INTEGER,
    billing_state TEXT NOT NULL CHECK (billing_state IN ('unbilled', 'return_pending', 'rejected', 'returned', 'invoiced', 'free', 'paid')),
    invoice_id INTEGER,
    replaces_delivery_id INTEGER,
    rejection_reason TEXT,
    seen_at INTEGER,
    rating INTEGER CHECK (rating BETWEEN 1 AND 5),
    outcome TEXT CHECK (outcome IN ('new', 'contacted', 'unreachable', 'appointment', 'quoted', 'won', 'lost')),
    outcome_at INTEGER,
    note TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    updated_at INTEGER NOT NULL,
    UNIQUE (lead_id, slot),
    UNIQUE (lead_id, supplier_id)
) STRICT;

CREATE UNIQUE INDEX deliveries_once_an_association ON deliveries (lead_id, association_id) WHERE association_id IS NOT NULL;

CREATE UNIQUE INDEX deliveries_once_a_replacement ON deliveries (replaces_delivery_id) WHERE replaces_delivery_id IS NOT NULL;

CREATE INDEX deliveries_by_supplier ON deliveries (supplier_id, delivered_at, id);

CREATE INDEX deliveries_by_time ON deliveries (delivered_at, id);

CREATE INDEX deliveries_to_bill ON deliveries (programme_id, delivered_at, supplier_id) WHERE billing_state IN ('unbilled', 'return_pending');

CREATE TABLE return_requests (
    id INTEGER PRIMARY KEY,
    delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
    lead_id INTEGER NOT NULL REFERENCES leads (id),
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    business_id INTEGER NOT NULL REFERENCES businesses (id),
    resolved_policy_id INTEGER NOT NULL REFERENCES resolved_policies (id),
    status TEXT NOT NULL CHECK (status IN ('in_review', 'info_needed', 'approved', 'denied', 'appealed', 'final_denied', 'withdrawn')),
    reason TEXT NOT NULL,
    reason_class TEXT NOT NULL CHECK (reason_class IN ('valid', 'review', 'non_valid')),
    note TEXT,
    thread TEXT NOT NULL DEFAULT '[]',
    channel TEXT NOT NULL CHECK (channel IN ('portal', 'email_link', 'api', 'staff')),
    submitted_by TEXT NOT NULL,
    submitted_at INTEGER NOT NULL,
    decision_due_at INTEGER,
    escalated_at INTEGER,
    suggestion TEXT CHECK (suggestion IN ('approve', 'deny')),
    suggestion_rule TEXT,
    decided_by TEXT,
    decided_at INTEGER,
    decision_rule TEXT,
    decision_clause TEXT,
    decision_evidence TEXT NOT NULL DEFAULT '{}',
    explanation TEXT,
    appealed_at INTEGER,
    first_reviewer_id INTEGER,
    remedy TEXT CHECK (remedy IN ('credit_note', 'line_dropped', 'replacement')),
    remedied_at INTEGER,
    override_reason TEXT,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX return_requests_by_supplier ON return_requests (supplier_id, submitted_at, id);

CREATE INDEX return_requests_by_time ON return_requests (submitted_at, id);

CREATE INDEX return_requests_due ON return_requests (decision_due_at) WHERE status IN ('in_review', 'info_needed', 'appealed') AND escalated_at IS NULL;

CREATE UNIQUE INDEX return_requests_one_live ON return_requests (delivery_id) WHERE status IN ('in_review', 'info_needed', 'approved', 'denied', 'appealed', 'final_denied');

CREATE TABLE replacements (
    id INTEGER PRIMARY KEY,
    return_request_id INTEGER NOT NULL UNIQUE REFERENCES return_requests (id),
    original_delivery_id INTEGER NOT NULL UNIQUE REFERENCES deliveries (id),
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    order_id INTEGER NOT NULL REFERENCES orders (id),
    product_id INTEGER NOT NULL REFERENCES lead_products (id),
    status TEXT NOT NULL CHECK (status IN ('owed', 'delivered', 'converted_to_credit', 'void')),
    filled_delivery_id INTEGER UNIQUE REFERENCES deliveries (id),
    owed_at INTEGER NOT NULL,
    settled_at INTEGER,
    credit_due_at INTEGER,
    credited_delivery_id INTEGER UNIQUE REFERENCES deliveries (id),
    version INTEGER NOT NULL DEFAULT 1,
    CHECK ((status = 'delivered') = (filled_delivery_id IS NOT NULL)),
    CHECK ((status = 'converted_to_credit') = (credited_delivery_id IS NOT NULL))
) STRICT;

CREATE INDEX replacements_owed ON replacements (order_id, owed_at, id) WHERE status = 'owed';

CREATE INDEX replacements_owed_by_product ON replacements (product_id, owed_at, id) WHERE status = 'owed';

CREATE INDEX replacements_to_credit ON replacements (credit_due_at) WHERE status = 'owed' AND credit_due_at IS NOT NULL;

CREATE INDEX replacements_by_supplier ON replacements (supplier_id, owed_at, id);

CREATE TABLE rate_review_runs (
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    counted_to INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (programme_id, counted_to)
) STRICT;

CREATE TABLE rate_reviews (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    counted_from INTEGER NOT NULL,
    counted_to INTEGER NOT NULL,
    deliveries INTEGER NOT NULL CHECK (deliveries >= 0),
    sent_back INTEGER NOT NULL CHECK (sent_back BETWEEN 0 AND deliveries),
    excused INTEGER NOT NULL CHECK (excused BETWEEN 0 AND sent_back),
    siblings INTEGER NOT NULL CHECK (siblings >= 0),
    siblings_kept INTEGER NOT NULL CHECK (siblings_kept BETWEEN 0 AND siblings),
    threshold TEXT NOT NULL,
    finding TEXT NOT NULL CHECK (finding IN ('too_few', 'fine', 'warned', 'case')),
    case_status TEXT CHECK (case_status IN ('open', 'kept', 'ended')),
    decided_by TEXT,
    decided_at INTEGER,
    decision_reason TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    UNIQUE (supplier_id, counted_to),
    CHECK (case_status IS NULL OR finding = 'case'),
    CHECK ((COALESCE(case_status, 'open') = 'open') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (decision_reason IS NULL))
) STRICT;

CREATE INDEX rate_reviews_by_time ON rate_reviews (created_at, id);

CREATE UNIQUE INDEX rate_reviews_one_open_case ON rate_reviews (supplier_id) WHERE case_status = 'open';

CREATE TABLE ledger_accounts (
    id INTEGER PRIMARY KEY,
    legal_entity_id INTEGER NOT NULL REFERENCES legal_entities (id),
    supplier_id INTEGER REFERENCES suppliers (id),
    kind TEXT NOT NULL CHECK (kind IN ('receivable', 'revenue', 'tax_payable', 'cash', 'write_off', 'allowance', 'wallet', 'drawn', 'rounding')),
    owner_key TEXT NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    balance_minor INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    UNIQUE (legal_entity_id, kind, owner_key, currency)
) STRICT;

CREATE TABLE journal_entries (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'payment', 'payment_reversal', 'refund', 'dispute', 'write_off', 'wallet')),
    reference TEXT NOT NULL,
    posted_at INTEGER NOT NULL,
    memo TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (kind, reference)
) STRICT;

CREATE TABLE postings (
    id INTEGER PRIMARY KEY,
    entry_id INTEGER NOT NULL REFERENCES journal_entries (id),
    account_id INTEGER NOT NULL REFERENCES ledger_accounts (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3)
) STRICT;

CREATE INDEX postings_by_entry ON postings (entry_id);

CREATE INDEX postings_by_account ON postings (account_id, id);

CREATE TABLE billing_runs (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    period_start_at INTEGER NOT NULL,
    period_end_at INTEGER NOT NULL CHECK (period_end_at > period_start_at),
    starts_on TEXT NOT NULL,
    ends_before TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('scheduled', 'running', 'done', 'parked')),
    suppliers_total INTEGER NOT NULL DEFAULT 0,
    suppliers_done INTEGER NOT NULL DEFAULT 0,
    invoices INTEGER NOT NULL DEFAULT 0,
    lines INTEGER NOT NULL DEFAULT 0,
    total_minor INTEGER NOT NULL DEFAULT 0,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    problem TEXT,
    accept_unusual INTEGER NOT NULL DEFAULT 0 CHECK (accept_unusual IN (0, 1)),
    started_by TEXT,
    started_at INTEGER,
    finished_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    UNIQUE (programme_id, period_start_at),
    UNIQUE (programme_id, period_end_at)
) STRICT;

CREATE TABLE plan_subscriptions (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    tier TEXT NOT NULL,
    label TEXT NOT NULL,
    min_units INTEGER NOT NULL CHECK (min_units > 0),
    unit_price_minor INTEGER NOT NULL CHECK (unit_price_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    grace TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending_payment', 'active', 'cancel_scheduled', 'ended')),
    started_on TEXT,
    renews_on TEXT,
    period INTEGER NOT NULL DEFAULT 0,
    ended_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((started_on IS NULL) = (period = 0)),
    CHECK ((status = 'ended') = (ended_at IS NOT NULL)),
    CHECK ((status IN ('active', 'cancel_scheduled')) = (renews_on IS NOT NULL))
) STRICT;

CREATE INDEX plan_subscriptions_by_supplier ON plan_subscriptions (supplier_id, created_at, id);

CREATE INDEX plan_subscriptions_by_time ON plan_subscriptions (created_at, id);

CREATE UNIQUE INDEX plan_subscriptions_one_live ON plan_subscriptions (supplier_id) WHERE status <> 'ended';

CREATE INDEX plan_subscriptions_to_renew ON plan_subscriptions (programme_id, renews_on) WHERE renews_on IS NOT NULL;

CREATE TABLE change_requests (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    order_id INTEGER REFERENCES orders (id),
    plan_subscription_id INTEGER REFERENCES plan_subscriptions (id),
    kind TEXT NOT NULL CHECK (kind IN ('coverage', 'category', 'volume', 'schedule', 'lead_contacts', 'billing_contact', 'plan', 'profile', 'business', 'other')),
    change TEXT NOT NULL,
    differences TEXT NOT NULL,
    prepared TEXT,
    status TEXT NOT NULL CHECK (status IN ('open', 'scheduled', 'applied', 'declined', 'superseded', 'withdrawn', 'failed')),
    asked_by TEXT NOT NULL CHECK (asked_by IN ('supplier', 'staff')),
    requested_by TEXT,
    channel TEXT CHECK (channel IN ('phone', 'email', 'letter', 'in_person')),
    reason TEXT,
    requested_at INTEGER NOT NULL,
    earliest_at INTEGER NOT NULL CHECK (earliest_at >= requested_at),
    effective_at INTEGER NOT NULL CHECK (effective_at >= requested_at),
    override_reason TEXT,
    decided_at INTEGER,
    decided_by INTEGER REFERENCES users (id),
    decided_by_name TEXT,
    answer TEXT,
    applied_at INTEGER,
    closed_at INTEGER,
    failure TEXT,
    superseded_by_id INTEGER REFERENCES change_requests (id),
    version INTEGER NOT NULL DEFAULT 1,
    updated_at INTEGER NOT NULL,
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
) STRICT;

CREATE INDEX change_requests_by_supplier ON change_requests (supplier_id, requested_at, id);

CREATE INDEX change_requests_by_time ON change_requests (requested_at, id);

CREATE INDEX change_requests_due ON change_requests (effective_at) WHERE status = 'scheduled';

CREATE INDEX change_requests_open ON change_requests (requested_at, id) WHERE status = 'open';

CREATE TABLE packages (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    business_id INTEGER NOT NULL REFERENCES businesses (id),
    kind TEXT NOT NULL CHECK (kind IN ('introductory', 'running')),
    status TEXT NOT NULL CHECK (status IN ('pending_payment', 'running', 'complete', 'cancelled')),
    leads INTEGER NOT NULL CHECK (leads > 0),
    delivered INTEGER NOT NULL DEFAULT 0 CHECK (delivered >= 0),
    price_minor INTEGER NOT NULL CHECK (price_minor > 0),
    setup_minor INTEGER NOT NULL CHECK (setup_minor >= 0),
    advance_pct TEXT NOT NULL,
    advance_each_minor INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    started_at INTEGER,
    completed_at INTEGER,
    cancelled_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
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
) STRICT;

CREATE INDEX packages_by_supplier ON packages (supplier_id, created_at, id);

CREATE INDEX packages_by_time ON packages (created_at, id);

CREATE INDEX packages_by_business ON packages (business_id, status, id);

CREATE UNIQUE INDEX packages_one_waiting ON packages (business_id) WHERE status = 'pending_payment';

CREATE UNIQUE INDEX packages_one_introduction ON packages (business_id) WHERE kind = 'introductory' AND (status <> 'cancelled' OR completed_at IS NOT NULL);

CREATE TABLE package_leads (
    delivery_id INTEGER PRIMARY KEY REFERENCES deliveries (id),
    package_id INTEGER NOT NULL REFERENCES packages (id)
) STRICT;

CREATE INDEX package_leads_by_package ON package_leads (package_id);

CREATE TABLE invoices (
    id INTEGER PRIMARY KEY,
    billing_run_id INTEGER REFERENCES billing_runs (id),
    checkout_id INTEGER UNIQUE REFERENCES checkouts (id),
    plan_subscription_id INTEGER REFERENCES plan_subscriptions (id),
    package_id INTEGER UNIQUE REFERENCES packages (id),
    legal_entity_id INTEGER NOT NULL REFERENCES legal_entities (id),
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    number TEXT,
    sequence INTEGER,
    status TEXT NOT NULL CHECK (status IN ('draft', 'open', 'partly_paid', 'paid', 'overdue', 'uncollectible', 'void')),
    starts_on TEXT NOT NULL,
    ends_before TEXT NOT NULL,
    issued_at INTEGER,
    due_on TEXT,
    collect_on TEXT,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    line_count INTEGER NOT NULL DEFAULT 0,
    net_minor INTEGER NOT NULL DEFAULT 0,
    tax_minor INTEGER NOT NULL DEFAULT 0,
    total_minor INTEGER NOT NULL DEFAULT 0,
    paid_minor INTEGER NOT NULL DEFAULT 0 CHECK (paid_minor >= 0),
    credited_minor INTEGER NOT NULL DEFAULT 0 CHECK (credited_minor >= 0),
    credit_applied_minor INTEGER NOT NULL DEFAULT 0 CHECK (credit_applied_minor >= 0),
    doubtful_minor INTEGER NOT NULL DEFAULT 0 CHECK (doubtful_minor >= 0),
    taxes TEXT NOT NULL,
    seller TEXT NOT NULL,
    buyer TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (total_minor = net_minor + tax_minor),
    CHECK (paid_minor + credited_minor + credit_applied_minor <= total_minor),
    CHECK ((status = 'draft') = (number IS NULL)),
    CHECK (CASE WHEN billing_run_id IS NULL THEN 0 ELSE 1 END + CASE WHEN checkout_id IS NULL THEN 0 ELSE 1 END + CASE WHEN plan_subscription_id IS NULL THEN 0 ELSE 1 END + CASE WHEN package_id IS NULL THEN 0 ELSE 1 END = 1),
    UNIQUE (billing_run_id, supplier_id),
    UNIQUE (legal_entity_id, sequence),
    UNIQUE (number)
) STRICT;

CREATE INDEX invoices_by_supplier ON invoices (supplier_id, created_at, id);

CREATE INDEX invoices_by_time ON invoices (created_at, id);

CREATE INDEX invoices_to_fall_due ON invoices (due_on) WHERE status IN ('open', 'partly_paid');

CREATE TABLE plan_periods (
    subscription_id INTEGER NOT NULL REFERENCES plan_subscriptions (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    starts_on TEXT NOT NULL,
    ends_before TEXT NOT NULL,
    tier TEXT NOT NULL,
    label TEXT NOT NULL,
    min_units INTEGER NOT NULL CHECK (min_units > 0),
    unit_price_minor INTEGER NOT NULL CHECK (unit_price_minor > 0),
    used INTEGER,
    overage INTEGER,
    invoice_id INTEGER NOT NULL UNIQUE REFERENCES invoices (id),
    PRIMARY KEY (subscription_id, number),
    CHECK (starts_on < ends_before),
    CHECK ((used IS NULL) = (overage IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_usage (
    lead_id INTEGER PRIMARY KEY REFERENCES leads (id),
    subscription_id INTEGER NOT NULL REFERENCES plan_subscriptions (id),
    number INTEGER NOT NULL CHECK (number >= 1)
) STRICT;

CREATE INDEX plan_usage_by_period ON plan_usage (subscription_id, number);

CREATE TABLE call_queue (
    lead_id INTEGER PRIMARY KEY REFERENCES leads (id),
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    subscription_id INTEGER NOT NULL REFERENCES plan_subscriptions (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'closed', 'removed')),
    removed_because TEXT CHECK (removed_because IN ('plan_ended', 'account_over', 'lead_withdrawn', 'do_not_call')),
    phone_hash TEXT,
    queued_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    is_callback INTEGER NOT NULL CHECK (is_callback IN (0, 1)),
    turn INTEGER NOT NULL,
    claimed_by TEXT,
    claimed_by_name TEXT,
    claimed_until INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    disposition TEXT,
    last_called_at INTEGER,
    touched_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK ((removed_because IS NULL) = (state <> 'removed')),
    CHECK ((claimed_by IS NULL) = (claimed_until IS NULL)),
    CHECK ((claimed_by IS NULL) = (claimed_by_name IS NULL)),
    CHECK (state <> 'claimed' OR claimed_by IS NOT NULL),
    CHECK (state NOT IN ('waiting', 'closed') OR claimed_by IS NULL),
    CHECK ((attempts = 0) = (disposition IS NULL)),
    CHECK ((attempts = 0) = (last_called_at IS NULL))
) STRICT;

CREATE INDEX call_queue_by_turn ON call_queue (turn, lead_id) WHERE state IN ('waiting', 'claimed');

CREATE INDEX call_queue_of_supplier ON call_queue (supplier_id, touched_at, lead_id);

CREATE INDEX call_queue_of_plan ON call_queue (subscription_id, state);

CREATE INDEX call_queue_by_phone ON call_queue (supplier_id, phone_hash) WHERE state IN ('waiting', 'claimed');

CREATE INDEX call_queue_of_caller ON call_queue (claimed_by) WHERE state = 'claimed';

CREATE INDEX call_queue_by_activity ON call_queue (touched_at, lead_id);

CREATE TABLE call_attempts (
    id INTEGER PRIMARY KEY,
    lead_id INTEGER NOT NULL REFERENCES call_queue (lead_id),
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    called_by TEXT NOT NULL,
    called_by_name TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    duration_seconds INTEGER NOT NULL CHECK (duration_seconds BETWEEN 0 AND 14400),
    disposition TEXT NOT NULL,
    disposition_label TEXT NOT NULL,
    closes INTEGER NOT NULL CHECK (closes IN (0, 1)),
    do_not_call INTEGER NOT NULL CHECK (do_not_call IN (0, 1)),
    callback_at INTEGER,
    note TEXT,
    corrects_id INTEGER UNIQUE REFERENCES call_attempts (id),
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX call_attempts_of_lead ON call_attempts (lead_id, id);

CREATE INDEX call_attempts_of_supplier ON call_attempts (supplier_id, created_at, id);

CREATE INDEX call_attempts_by_time ON call_attempts (created_at, id);

CREATE TABLE do_not_call (
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    phone_hash TEXT NOT NULL,
    attempt_id INTEGER NOT NULL REFERENCES call_attempts (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (supplier_id, phone_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE invoice_lines (
    id INTEGER PRIMARY KEY,
    invoice_id INTEGER NOT NULL REFERENCES invoices (id),
    position INTEGER NOT NULL,
    delivery_id INTEGER UNIQUE REFERENCES deliveries (id),
    kind TEXT NOT NULL CHECK (kind IN ('lead', 'package', 'order', 'plan')),
    description TEXT NOT NULL,
    tax_position INTEGER NOT NULL CHECK (tax_position >= 0),
    net_minor INTEGER NOT NULL,
    tax_minor INTEGER NOT NULL,
    credited_minor INTEGER NOT NULL DEFAULT 0 CHECK (credited_minor >= 0),
    UNIQUE (invoice_id, position)
) STRICT;

CREATE TABLE credit_notes (
    id INTEGER PRIMARY KEY,
    legal_entity_id INTEGER NOT NULL REFERENCES legal_entities (id),
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    invoice_id INTEGER NOT NULL REFERENCES invoices (id),
    invoice_line_id INTEGER NOT NULL REFERENCES invoice_lines (id),
    return_request_id INTEGER UNIQUE REFERENCES return_requests (id),
    number TEXT NOT NULL UNIQUE,
    sequence INTEGER NOT NULL,
    reason TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    net_minor INTEGER NOT NULL CHECK (net_minor >= 0),
    tax_minor INTEGER NOT NULL,
    total_minor INTEGER NOT NULL,
    applied_minor INTEGER NOT NULL CHECK (applied_minor >= 0),
    CHECK (total_minor = net_minor + tax_minor),
    UNIQUE (legal_entity_id, sequence)
) STRICT;

CREATE INDEX credit_notes_by_supplier ON credit_notes (supplier_id, issued_at, id);

CREATE TABLE gateway_customers (
    supplier_id INTEGER PRIMARY KEY REFERENCES suppliers (id),
    reference TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE payment_authorisations (
    supplier_id INTEGER PRIMARY KEY REFERENCES suppliers (id),
    auto_bill INTEGER NOT NULL DEFAULT 0 CHECK (auto_bill IN (0, 1)),
    revoked_at INTEGER,
    changed_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE payment_methods (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    kind TEXT NOT NULL CHECK (kind IN ('card', 'ach', 'direct_debit', 'bank_account', 'paypal', 'apple_pay', 'android_pay')),
    token TEXT NOT NULL UNIQUE,
    brand TEXT NOT NULL,
    last4 TEXT,
    expires_on TEXT,
    status TEXT NOT NULL CHECK (status IN ('active', 'removed')),
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    added_by TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX payment_methods_by_supplier ON payment_methods (supplier_id, created_at, id);

CREATE UNIQUE INDEX payment_methods_one_default ON payment_methods (supplier_id) WHERE is_default = 1 AND status = 'active';

CREATE INDEX payment_methods_by_expiry ON payment_methods (expires_on) WHERE expires_on IS NOT NULL AND status = 'active';

CREATE TABLE payment_method_sessions (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    kind TEXT NOT NULL CHECK (kind IN ('card', 'ach', 'direct_debit', 'bank_account', 'paypal', 'apple_pay', 'android_pay')),
    status TEXT NOT NULL CHECK (status IN ('open', 'complete', 'expired')),
    reference TEXT UNIQUE,
    url TEXT,
    payment_method_id INTEGER REFERENCES payment_methods (id),
    checkout_id INTEGER REFERENCES checkouts (id),
    asked_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE payments (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    legal_entity_id INTEGER NOT NULL REFERENCES legal_entities (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('invoice', 'checkout', 'wallet_top_up', 'first_period', 'plan', 'package')),
    invoice_id INTEGER REFERENCES invoices (id),
    checkout_id INTEGER REFERENCES checkouts (id),
    plan_subscription_id INTEGER REFERENCES plan_subscriptions (id),
    package_id INTEGER REFERENCES packages (id),
    channel TEXT NOT NULL CHECK (channel IN ('recorded', 'gateway')),
    origin TEXT NOT NULL CHECK (origin IN ('recorded', 'collection', 'by_hand', 'revocation', 'cancellation', 'refill', 'renewal')),
    method TEXT NOT NULL CHECK (method IN ('bank_transfer', 'bacs', 'card', 'direct_debit', 'ach', 'cheque', 'bank_account', 'paypal', 'apple_pay', 'android_pay', 'other')),
    payment_method_id INTEGER REFERENCES payment_methods (id),
    reference TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('created', 'pending', 'unknown', 'failed', 'scheduled_retry', 'exhausted', 'succeeded', 'part_refunded', 'refunded', 'disputed', 'dispute_lost', 'void')),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    captured_minor INTEGER NOT NULL DEFAULT 0 CHECK (captured_minor >= 0),
    applied_minor INTEGER NOT NULL DEFAULT 0 CHECK (applied_minor >= 0),
    refunded_minor INTEGER NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
    lost_minor INTEGER NOT NULL DEFAULT 0 CHECK (lost_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    received_on TEXT,
    recorded_by TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    failure TEXT,
    next_attempt_at INTEGER,
    late_at INTEGER,
    alerted_at INTEGER,
    void_reason TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (purpose <> 'invoice' OR invoice_id IS NOT NULL),
    CHECK ((purpose = 'checkout') = (checkout_id IS NOT NULL)),
    CHECK ((purpose = 'plan') = (plan_subscription_id IS NOT NULL)),
    CHECK ((purpose = 'package') = (package_id IS NOT NULL)),
    CHECK (applied_minor <= captured_minor),
    CHECK (refunded_minor + lost_minor <= captured_minor),
    UNIQUE (invoice_id, reference)
) STRICT;

CREATE TABLE wallets (
    supplier_id INTEGER PRIMARY KEY REFERENCES suppliers (id),
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    legal_entity_id INTEGER NOT NULL REFERENCES legal_entities (id),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
    balance_minor INTEGER NOT NULL DEFAULT 0,
    limit_minor INTEGER NOT NULL DEFAULT 0 CHECK (limit_minor <= 0),
    refill TEXT NOT NULL CHECK (refill IN ('monthly_on_1st', 'low_balance', 'manual')),
    refill_minor INTEGER CHECK (refill_minor > 0),
    refill_below_minor INTEGER,
    refill_on TEXT,
    refill_due_at INTEGER,
    refill_payment_id INTEGER REFERENCES payments (id),
    notice_below_minor INTEGER,
    funded_at INTEGER,
    closed_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (balance_minor >= limit_minor),
    CHECK (refill <> 'low_balance' OR (refill_minor IS NOT NULL AND refill_below_minor IS NOT NULL)),
    CHECK (status = 'open' OR balance_minor = 0)
) STRICT;

CREATE INDEX wallets_to_refill ON wallets (refill_due_at) WHERE refill_due_at IS NOT NULL;

CREATE TABLE wallet_entries (
    id INTEGER PRIMARY KEY,
    supplier_id INTEGER NOT NULL REFERENCES wallets (supplier_id),
    kind TEXT NOT NULL CHECK (kind IN ('top_up', 'lead', 'lead_returned', 'credit_note', 'settlement', 'refund', 'refund_released', 'dispute', 'reversal')),
    amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
    balance_minor INTEGER NOT NULL,
    delivery_id INTEGER,
    payment_id INTEGER,
    invoice_id INTEGER,
    credit_note_id INTEGER,
    refund_id INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX wallet_entries_by_supplier ON wallet_entries (supplier_id, created_at, id);

CREATE INDEX wallet_entries_by_delivery ON wallet_entries (delivery_id) WHERE delivery_id IS NOT NULL;

CREATE INDEX wallet_entries_by_refund ON wallet_entries (refund_id) WHERE refund_id IS NOT NULL;

-- What came by a bank transfer is recorded once; a mistake that was made void may be recorded anew.
CREATE UNIQUE INDEX payments_recorded_for_wallet ON payments (supplier_id, reference) WHERE purpose = 'wallet_top_up' AND channel = 'recorded' AND status <> 'void';

CREATE TABLE account_credits (
    credit_note_id INTEGER PRIMARY KEY REFERENCES credit_notes (id),
    legal_entity_id INTEGER NOT NULL REFERENCES legal_entities (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    granted_minor INTEGER NOT NULL CHECK (granted_minor > 0),
    used_minor INTEGER NOT NULL DEFAULT 0 CHECK (used_minor >= 0),
    refunded_minor INTEGER NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (used_minor + refunded_minor <= granted_minor)
) STRICT;

CREATE INDEX account_credits_left ON account_credits (supplier_id, legal_entity_id, currency, credit_note_id) WHERE used_minor + refunded_minor < granted_minor;

CREATE TABLE credit_allocations (
    id INTEGER PRIMARY KEY,
    credit_note_id INTEGER NOT NULL REFERENCES account_credits (credit_note_id),
    invoice_id INTEGER NOT NULL REFERENCES invoices (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX credit_allocations_by_invoice ON credit_allocations (invoice_id);

CREATE INDEX credit_allocations_by_note ON credit_allocations (credit_note_id);

CREATE TABLE credit_refunds (
    id INTEGER PRIMARY KEY,
    credit_note_id INTEGER NOT NULL REFERENCES account_credits (credit_note_id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    reference TEXT NOT NULL,
    refunded_on TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (credit_note_id, reference)
) STRICT;

CREATE TABLE month_closes (
    id INTEGER PRIMARY KEY,
    legal_entity_id INTEGER NOT NULL REFERENCES legal_entities (id),
    month TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
    entries INTEGER NOT NULL CHECK (entries >= 0),
    closed_by TEXT NOT NULL,
    closed_at INTEGER NOT NULL,
    reopened_by TEXT,
    reopened_at INTEGER,
    reopen_reason TEXT,
    CHECK ((reopened_at IS NULL) = (reopened_by IS NULL) AND (reopened_at IS NULL) = (reopen_reason IS NULL))
) STRICT;

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
    id INTEGER PRIMARY KEY,
    payment_id INTEGER NOT NULL REFERENCES payments (id),
    number INTEGER NOT NULL,
    payment_method_id INTEGER NOT NULL REFERENCES payment_methods (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    status TEXT NOT NULL CHECK (status IN ('created', 'unknown', 'pending', 'failed', 'succeeded')),
    reference TEXT UNIQUE,
    failure TEXT,
    dispute TEXT CHECK (dispute IN ('open', 'won', 'lost')),
    sent_at INTEGER,
    ask_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (payment_id, number)
) STRICT;

CREATE UNIQUE INDEX payment_attempts_one_live ON payment_attempts (payment_id) WHERE status IN ('created', 'unknown', 'pending');

CREATE INDEX payment_attempts_to_resolve ON payment_attempts (status, created_at) WHERE status IN ('created', 'unknown', 'pending');

CREATE TABLE allocations (
    id INTEGER PRIMARY KEY,
    invoice_id INTEGER NOT NULL REFERENCES invoices (id),
    payment_id INTEGER REFERENCES payments (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX allocations_by_invoice ON allocations (invoice_id, id);

CREATE INDEX allocations_by_payment ON allocations (payment_id, id);

CREATE TABLE collections (
    invoice_id INTEGER PRIMARY KEY REFERENCES invoices (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('charged', 'by_hand', 'no_method', 'nothing_open', 'paid_already')),
    payment_id INTEGER REFERENCES payments (id),
    decided_at INTEGER NOT NULL
) STRICT;

CREATE INDEX collections_without_method ON collections (supplier_id) WHERE outcome = 'no_method';

CREATE TABLE rule_suspensions (
    supplier_id INTEGER PRIMARY KEY REFERENCES suppliers (id),
    cause TEXT NOT NULL CHECK (cause IN ('debt', 'revoked')),
    suspended_at INTEGER NOT NULL
) STRICT;

-- Staff have activated an account in spite of what it owed: invoices due before this day suspend it no more.
CREATE TABLE debt_excuses (
    supplier_id INTEGER PRIMARY KEY REFERENCES suppliers (id),
    due_before TEXT NOT NULL,
    excused_at INTEGER NOT NULL
) STRICT;

CREATE TABLE refunds (
    id INTEGER PRIMARY KEY,
    payment_id INTEGER NOT NULL REFERENCES payments (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    status TEXT NOT NULL CHECK (status IN ('awaiting_approval', 'approved', 'pending', 'unknown', 'succeeded', 'failed', 'refused')),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    reason TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_by_name TEXT NOT NULL,
    decided_by TEXT,
    decided_by_name TEXT,
    decision_note TEXT,
    reference TEXT UNIQUE,
    failure TEXT,
    sent_at INTEGER,
    asked_at INTEGER,
    sent_again_as INTEGER UNIQUE REFERENCES refunds (id),
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX refunds_by_payment ON refunds (payment_id, id);

CREATE INDEX refunds_by_time ON refunds (created_at, id);

CREATE INDEX refunds_by_asking ON refunds (asked_at) WHERE asked_at IS NOT NULL;

CREATE INDEX refunds_to_send ON refunds (status, created_at) WHERE status IN ('approved', 'pending', 'unknown');

CREATE TABLE gateway_events (
    id INTEGER PRIMARY KEY,
    gateway TEXT NOT NULL,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    outcome TEXT CHECK (outcome IN ('applied', 'ignored')),
    received_at INTEGER NOT NULL,
    UNIQUE (gateway, event_id)
) STRICT;

CREATE INDEX gateway_events_to_apply ON gateway_events (received_at) WHERE outcome IS NULL;

CREATE TABLE reconciliations (
    id INTEGER PRIMARY KEY,
    day TEXT NOT NULL UNIQUE,
    charges INTEGER NOT NULL,
    differences INTEGER NOT NULL,
    made_at INTEGER NOT NULL
) STRICT;

CREATE TABLE reconciliation_differences (
    id INTEGER PRIMARY KEY,
    reconciliation_id INTEGER NOT NULL REFERENCES reconciliations (id),
    kind TEXT NOT NULL CHECK (kind IN ('missed_news', 'unknown_at_gateway', 'unknown_here', 'amount', 'refund')),
    payment_id INTEGER REFERENCES payments (id),
    reference TEXT NOT NULL,
    detail TEXT NOT NULL,
    mended INTEGER NOT NULL DEFAULT 0 CHECK (mended IN (0, 1)),
    created_at INTEGER NOT NULL,
    resolved_at INTEGER,
    resolved_by TEXT,
    resolution TEXT,
    CHECK ((resolved_at IS NULL) = (resolved_by IS NULL) AND (resolved_at IS NULL) = (resolution IS NULL))
) STRICT;

CREATE INDEX reconciliation_differences_by_day ON reconciliation_differences (reconciliation_id, id);

CREATE INDEX reconciliation_differences_open ON reconciliation_differences (created_at, id) WHERE mended = 0 AND resolved_at IS NULL;

CREATE TABLE sandbox_gateway_objects (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    customer TEXT,
    behaviour TEXT,
    idempotency_key TEXT UNIQUE,
    body TEXT NOT NULL,
    due_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sandbox_gateway_objects_by_kind ON sandbox_gateway_objects (kind, created_at, id);

CREATE INDEX sandbox_gateway_objects_due ON sandbox_gateway_objects (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE sandbox_gateway_events (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    delivered_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sandbox_gateway_events_to_send ON sandbox_gateway_events (id) WHERE delivered_at IS NULL;

CREATE TABLE support_tickets (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    topic TEXT NOT NULL CHECK (topic IN ('leads', 'returns', 'billing', 'orders', 'account', 'other')),
    subject TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'answered', 'closed')),
    opened_by INTEGER NOT NULL REFERENCES users (id),
    opened_by_name TEXT NOT NULL,
    delivery_id INTEGER REFERENCES deliveries (id),
    invoice_id INTEGER REFERENCES invoices (id),
    call_back_phone TEXT,
    assigned_to INTEGER REFERENCES users (id),
    reply_due_at INTEGER,
    late_told_at INTEGER,
    first_answered_at INTEGER,
    closed_at INTEGER,
    opened_at INTEGER NOT NULL,
    last_written_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK ((closed_at IS NULL) = (status IN ('open', 'answered'))),
    CHECK (reply_due_at IS NULL OR status = 'open'),
    CHECK (late_told_at IS NULL OR status = 'open')
) STRICT;

CREATE INDEX support_tickets_by_time ON support_tickets (opened_at, id);

CREATE INDEX support_tickets_by_supplier ON support_tickets (supplier_id, opened_at, id);

CREATE INDEX support_tickets_waiting ON support_tickets (reply_due_at) WHERE status = 'open';

CREATE TABLE support_messages (
    id INTEGER PRIMARY KEY,
    ticket_id INTEGER NOT NULL REFERENCES support_tickets (id),
    author TEXT NOT NULL CHECK (author IN ('supplier', 'staff')),
    author_id INTEGER NOT NULL REFERENCES users (id),
    author_name TEXT NOT NULL,
    text TEXT NOT NULL,
    by_phone INTEGER NOT NULL CHECK (by_phone IN (0, 1)),
    internal INTEGER NOT NULL CHECK (internal IN (0, 1)),
    written_at INTEGER NOT NULL,
    CHECK (author = 'staff' OR (internal = 0 AND by_phone = 0))
) STRICT;

CREATE INDEX support_messages_by_ticket ON support_messages (ticket_id, written_at, id);

CREATE TABLE subject_requests (
    id INTEGER PRIMARY KEY,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
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
    opened_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    export_until INTEGER,
    export_leads TEXT,
    decided_at INTEGER,
    decided_by_name TEXT,
    refusal TEXT,
    leads INTEGER NOT NULL DEFAULT 0 CHECK (leads >= 0),
    recipients INTEGER NOT NULL DEFAULT 0 CHECK (recipients >= 0),
    recipients_waiting INTEGER NOT NULL DEFAULT 0 CHECK (recipients_waiting BETWEEN 0 AND recipients),
    version INTEGER NOT NULL DEFAULT 1,
    CHECK (status <> 'open' OR phone IS NOT NULL OR email IS NOT NULL OR lead_reference IS NOT NULL OR (name IS NOT NULL AND postcode IS NOT NULL)),
    CHECK ((decided_at IS NULL) = (status = 'open')),
    CHECK ((decided_by_name IS NULL) = (status = 'open')),
    CHECK ((refusal IS NOT NULL) = (status = 'refused')),
    CHECK ((recipients_waiting > 0) = (status = 'awaiting_recipients')),
    CHECK (status = 'open' OR (name IS NULL AND phone IS NULL AND email IS NULL AND postcode IS NULL AND lead_reference IS NULL AND identity_note IS NULL)),
    CHECK (export_until IS NULL OR status = 'open'),
    CHECK (export_leads IS NULL OR export_until IS NOT NULL)
) STRICT;

CREATE INDEX subject_requests_by_time ON subject_requests (opened_at, id);

CREATE INDEX subject_requests_open ON subject_requests (due_at) WHERE status = 'open';

CREATE TABLE erasure_notices (
    id INTEGER PRIMARY KEY,
    subject_request_id INTEGER REFERENCES subject_requests (id),
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    business_id INTEGER NOT NULL REFERENCES businesses (id),
    lead_id INTEGER NOT NULL REFERENCES leads (id),
    delivery_id INTEGER NOT NULL UNIQUE REFERENCES deliveries (id),
    told_at INTEGER NOT NULL,
    remind_at INTEGER,
    due_at INTEGER NOT NULL CHECK (due_at > told_at),
    reminded_at INTEGER,
    late_told_at INTEGER,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
) STRICT;

CREATE INDEX erasure_notices_by_time ON erasure_notices (told_at, id);

CREATE INDEX erasure_notices_by_supplier ON erasure_notices (supplier_id, told_at, id);

CREATE INDEX erasure_notices_of_request ON erasure_notices (subject_request_id);

CREATE INDEX erasure_notices_to_remind ON erasure_notices (remind_at) WHERE acknowledged_at IS NULL AND reminded_at IS NULL;

CREATE INDEX erasure_notices_due ON erasure_notices (due_at) WHERE acknowledged_at IS NULL AND late_told_at IS NULL;

CREATE TABLE lead_holds (
    id INTEGER PRIMARY KEY,
    lead_id INTEGER NOT NULL REFERENCES leads (id),
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    reason TEXT NOT NULL,
    held_by_name TEXT NOT NULL,
    held_at INTEGER NOT NULL,
    lifted_at INTEGER,
    lifted_by_name TEXT,
    CHECK ((lifted_at IS NULL) = (lifted_by_name IS NULL))
) STRICT;

CREATE UNIQUE INDEX lead_holds_one_at_a_time ON lead_holds (lead_id) WHERE lifted_at IS NULL;

CREATE INDEX lead_holds_by_time ON lead_holds (held_at, id);

CREATE TABLE retention_passes (
    programme_id INTEGER PRIMARY KEY REFERENCES programmes (id),
    day TEXT NOT NULL,
    after_time INTEGER NOT NULL,
    after_lead INTEGER NOT NULL,
    waiting TEXT NOT NULL DEFAULT '{}',
    waited TEXT NOT NULL DEFAULT '{}',
    finished_at INTEGER,
    looked_at INTEGER
) STRICT;

CREATE TABLE retention_removals (
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    removed_on TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('sold_leads', 'unsold_leads', 'refused_leads', 'recordings', 'import_files', 'refused_posts')),
    removed INTEGER NOT NULL CHECK (removed > 0),
    PRIMARY KEY (programme_id, removed_on, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE suppressions (
    kind TEXT NOT NULL CHECK (kind IN ('phone', 'email')),
    hash TEXT NOT NULL,
    subject_request_id INTEGER REFERENCES subject_requests (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (kind, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_acceptances (
    id INTEGER PRIMARY KEY,
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    key TEXT NOT NULL,
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    accepted_by TEXT NOT NULL,
    accepted_by_name TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    address TEXT,
    UNIQUE (supplier_id, key, version)
) STRICT;

CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    happened_at INTEGER NOT NULL,
    programme_id INTEGER,
    supplier_id INTEGER,
    subject TEXT NOT NULL,
    data TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX events_by_subject ON events (subject, id);

CREATE TABLE webhook_endpoints (
    id INTEGER PRIMARY KEY,
    supplier_id INTEGER REFERENCES suppliers (id),
    programme_id INTEGER REFERENCES programmes (id),
    only_supplier_id INTEGER REFERENCES suppliers (id),
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,
    includes TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'disabled', 'deleted')),
    disabled_because TEXT CHECK (disabled_because IN ('gone', 'failing')),
    failing_since INTEGER,
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_secret_until INTEGER,
    sent_up_to INTEGER NOT NULL,
    log_from INTEGER NOT NULL,
    replay_from INTEGER,
    replay_up_to INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK ((disabled_because IS NOT NULL) = (status = 'disabled')),
    CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
    CHECK ((secret = '') = (status = 'deleted')),
    CHECK ((replay_from IS NULL) = (replay_up_to IS NULL)),
    CHECK (supplier_id IS NULL OR only_supplier_id IS NULL)
) STRICT;

CREATE INDEX webhook_endpoints_by_supplier ON webhook_endpoints (supplier_id, created_at, id);

CREATE TABLE delivery_targets (
    id INTEGER PRIMARY KEY,
    endpoint_id INTEGER NOT NULL UNIQUE REFERENCES webhook_endpoints (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    kind TEXT NOT NULL CHECK (kind IN ('adf_mail', 'adf_post', 'form_post', 'json_post')),
    business_id INTEGER REFERENCES businesses (id),
    order_id INTEGER REFERENCES orders (id),
    fields TEXT NOT NULL,
    auth TEXT NOT NULL CHECK (auth IN ('none', 'basic', 'header')),
    auth_name TEXT,
    created_at INTEGER NOT NULL,
    CHECK ((auth_name IS NULL) = (auth = 'none'))
) STRICT;

CREATE INDEX delivery_targets_by_supplier ON delivery_targets (supplier_id, created_at, id);

CREATE TABLE webhook_deliveries (
    id INTEGER PRIMARY KEY,
    endpoint_id INTEGER NOT NULL REFERENCES webhook_endpoints (id),
    event_id INTEGER NOT NULL REFERENCES events (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'dead', 'skipped')),
    attempts INTEGER NOT NULL DEFAULT 0,
    retries INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER,
    lease INTEGER,
    leased_until INTEGER,
    last_status_code INTEGER,
    last_fault TEXT,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    UNIQUE (endpoint_id, event_id),
    CHECK ((next_attempt_at IS NOT NULL) = (status = 'pending')),
    CHECK ((finished_at IS NULL) = (status = 'pending')),
    CHECK ((lease IS NULL) = (leased_until IS NULL)),
    CHECK (status <> 'delivered' OR attempts > 0)
) STRICT;

CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (endpoint_id, created_at, id);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at) WHERE status = 'pending';

CREATE INDEX webhook_deliveries_in_order ON webhook_deliveries (endpoint_id, subject, event_id) WHERE status = 'pending';

CREATE INDEX webhook_deliveries_finished ON webhook_deliveries (finished_at) WHERE status <> 'pending';

CREATE TABLE webhook_attempts (
    id INTEGER PRIMARY KEY,
    delivery_id INTEGER NOT NULL REFERENCES webhook_deliveries (id),
    started_at INTEGER NOT NULL,
    took_ms INTEGER NOT NULL CHECK (took_ms >= 0),
    status_code INTEGER,
    fault TEXT,
    answer TEXT
) STRICT;

CREATE INDEX webhook_attempts_of_delivery ON webhook_attempts (delivery_id, id);

CREATE TABLE audit_entries (
    id INTEGER PRIMARY KEY,
    recorded_at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    supplier_id INTEGER,
    before TEXT,
    after TEXT,
    reason TEXT,
    channel TEXT NOT NULL,
    request_id TEXT NOT NULL
) STRICT;

CREATE INDEX audit_entries_by_object ON audit_entries (object, id);

CREATE INDEX audit_entries_by_time ON audit_entries (recorded_at, id);

CREATE TABLE notifications (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    dedupe_key TEXT NOT NULL UNIQUE,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER,
    recipients TEXT NOT NULL,
    facts TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    mailed_at INTEGER
) STRICT;

CREATE INDEX notifications_by_time ON notifications (created_at, id);

CREATE INDEX notifications_to_mail ON notifications (id) WHERE mailed_at IS NULL;

CREATE TABLE access_links (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'reset', 'email')),
    token_hash TEXT NOT NULL UNIQUE,
    email TEXT,
    session_id INTEGER,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    ended_at INTEGER,
    created_at INTEGER NOT NULL,
    CHECK ((email IS NOT NULL) = (purpose = 'email'))
) STRICT;

CREATE INDEX access_links_by_user ON access_links (user_id, created_at);

CREATE TABLE mail_templates (
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    kind TEXT NOT NULL,
    source TEXT,
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (programme_id, kind)
) STRICT;

CREATE TABLE impersonations (
    id INTEGER PRIMARY KEY,
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    user_id INTEGER NOT NULL REFERENCES users (id),
    session_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    end_reason TEXT CHECK (end_reason IN ('by_hand', 'time_over', 'signed_out', 'replaced')),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT;

CREATE INDEX impersonations_open ON impersonations (expires_at) WHERE ended_at IS NULL;

CREATE UNIQUE INDEX impersonations_one_open ON impersonations (session_id) WHERE ended_at IS NULL;

CREATE TABLE mail_opt_outs (
    user_id INTEGER NOT NULL REFERENCES users (id),
    class TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, class)
) STRICT, WITHOUT ROWID;

CREATE TABLE mails (
    id INTEGER PRIMARY KEY,
    notification_id INTEGER NOT NULL REFERENCES notifications (id),
    kind TEXT NOT NULL,
    programme_id INTEGER NOT NULL REFERENCES programmes (id),
    supplier_id INTEGER REFERENCES suppliers (id),
    recipient TEXT NOT NULL,
    access_link_id INTEGER REFERENCES access_links (id),
    status TEXT NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'kept', 'bounced', 'dead', 'dropped')),
    edition INTEGER NOT NULL DEFAULT 1,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER,
    leased_until INTEGER,
    lease_token INTEGER,
    problem TEXT,
    sent_at INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (notification_id, recipient)
) STRICT;

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
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (principal, key)
) STRICT;

CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

CREATE TABLE job_leases (
    name TEXT NOT NULL,
    token INTEGER NOT NULL,
    leased_until INTEGER NOT NULL,
    PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;

CREATE TABLE sandbox_clock (
    id INTEGER PRIMARY KEY,
    offset_micros INTEGER NOT NULL CHECK (offset_micros >= 0),
    changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
    user_id INTEGER NOT NULL REFERENCES users (id),
    supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'billing', 'member')),
    all_businesses INTEGER NOT NULL CHECK (all_businesses IN (0, 1)),
    version INTEGER NOT NULL DEFAULT 1,
    removed_at INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id)
) STRICT;

CREATE TABLE membership_businesses (
    user_id INTEGER NOT NULL REFERENCES memberships (user_id),
    business_id INTEGER NOT NULL REFERENCES businesses (id),
    PRIMARY KEY (user_id, business_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    secret_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    programme_id INTEGER REFERENCES programmes (id),
    supplier_id INTEGER REFERENCES suppliers (id),
    created_by INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER,
    previous_secret_hash TEXT,
    previous_secret_until INTEGER,
    requests_per_minute INTEGER NOT NULL CHECK (requests_per_minute > 0),
    version INTEGER NOT NULL DEFAULT 1,
    CHECK ((previous_secret_hash IS NULL) = (previous_secret_until IS NULL))
) STRICT;

CREATE TABLE api_key_requests (
    id INTEGER PRIMARY KEY,
    api_key_id INTEGER NOT NULL REFERENCES api_keys (id),
    at INTEGER NOT NULL,
    operation TEXT NOT NULL,
    status INTEGER NOT NULL,
    took_micros INTEGER NOT NULL CHECK (took_micros >= 0),
    request_id TEXT NOT NULL,
    replayed INTEGER NOT NULL
) STRICT;

CREATE INDEX api_key_requests_by_key ON api_key_requests (api_key_id, at, id);

CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events is append-only'); END;

CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events is append-only'); END;

CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END;

CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END;

CREATE TRIGGER journal_entries_no_update BEFORE UPDATE ON journal_entries BEGIN SELECT RAISE(ABORT, 'journal_entries is append-only'); END;

CREATE TRIGGER journal_entries_no_delete BEFORE DELETE ON journal_entries BEGIN SELECT RAISE(ABORT, 'journal_entries is append-only'); END;

CREATE TRIGGER postings_no_update BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'postings is append-only'); END;

CREATE TRIGGER postings_no_delete BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'postings is append-only'); END;

CREATE TRIGGER lead_consents_no_update BEFORE UPDATE ON lead_consents WHEN NOT (NEW.lead_id = OLD.lead_id AND NEW.revision = OLD.revision AND NEW.text_version = OLD.text_version AND NEW.given_at = OLD.given_at AND NEW.text = '' AND NEW.ip IS NULL AND NEW.page_url IS NULL AND NEW.recipients = '[]') BEGIN SELECT RAISE(ABORT, 'lead_consents is append-only'); END;

CREATE TRIGGER lead_consents_no_delete BEFORE DELETE ON lead_consents BEGIN SELECT RAISE(ABORT, 'lead_consents is append-only'); END;

CREATE TRIGGER notice_acceptances_no_update BEFORE UPDATE ON notice_acceptances BEGIN SELECT RAISE(ABORT, 'notice_acceptances is append-only'); END;

CREATE TRIGGER notice_acceptances_no_delete BEFORE DELETE ON notice_acceptances BEGIN SELECT RAISE(ABORT, 'notice_acceptances is append-only'); END;

CREATE TRIGGER resolved_policies_no_update BEFORE UPDATE ON resolved_policies BEGIN SELECT RAISE(ABORT, 'resolved_policies is append-only'); END;

CREATE TRIGGER resolved_policies_no_delete BEFORE DELETE ON resolved_policies BEGIN SELECT RAISE(ABORT, 'resolved_policies is append-only'); END;

CREATE TRIGGER allocations_no_update BEFORE UPDATE ON allocations BEGIN SELECT RAISE(ABORT, 'allocations is append-only'); END;

CREATE TRIGGER allocations_no_delete BEFORE DELETE ON allocations BEGIN SELECT RAISE(ABORT, 'allocations is append-only'); END;

CREATE TRIGGER credit_notes_no_update BEFORE UPDATE ON credit_notes BEGIN SELECT RAISE(ABORT, 'credit_notes is append-only'); END;

CREATE TRIGGER credit_notes_no_delete BEFORE DELETE ON credit_notes BEGIN SELECT RAISE(ABORT, 'credit_notes is append-only'); END;

CREATE TRIGGER credit_allocations_no_update BEFORE UPDATE ON credit_allocations BEGIN SELECT RAISE(ABORT, 'credit_allocations is append-only'); END;

CREATE TRIGGER credit_allocations_no_delete BEFORE DELETE ON credit_allocations BEGIN SELECT RAISE(ABORT, 'credit_allocations is append-only'); END;

CREATE TRIGGER credit_refunds_no_update BEFORE UPDATE ON credit_refunds BEGIN SELECT RAISE(ABORT, 'credit_refunds is append-only'); END;

CREATE TRIGGER credit_refunds_no_delete BEFORE DELETE ON credit_refunds BEGIN SELECT RAISE(ABORT, 'credit_refunds is append-only'); END;

CREATE TRIGGER wallet_entries_no_update BEFORE UPDATE ON wallet_entries BEGIN SELECT RAISE(ABORT, 'wallet_entries is append-only'); END;

CREATE TRIGGER wallet_entries_no_delete BEFORE DELETE ON wallet_entries BEGIN SELECT RAISE(ABORT, 'wallet_entries is append-only'); END;

CREATE TRIGGER invoices_final BEFORE UPDATE ON invoices
WHEN OLD.status <> 'draft' AND (
    OLD.number IS NOT NEW.number OR OLD.net_minor <> NEW.net_minor OR OLD.tax_minor <> NEW.tax_minor OR OLD.total_minor <> NEW.total_minor
    OR OLD.issued_at IS NOT NEW.issued_at OR OLD.due_on IS NOT NEW.due_on OR OLD.seller <> NEW.seller OR OLD.buyer <> NEW.buyer OR OLD.taxes <> NEW.taxes OR NEW.status = 'draft')
BEGIN SELECT RAISE(ABORT, 'a final invoice is immutable'); END;
CREATE TRIGGER invoice_lines_final BEFORE UPDATE ON invoice_lines
WHEN (SELECT status FROM invoices WHERE id = OLD.invoice_id) <> 'draft' AND (
    OLD.net_minor <> NEW.net_minor OR OLD.tax_minor <> NEW.tax_minor OR OLD.tax_position <> NEW.tax_position OR OLD.delivery_id IS NOT NEW.delivery_id OR OLD.invoice_id <> NEW.invoice_id)
BEGIN SELECT RAISE(ABORT, 'a line of a final invoice is immutable'); END;
CREATE TRIGGER invoice_lines_kept BEFORE DELETE ON invoice_lines
WHEN (SELECT status FROM invoices WHERE id = OLD.invoice_id) <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a line of a final invoice is immutable'); END;
CREATE TRIGGER policy_versions_published BEFORE UPDATE ON policy_versions
WHEN OLD.status = 'published' AND (OLD.document <> NEW.document OR NEW.status <> 'published' OR OLD.number <> NEW.number)
BEGIN SELECT RAISE(ABORT, 'a published policy is immutable'); END;

INSERT INTO market_version (id, version) VALUES (1, 1);
INSERT INTO sandbox_clock (id, offset_micros, changed_at) VALUES (1, 0, 0);
