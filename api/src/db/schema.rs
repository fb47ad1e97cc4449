//! The tables of both databases; a test compares them with what the migrations make.

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    legal_entities (id) {
        id -> BigInt,
        name -> Text,
        country -> Text,
        tax_id -> Nullable<Text>,
        address -> Text,
        billing_zone -> Text,
        invoice_prefix -> Text,
        next_invoice_number -> BigInt,
        next_credit_note_number -> BigInt,
        payment_instructions -> Nullable<Text>,
        closed_before -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

table! {
    programmes (id) {
        id -> BigInt,
        slug -> Text,
        name -> Text,
        preset -> Text,
        legal_entity_id -> BigInt,
        brand -> Text,
        time_zone -> Text,
        currency -> Text,
        country -> Text,
        status -> Text,
        policy_version_id -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    policy_versions (id) {
        id -> BigInt,
        programme_id -> BigInt,
        number -> Nullable<BigInt>,
        status -> Text,
        base_version_id -> Nullable<BigInt>,
        document -> Text,
        note -> Text,
        created_by -> Nullable<BigInt>,
        created_at -> BigInt,
        published_by -> Nullable<BigInt>,
        published_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}

table! {
    resolved_policies (id) {
        id -> BigInt,
        programme_id -> BigInt,
        policy_version_id -> BigInt,
        document -> Text,
        created_at -> BigInt,
    }
}

table! {
    users (id) {
        id -> BigInt,
        audience -> Text,
        email -> Text,
        email_as_typed -> Text,
        name -> Text,
        phone -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        token_version -> BigInt,
        status -> Text,
        demo -> Bool,
        last_sign_in_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    staff_roles (user_id, role) {
        user_id -> BigInt,
        role -> Text,
    }
}

table! {
    sessions (id) {
        id -> BigInt,
        user_id -> BigInt,
        refresh_hash -> Text,
        previous_hash -> Nullable<Text>,
        rotation -> BigInt,
        rotated_at -> BigInt,
        last_used_at -> BigInt,
        idle_expires_at -> BigInt,
        expires_at -> BigInt,
        user_agent -> Nullable<Text>,
        ip -> Nullable<Text>,
        created_at -> BigInt,
        proved_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        revoke_reason -> Nullable<Text>,
    }
}

table! {
    sign_in_throttles (key_hash) {
        key_hash -> Text,
        failures -> BigInt,
        blocked_until -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    lead_products (id) {
        id -> BigInt,
        programme_id -> BigInt,
        code -> Text,
        name -> Text,
        category -> Text,
        exclusivity -> Text,
        max_buyers -> Integer,
        timing -> Text,
        price_minor -> BigInt,
        currency -> Text,
        eta_text -> Nullable<Text>,
        policy_override -> Text,
        status -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    business_associations (id) {
        id -> BigInt,
        name -> Text,
        name_key -> Text,
        created_at -> BigInt,
    }
}

table! {
    suppliers (id) {
        id -> BigInt,
        programme_id -> BigInt,
        external_id -> Nullable<Text>,
        name -> Text,
        legal_name -> Text,
        country -> Text,
        address -> Text,
        tax_id -> Nullable<Text>,
        time_zone -> Text,
        account_manager_id -> Nullable<BigInt>,
        status -> Text,
        status_reason -> Nullable<Text>,
        policy_override -> Text,
        activated_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    businesses (id) {
        id -> BigInt,
        supplier_id -> BigInt,
        association_id -> Nullable<BigInt>,
        name -> Text,
        trade -> Nullable<Text>,
        phone -> Nullable<Text>,
        website -> Nullable<Text>,
        tracking_number -> Nullable<Text>,
        forward_to -> Text,
        licence -> Nullable<Text>,
        status -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    released_numbers (number) {
        number -> Text,
        business_id -> BigInt,
        released_at -> BigInt,
        free_at -> BigInt,
    }
}

table! {
    contact_points (id) {
        id -> BigInt,
        supplier_id -> BigInt,
        business_id -> Nullable<BigInt>,
        purpose -> Text,
        name -> Nullable<Text>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        active -> Bool,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    agreements (id) {
        id -> BigInt,
        supplier_id -> BigInt,
        title -> Text,
        term -> Text,
        starts_on -> Text,
        ends_on -> Nullable<Text>,
        policy_override -> Text,
        document -> Text,
        next_change_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    coupons (id) {
        id -> BigInt,
        programme_id -> BigInt,
        code -> Text,
        code_key -> Text,
        kind -> Text,
        rate -> Nullable<Text>,
        amount_minor -> Nullable<BigInt>,
        currency -> Text,
        products -> Text,
        min_quantity -> Nullable<BigInt>,
        valid_from -> BigInt,
        valid_until -> Nullable<BigInt>,
        max_uses -> Nullable<BigInt>,
        uses -> BigInt,
        per_customer -> BigInt,
        supplier_id -> Nullable<BigInt>,
        alternative_of -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        created_by -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    checkouts (id) {
        id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        business_id -> BigInt,
        product_id -> BigInt,
        status -> Text,
        quantity -> BigInt,
        daily_percent -> Nullable<BigInt>,
        loyalty_interval -> Nullable<Text>,
        loyalty_days -> Nullable<BigInt>,
        bonus -> BigInt,
        loyalty_subscription_id -> Nullable<BigInt>,
        coverage -> Nullable<Text>,
        coupon_id -> Nullable<BigInt>,
        unit_price_minor -> BigInt,
        discount_minor -> BigInt,
        net_minor -> BigInt,
        tax_minor -> BigInt,
        credit_minor -> BigInt,
        currency -> Text,
        tax -> Text,
        resolved_policy_id -> BigInt,
        created_by -> Text,
        expires_at -> BigInt,
        submitted_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    redemptions (id) {
        id -> BigInt,
        coupon_id -> BigInt,
        supplier_id -> BigInt,
        checkout_id -> BigInt,
        number -> BigInt,
        status -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    orders (id) {
        id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        business_id -> BigInt,
        product_id -> BigInt,
        status -> Text,
        hold -> Text,
        price_minor -> BigInt,
        currency -> Text,
        quantity -> Nullable<BigInt>,
        sold -> BigInt,
        last_delivery_id -> Nullable<BigInt>,
        cap_day -> Nullable<BigInt>,
        cap_week -> Nullable<BigInt>,
        cap_month -> Nullable<BigInt>,
        schedule -> Text,
        priority -> Integer,
        weight -> Integer,
        starts_at -> BigInt,
        ends_at -> Nullable<BigInt>,
        resolved_policy_id -> BigInt,
        paused_by -> Nullable<Text>,
        checkout_id -> Nullable<BigInt>,
        prepaid -> Bool,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    coverage (id) {
        id -> BigInt,
        supplier_id -> BigInt,
        order_id -> Nullable<BigInt>,
        kind -> Text,
        value -> Text,
        effective_from -> BigInt,
        effective_to -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

table! {
    order_counters (order_id, period, starts_on) {
        order_id -> BigInt,
        period -> Text,
        starts_on -> Text,
        used -> BigInt,
        cap -> BigInt,
    }
}

table! {
    market_version (id) {
        id -> BigInt,
        version -> BigInt,
    }
}

table! {
    lead_sources (id) {
        id -> BigInt,
        programme_id -> BigInt,
        product_id -> BigInt,
        kind -> Text,
        name -> Text,
        source -> Nullable<Text>,
        campaign -> Nullable<Text>,
        mapping -> Text,
        token_hash -> Text,
        token -> Text,
        secret -> Text,
        previous_secret -> Nullable<Text>,
        previous_secret_until -> Nullable<BigInt>,
        app_secret -> Nullable<Text>,
        requires_secret -> Bool,
        requests_per_minute -> BigInt,
        status -> Text,
        last_received_at -> Nullable<BigInt>,
        last_denied_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        version -> BigInt,
    }
}

table! {
    lead_source_posts (id) {
        id -> BigInt,
        lead_source_id -> BigInt,
        received_at -> BigInt,
        outcome -> Text,
        lead_id -> Nullable<BigInt>,
        external_id -> Nullable<Text>,
        problem -> Nullable<Text>,
        detail -> Nullable<Text>,
        errors -> Text,
        fields -> Nullable<Text>,
        reruns -> BigInt,
    }
}

table! {
    lead_imports (id) {
        id -> BigInt,
        programme_id -> BigInt,
        product_id -> BigInt,
        supplier_id -> Nullable<BigInt>,
        status -> Text,
        file_name -> Text,
        file_hash -> Text,
        encoding -> Text,
        delimiter -> Text,
        found_columns -> Text,
        mapping -> Text,
        source -> Nullable<Text>,
        total_rows -> BigInt,
        done_rows -> BigInt,
        counts -> Text,
        check_result -> Nullable<Text>,
        problem -> Nullable<Text>,
        created_by -> Text,
        created_at -> BigInt,
        started_at -> Nullable<BigInt>,
        finished_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}

table! {
    lead_import_files (import_id) {
        import_id -> BigInt,
        content -> Binary,
    }
}

table! {
    lead_import_rows (import_id, row_number) {
        import_id -> BigInt,
        row_number -> BigInt,
        outcome -> Text,
        lead_id -> Nullable<BigInt>,
        errors -> Text,
    }
}

table! {
    leads (id) {
        id -> BigInt,
        programme_id -> BigInt,
        product_id -> BigInt,
        status -> Text,
        status_reason -> Nullable<Text>,
        sold -> Integer,
        max_buyers -> Integer,
        channel -> Text,
        source -> Nullable<Text>,
        external_source -> Text,
        external_id -> Nullable<Text>,
        submitted_by -> Text,
        import_id -> Nullable<BigInt>,
        owner_supplier_id -> Nullable<BigInt>,
        owner_business_id -> Nullable<BigInt>,
        duplicate_of -> Nullable<BigInt>,
        country -> Nullable<Text>,
        region -> Nullable<Text>,
        postcode -> Nullable<Text>,
        city -> Nullable<Text>,
        answers -> Text,
        enquired_at -> BigInt,
        created_at -> BigInt,
        erased_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}

table! {
    lead_people (lead_id) {
        lead_id -> BigInt,
        name -> Nullable<Text>,
        company -> Nullable<Text>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        phone_as_given -> Nullable<Text>,
        address -> Nullable<Text>,
        notes -> Nullable<Text>,
    }
}

table! {
    lead_consents (lead_id, revision) {
        lead_id -> BigInt,
        revision -> BigInt,
        text -> Text,
        text_version -> Text,
        given_at -> BigInt,
        ip -> Nullable<Text>,
        page_url -> Nullable<Text>,
        recipients -> Text,
    }
}

table! {
    lead_verifications (lead_id) {
        lead_id -> BigInt,
        method -> Text,
        verified_at -> BigInt,
        verified_by -> Text,
        recording_ref -> Nullable<Text>,
    }
}

table! {
    lead_fingerprints (programme_id, scope, kind, hash) {
        programme_id -> BigInt,
        scope -> Text,
        kind -> Text,
        hash -> Text,
        lead_id -> BigInt,
        live_until -> BigInt,
    }
}

table! {
    lead_traces (lead_id, attempt) {
        lead_id -> BigInt,
        attempt -> Integer,
        traced_at -> BigInt,
        trace -> Text,
    }
}

table! {
    deliveries (id) {
        id -> BigInt,
        lead_id -> BigInt,
        slot -> Integer,
        programme_id -> BigInt,
        product_id -> BigInt,
        order_id -> BigInt,
        supplier_id -> BigInt,
        business_id -> BigInt,
        association_id -> Nullable<BigInt>,
        price_minor -> BigInt,
        currency -> Text,
        resolved_policy_id -> BigInt,
        delivered_at -> BigInt,
        return_deadline_at -> Nullable<BigInt>,
        billing_state -> Text,
        invoice_id -> Nullable<BigInt>,
        replaces_delivery_id -> Nullable<BigInt>,
        rejection_reason -> Nullable<Text>,
        seen_at -> Nullable<BigInt>,
        rating -> Nullable<Integer>,
        outcome -> Nullable<Text>,
        outcome_at -> Nullable<BigInt>,
        note -> Nullable<Text>,
        version -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    return_requests (id) {
        id -> BigInt,
        delivery_id -> BigInt,
        lead_id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        business_id -> BigInt,
        resolved_policy_id -> BigInt,
        status -> Text,
        reason -> Text,
        reason_class -> Text,
        note -> Nullable<Text>,
        thread -> Text,
        channel -> Text,
        submitted_by -> Text,
        submitted_at -> BigInt,
        decision_due_at -> Nullable<BigInt>,
        escalated_at -> Nullable<BigInt>,
        suggestion -> Nullable<Text>,
        suggestion_rule -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<BigInt>,
        decision_rule -> Nullable<Text>,
        decision_clause -> Nullable<Text>,
        decision_evidence -> Text,
        explanation -> Nullable<Text>,
        appealed_at -> Nullable<BigInt>,
        first_reviewer_id -> Nullable<BigInt>,
        remedy -> Nullable<Text>,
        remedied_at -> Nullable<BigInt>,
        override_reason -> Nullable<Text>,
        version -> BigInt,
    }
}

table! {
    replacements (id) {
        id -> BigInt,
        return_request_id -> BigInt,
        original_delivery_id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        order_id -> BigInt,
        product_id -> BigInt,
        status -> Text,
        filled_delivery_id -> Nullable<BigInt>,
        owed_at -> BigInt,
        settled_at -> Nullable<BigInt>,
        credit_due_at -> Nullable<BigInt>,
        credited_delivery_id -> Nullable<BigInt>,
        version -> BigInt,
    }
}

table! {
    support_tickets (id) {
        id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        topic -> Text,
        subject -> Text,
        status -> Text,
        opened_by -> BigInt,
        opened_by_name -> Text,
        delivery_id -> Nullable<BigInt>,
        invoice_id -> Nullable<BigInt>,
        call_back_phone -> Nullable<Text>,
        assigned_to -> Nullable<BigInt>,
        reply_due_at -> Nullable<BigInt>,
        late_told_at -> Nullable<BigInt>,
        first_answered_at -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
        opened_at -> BigInt,
        last_written_at -> BigInt,
        version -> BigInt,
    }
}

table! {
    support_messages (id) {
        id -> BigInt,
        ticket_id -> BigInt,
        author -> Text,
        author_id -> BigInt,
        author_name -> Text,
        text -> Text,
        by_phone -> Bool,
        internal -> Bool,
        written_at -> BigInt,
    }
}

table! {
    subject_requests (id) {
        id -> BigInt,
        programme_id -> BigInt,
        kind -> Text,
        status -> Text,
        name -> Nullable<Text>,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        postcode -> Nullable<Text>,
        lead_reference -> Nullable<Text>,
        phone_hash -> Nullable<Text>,
        email_hash -> Nullable<Text>,
        identity_note -> Nullable<Text>,
        opened_by -> Text,
        opened_by_name -> Text,
        opened_at -> BigInt,
        due_at -> BigInt,
        export_until -> Nullable<BigInt>,
        export_leads -> Nullable<Text>,
        decided_at -> Nullable<BigInt>,
        decided_by_name -> Nullable<Text>,
        refusal -> Nullable<Text>,
        leads -> BigInt,
        recipients -> BigInt,
        recipients_waiting -> BigInt,
        version -> BigInt,
    }
}

table! {
    erasure_notices (id) {
        id -> BigInt,
        subject_request_id -> Nullable<BigInt>,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        business_id -> BigInt,
        lead_id -> BigInt,
        delivery_id -> BigInt,
        told_at -> BigInt,
        remind_at -> Nullable<BigInt>,
        due_at -> BigInt,
        reminded_at -> Nullable<BigInt>,
        late_told_at -> Nullable<BigInt>,
        acknowledged_at -> Nullable<BigInt>,
        acknowledged_by -> Nullable<Text>,
    }
}

table! {
    lead_holds (id) {
        id -> BigInt,
        lead_id -> BigInt,
        programme_id -> BigInt,
        reason -> Text,
        held_by_name -> Text,
        held_at -> BigInt,
        lifted_at -> Nullable<BigInt>,
        lifted_by_name -> Nullable<Text>,
    }
}

table! {
    retention_passes (programme_id) {
        programme_id -> BigInt,
        day -> Text,
        after_time -> BigInt,
        after_lead -> BigInt,
        waiting -> Text,
        waited -> Text,
        finished_at -> Nullable<BigInt>,
        looked_at -> Nullable<BigInt>,
    }
}

table! {
    retention_removals (programme_id, removed_on, kind) {
        programme_id -> BigInt,
        removed_on -> Text,
        kind -> Text,
        removed -> BigInt,
    }
}

table! {
    suppressions (kind, hash) {
        kind -> Text,
        hash -> Text,
        subject_request_id -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

table! {
    notice_acceptances (id) {
        id -> BigInt,
        supplier_id -> BigInt,
        key -> Text,
        version -> Text,
        text -> Text,
        accepted_by -> Text,
        accepted_by_name -> Text,
        accepted_at -> BigInt,
        address -> Nullable<Text>,
    }
}

table! {
    rate_review_runs (programme_id, counted_to) {
        programme_id -> BigInt,
        counted_to -> BigInt,
        created_at -> BigInt,
    }
}

table! {
    rate_reviews (id) {
        id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        counted_from -> BigInt,
        counted_to -> BigInt,
        deliveries -> BigInt,
        sent_back -> BigInt,
        excused -> BigInt,
        siblings -> BigInt,
        siblings_kept -> BigInt,
        threshold -> Text,
        finding -> Text,
        case_status -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<BigInt>,
        decision_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> BigInt,
    }
}

table! {
    ledger_accounts (id) {
        id -> BigInt,
        legal_entity_id -> BigInt,
        supplier_id -> Nullable<BigInt>,
        kind -> Text,
        owner_key -> Text,
        currency -> Text,
        balance_minor -> BigInt,
        version -> BigInt,
        created_at -> BigInt,
    }
}

table! {
    journal_entries (id) {
        id -> BigInt,
        kind -> Text,
        reference -> Text,
        posted_at -> BigInt,
        memo -> Text,
        created_at -> BigInt,
    }
}

table! {
    postings (id) {
        id -> BigInt,
        entry_id -> BigInt,
        account_id -> BigInt,
        amount_minor -> BigInt,
        currency -> Text,
    }
}

table! {
    billing_runs (id) {
        id -> BigInt,
        programme_id -> BigInt,
        period_start_at -> BigInt,
        period_end_at -> BigInt,
        starts_on -> Text,
        ends_before -> Text,
        due_at -> BigInt,
        status -> Text,
        suppliers_total -> BigInt,
        suppliers_done -> BigInt,
        invoices -> BigInt,
        lines -> BigInt,
        total_minor -> BigInt,
        currency -> Text,
        problem -> Nullable<Text>,
        accept_unusual -> Bool,
        started_by -> Nullable<Text>,
        started_at -> Nullable<BigInt>,
        finished_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
    }
}

table! {
    invoices (id) {
        id -> BigInt,
        billing_run_id -> Nullable<BigInt>,
        checkout_id -> Nullable<BigInt>,
        plan_subscription_id -> Nullable<BigInt>,
        package_id -> Nullable<BigInt>,
        legal_entity_id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        number -> Nullable<Text>,
        sequence -> Nullable<BigInt>,
        status -> Text,
        starts_on -> Text,
        ends_before -> Text,
        issued_at -> Nullable<BigInt>,
        due_on -> Nullable<Text>,
        collect_on -> Nullable<Text>,
        currency -> Text,
        line_count -> BigInt,
        net_minor -> BigInt,
        tax_minor -> BigInt,
        total_minor -> BigInt,
        paid_minor -> BigInt,
        credited_minor -> BigInt,
        credit_applied_minor -> BigInt,
        doubtful_minor -> BigInt,
        taxes -> Text,
        seller -> Text,
        buyer -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    invoice_lines (id) {
        id -> BigInt,
        invoice_id -> BigInt,
        position -> BigInt,
        delivery_id -> Nullable<BigInt>,
        kind -> Text,
        description -> Text,
        tax_position -> BigInt,
        net_minor -> BigInt,
        tax_minor -> BigInt,
        credited_minor -> BigInt,
    }
}

table! {
    credit_notes (id) {
        id -> BigInt,
        legal_entity_id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        invoice_id -> BigInt,
        invoice_line_id -> BigInt,
        return_request_id -> Nullable<BigInt>,
        number -> Text,
        sequence -> BigInt,
        reason -> Text,
        issued_at -> BigInt,
        currency -> Text,
        net_minor -> BigInt,
        tax_minor -> BigInt,
        total_minor -> BigInt,
        applied_minor -> BigInt,
    }
}

table! {
    gateway_customers (supplier_id) {
        supplier_id -> BigInt,
        reference -> Text,
        created_at -> BigInt,
    }
}

table! {
    payment_authorisations (supplier_id) {
        supplier_id -> BigInt,
        auto_bill -> Bool,
        revoked_at -> Nullable<BigInt>,
        changed_by -> Text,
        updated_at -> BigInt,
    }
}

table! {
    payment_methods (id) {
        id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        kind -> Text,
        token -> Text,
        brand -> Text,
        last4 -> Nullable<Text>,
        expires_on -> Nullable<Text>,
        status -> Text,
        is_default -> Bool,
        added_by -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    payment_method_sessions (id) {
        id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        kind -> Text,
        status -> Text,
        reference -> Nullable<Text>,
        url -> Nullable<Text>,
        payment_method_id -> Nullable<BigInt>,
        checkout_id -> Nullable<BigInt>,
        asked_by -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    payments (id) {
        id -> BigInt,
        programme_id -> BigInt,
        legal_entity_id -> BigInt,
        supplier_id -> BigInt,
        purpose -> Text,
        invoice_id -> Nullable<BigInt>,
        checkout_id -> Nullable<BigInt>,
        plan_subscription_id -> Nullable<BigInt>,
        package_id -> Nullable<BigInt>,
        channel -> Text,
        origin -> Text,
        method -> Text,
        payment_method_id -> Nullable<BigInt>,
        reference -> Text,
        status -> Text,
        amount_minor -> BigInt,
        captured_minor -> BigInt,
        applied_minor -> BigInt,
        refunded_minor -> BigInt,
        lost_minor -> BigInt,
        currency -> Text,
        received_on -> Nullable<Text>,
        recorded_by -> Text,
        attempts -> BigInt,
        failure -> Nullable<Text>,
        next_attempt_at -> Nullable<BigInt>,
        late_at -> Nullable<BigInt>,
        alerted_at -> Nullable<BigInt>,
        void_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    payment_attempts (id) {
        id -> BigInt,
        payment_id -> BigInt,
        number -> BigInt,
        payment_method_id -> BigInt,
        amount_minor -> BigInt,
        currency -> Text,
        status -> Text,
        reference -> Nullable<Text>,
        failure -> Nullable<Text>,
        dispute -> Nullable<Text>,
        sent_at -> Nullable<BigInt>,
        ask_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    allocations (id) {
        id -> BigInt,
        invoice_id -> BigInt,
        payment_id -> Nullable<BigInt>,
        amount_minor -> BigInt,
        currency -> Text,
        created_at -> BigInt,
    }
}

table! {
    collections (invoice_id) {
        invoice_id -> BigInt,
        supplier_id -> BigInt,
        outcome -> Text,
        payment_id -> Nullable<BigInt>,
        decided_at -> BigInt,
    }
}

table! {
    debt_excuses (supplier_id) {
        supplier_id -> BigInt,
        due_before -> Text,
        excused_at -> BigInt,
    }
}

table! {
    rule_suspensions (supplier_id) {
        supplier_id -> BigInt,
        cause -> Text,
        suspended_at -> BigInt,
    }
}

table! {
    refunds (id) {
        id -> BigInt,
        payment_id -> BigInt,
        supplier_id -> BigInt,
        programme_id -> BigInt,
        status -> Text,
        amount_minor -> BigInt,
        currency -> Text,
        reason -> Text,
        requested_by -> Text,
        requested_by_name -> Text,
        decided_by -> Nullable<Text>,
        decided_by_name -> Nullable<Text>,
        decision_note -> Nullable<Text>,
        reference -> Nullable<Text>,
        failure -> Nullable<Text>,
        sent_at -> Nullable<BigInt>,
        asked_at -> Nullable<BigInt>,
        sent_again_as -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    gateway_events (id) {
        id -> BigInt,
        gateway -> Text,
        event_id -> Text,
        kind -> Text,
        body -> Binary,
        outcome -> Nullable<Text>,
        received_at -> BigInt,
    }
}

table! {
    reconciliations (id) {
        id -> BigInt,
        day -> Text,
        charges -> BigInt,
        differences -> BigInt,
        made_at -> BigInt,
    }
}

table! {
    reconciliation_differences (id) {
        id -> BigInt,
        reconciliation_id -> BigInt,
        kind -> Text,
        payment_id -> Nullable<BigInt>,
        reference -> Text,
        detail -> Text,
        mended -> Bool,
        created_at -> BigInt,
        resolved_at -> Nullable<BigInt>,
        resolved_by -> Nullable<Text>,
        resolution -> Nullable<Text>,
    }
}

table! {
    sandbox_gateway_objects (id) {
        id -> Text,
        kind -> Text,
        customer -> Nullable<Text>,
        behaviour -> Nullable<Text>,
        idempotency_key -> Nullable<Text>,
        body -> Text,
        due_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

table! {
    sandbox_gateway_events (id) {
        id -> BigInt,
        kind -> Text,
        body -> Text,
        delivered_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

table! {
    loyalty_subscriptions (id) {
        id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        checkout_id -> BigInt,
        status -> Text,
        interval -> Text,
        interval_days -> BigInt,
        terms -> Text,
        cycle -> BigInt,
        renews_on -> Nullable<Text>,
        notice_on -> Nullable<Text>,
        reverted -> Bool,
        ended_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    loyalty_cycles (subscription_id, cycle) {
        subscription_id -> BigInt,
        cycle -> BigInt,
        due_on -> Text,
        anchored -> Bool,
        checkout_id -> BigInt,
    }
}

table! {
    pauses (id) {
        id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        order_id -> Nullable<BigInt>,
        status -> Text,
        paused_by -> Text,
        requested_by -> Nullable<Text>,
        channel -> Nullable<Text>,
        reason -> Nullable<Text>,
        terms -> Text,
        requested_at -> BigInt,
        starts_at -> BigInt,
        returns_on -> Nullable<Text>,
        returns_at -> Nullable<BigInt>,
        returns_by_itself -> Bool,
        remind_at -> Nullable<BigInt>,
        began_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        version -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    cancellations (id) {
        id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        status -> Text,
        cancelled_by -> Text,
        requested_by -> Nullable<Text>,
        channel -> Nullable<Text>,
        reason -> Nullable<Text>,
        comment -> Nullable<Text>,
        reason_skipped -> Bool,
        retention_note -> Nullable<Text>,
        agreement_id -> Nullable<BigInt>,
        term -> Text,
        received_on -> Text,
        effective -> Text,
        rule -> Nullable<Text>,
        notice_window -> Nullable<Text>,
        last_day -> Nullable<Text>,
        effective_at -> Nullable<BigInt>,
        remind_at -> Nullable<BigInt>,
        ends_with_leads -> Bool,
        served -> Bool,
        withdrawable -> Bool,
        document_name -> Nullable<Text>,
        document -> Nullable<Text>,
        requested_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        version -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    change_requests (id) {
        id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        order_id -> Nullable<BigInt>,
        plan_subscription_id -> Nullable<BigInt>,
        kind -> Text,
        change -> Text,
        differences -> Text,
        prepared -> Nullable<Text>,
        status -> Text,
        asked_by -> Text,
        requested_by -> Nullable<Text>,
        channel -> Nullable<Text>,
        reason -> Nullable<Text>,
        requested_at -> BigInt,
        earliest_at -> BigInt,
        effective_at -> BigInt,
        override_reason -> Nullable<Text>,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        decided_by_name -> Nullable<Text>,
        answer -> Nullable<Text>,
        applied_at -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
        failure -> Nullable<Text>,
        superseded_by_id -> Nullable<BigInt>,
        version -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    plan_subscriptions (id) {
        id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        tier -> Text,
        label -> Text,
        min_units -> BigInt,
        unit_price_minor -> BigInt,
        currency -> Text,
        grace -> Text,
        status -> Text,
        started_on -> Nullable<Text>,
        renews_on -> Nullable<Text>,
        period -> BigInt,
        ended_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    plan_periods (subscription_id, number) {
        subscription_id -> BigInt,
        number -> BigInt,
        starts_on -> Text,
        ends_before -> Text,
        tier -> Text,
        label -> Text,
        min_units -> BigInt,
        unit_price_minor -> BigInt,
        used -> Nullable<BigInt>,
        overage -> Nullable<BigInt>,
        invoice_id -> BigInt,
    }
}

table! {
    plan_usage (lead_id) {
        lead_id -> BigInt,
        subscription_id -> BigInt,
        number -> BigInt,
    }
}

table! {
    call_queue (lead_id) {
        lead_id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        subscription_id -> BigInt,
        state -> Text,
        removed_because -> Nullable<Text>,
        phone_hash -> Nullable<Text>,
        queued_at -> BigInt,
        due_at -> BigInt,
        is_callback -> Bool,
        turn -> BigInt,
        claimed_by -> Nullable<Text>,
        claimed_by_name -> Nullable<Text>,
        claimed_until -> Nullable<BigInt>,
        attempts -> BigInt,
        disposition -> Nullable<Text>,
        last_called_at -> Nullable<BigInt>,
        touched_at -> BigInt,
        version -> BigInt,
    }
}

table! {
    call_attempts (id) {
        id -> BigInt,
        lead_id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        called_by -> Text,
        called_by_name -> Text,
        started_at -> BigInt,
        duration_seconds -> BigInt,
        disposition -> Text,
        disposition_label -> Text,
        closes -> Bool,
        do_not_call -> Bool,
        callback_at -> Nullable<BigInt>,
        note -> Nullable<Text>,
        corrects_id -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

table! {
    do_not_call (supplier_id, phone_hash) {
        supplier_id -> BigInt,
        phone_hash -> Text,
        attempt_id -> BigInt,
        created_at -> BigInt,
    }
}

table! {
    packages (id) {
        id -> BigInt,
        programme_id -> BigInt,
        supplier_id -> BigInt,
        business_id -> BigInt,
        kind -> Text,
        status -> Text,
        leads -> BigInt,
        delivered -> BigInt,
        price_minor -> BigInt,
        setup_minor -> BigInt,
        advance_pct -> Text,
        advance_each_minor -> BigInt,
        currency -> Text,
        started_at -> Nullable<BigInt>,
        completed_at -> Nullable<BigInt>,
        cancelled_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    package_leads (delivery_id) {
        delivery_id -> BigInt,
        package_id -> BigInt,
    }
}

table! {
    wallets (supplier_id) {
        supplier_id -> BigInt,
        programme_id -> BigInt,
        legal_entity_id -> BigInt,
        currency -> Text,
        status -> Text,
        balance_minor -> BigInt,
        limit_minor -> BigInt,
        refill -> Text,
        refill_minor -> Nullable<BigInt>,
        refill_below_minor -> Nullable<BigInt>,
        refill_on -> Nullable<Text>,
        refill_due_at -> Nullable<BigInt>,
        refill_payment_id -> Nullable<BigInt>,
        notice_below_minor -> Nullable<BigInt>,
        funded_at -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    wallet_entries (id) {
        id -> BigInt,
        supplier_id -> BigInt,
        kind -> Text,
        amount_minor -> BigInt,
        balance_minor -> BigInt,
        delivery_id -> Nullable<BigInt>,
        payment_id -> Nullable<BigInt>,
        invoice_id -> Nullable<BigInt>,
        credit_note_id -> Nullable<BigInt>,
        refund_id -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

table! {
    account_credits (credit_note_id) {
        credit_note_id -> BigInt,
        legal_entity_id -> BigInt,
        supplier_id -> BigInt,
        currency -> Text,
        granted_minor -> BigInt,
        used_minor -> BigInt,
        refunded_minor -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    credit_allocations (id) {
        id -> BigInt,
        credit_note_id -> BigInt,
        invoice_id -> BigInt,
        amount_minor -> BigInt,
        currency -> Text,
        created_at -> BigInt,
    }
}

table! {
    credit_refunds (id) {
        id -> BigInt,
        credit_note_id -> BigInt,
        supplier_id -> BigInt,
        amount_minor -> BigInt,
        currency -> Text,
        reference -> Text,
        refunded_on -> Text,
        reason -> Text,
        recorded_by -> Text,
        created_at -> BigInt,
    }
}

table! {
    month_closes (id) {
        id -> BigInt,
        legal_entity_id -> BigInt,
        month -> Text,
        starts_at -> BigInt,
        ends_at -> BigInt,
        entries -> BigInt,
        closed_by -> Text,
        closed_at -> BigInt,
        reopened_by -> Nullable<Text>,
        reopened_at -> Nullable<BigInt>,
        reopen_reason -> Nullable<Text>,
    }
}

table! {
    events (id) {
        id -> BigInt,
        kind -> Text,
        happened_at -> BigInt,
        programme_id -> Nullable<BigInt>,
        supplier_id -> Nullable<BigInt>,
        subject -> Text,
        data -> Text,
        created_at -> BigInt,
    }
}

table! {
    webhook_endpoints (id) {
        id -> BigInt,
        supplier_id -> Nullable<BigInt>,
        programme_id -> Nullable<BigInt>,
        only_supplier_id -> Nullable<BigInt>,
        name -> Text,
        url -> Text,
        kinds -> Text,
        includes -> Text,
        status -> Text,
        disabled_because -> Nullable<Text>,
        failing_since -> Nullable<BigInt>,
        secret -> Text,
        previous_secret -> Nullable<Text>,
        previous_secret_until -> Nullable<BigInt>,
        sent_up_to -> BigInt,
        log_from -> BigInt,
        replay_from -> Nullable<BigInt>,
        replay_up_to -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        version -> BigInt,
    }
}

table! {
    delivery_targets (id) {
        id -> BigInt,
        endpoint_id -> BigInt,
        supplier_id -> BigInt,
        kind -> Text,
        business_id -> Nullable<BigInt>,
        order_id -> Nullable<BigInt>,
        fields -> Text,
        auth -> Text,
        auth_name -> Nullable<Text>,
        created_at -> BigInt,
    }
}

table! {
    webhook_deliveries (id) {
        id -> BigInt,
        endpoint_id -> BigInt,
        event_id -> BigInt,
        kind -> Text,
        subject -> Text,
        status -> Text,
        attempts -> BigInt,
        retries -> BigInt,
        next_attempt_at -> Nullable<BigInt>,
        lease -> Nullable<BigInt>,
        leased_until -> Nullable<BigInt>,
        last_status_code -> Nullable<Integer>,
        last_fault -> Nullable<Text>,
        created_at -> BigInt,
        finished_at -> Nullable<BigInt>,
    }
}

table! {
    webhook_attempts (id) {
        id -> BigInt,
        delivery_id -> BigInt,
        started_at -> BigInt,
        took_ms -> BigInt,
        status_code -> Nullable<Integer>,
        fault -> Nullable<Text>,
        answer -> Nullable<Text>,
    }
}

table! {
    audit_entries (id) {
        id -> BigInt,
        recorded_at -> BigInt,
        actor -> Text,
        actor_name -> Text,
        action -> Text,
        object -> Text,
        supplier_id -> Nullable<BigInt>,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        reason -> Nullable<Text>,
        channel -> Text,
        request_id -> Text,
    }
}

table! {
    notifications (id) {
        id -> BigInt,
        kind -> Text,
        dedupe_key -> Text,
        programme_id -> BigInt,
        supplier_id -> Nullable<BigInt>,
        recipients -> Text,
        facts -> Text,
        due_at -> BigInt,
        created_at -> BigInt,
        mailed_at -> Nullable<BigInt>,
    }
}

table! {
    second_factors (user_id) {
        user_id -> BigInt,
        secret -> Text,
        last_step -> BigInt,
        confirmed_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

table! {
    recovery_codes (user_id, code_hash) {
        user_id -> BigInt,
        code_hash -> Text,
        used_at -> Nullable<BigInt>,
    }
}

table! {
    sign_in_challenges (token_hash) {
        token_hash -> Text,
        user_id -> BigInt,
        token_version -> BigInt,
        failures -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

table! {
    impersonations (id) {
        id -> BigInt,
        supplier_id -> BigInt,
        user_id -> BigInt,
        session_id -> BigInt,
        reason -> Text,
        started_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        end_reason -> Nullable<Text>,
    }
}

table! {
    mail_opt_outs (user_id, class) {
        user_id -> BigInt,
        class -> Text,
        created_at -> BigInt,
    }
}

table! {
    access_links (id) {
        id -> BigInt,
        user_id -> BigInt,
        purpose -> Text,
        token_hash -> Text,
        email -> Nullable<Text>,
        session_id -> Nullable<BigInt>,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

table! {
    mail_templates (programme_id, kind) {
        programme_id -> BigInt,
        kind -> Text,
        source -> Nullable<Text>,
        version -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    mails (id) {
        id -> BigInt,
        notification_id -> BigInt,
        kind -> Text,
        programme_id -> BigInt,
        supplier_id -> Nullable<BigInt>,
        recipient -> Text,
        access_link_id -> Nullable<BigInt>,
        status -> Text,
        edition -> BigInt,
        attempts -> BigInt,
        next_attempt_at -> Nullable<BigInt>,
        leased_until -> Nullable<BigInt>,
        lease_token -> Nullable<BigInt>,
        problem -> Nullable<Text>,
        sent_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

table! {
    idempotency_keys (principal, key) {
        principal -> Text,
        key -> Text,
        request_hash -> Text,
        status -> Integer,
        headers -> Text,
        body -> Text,
        expires_at -> BigInt,
    }
}

table! {
    job_leases (name) {
        name -> Text,
        token -> BigInt,
        leased_until -> BigInt,
    }
}

table! {
    sandbox_clock (id) {
        id -> BigInt,
        offset_micros -> BigInt,
        changed_at -> BigInt,
    }
}

table! {
    memberships (user_id) {
        user_id -> BigInt,
        supplier_id -> BigInt,
        role -> Text,
        all_businesses -> Bool,
        version -> BigInt,
        removed_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

table! {
    membership_businesses (user_id, business_id) {
        user_id -> BigInt,
        business_id -> BigInt,
    }
}

table! {
    api_keys (id) {
        id -> BigInt,
        public_id -> Text,
        secret_hash -> Text,
        name -> Text,
        scopes -> Text,
        programme_id -> Nullable<BigInt>,
        supplier_id -> Nullable<BigInt>,
        created_by -> Nullable<BigInt>,
        created_at -> BigInt,
        expires_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        previous_secret_hash -> Nullable<Text>,
        previous_secret_until -> Nullable<BigInt>,
        requests_per_minute -> BigInt,
        version -> BigInt,
    }
}

table! {
    api_key_requests (id) {
        id -> BigInt,
        api_key_id -> BigInt,
        at -> BigInt,
        operation -> Text,
        status -> BigInt,
        took_micros -> BigInt,
        request_id -> Text,
        replayed -> Bool,
    }
}

joinable!(agreements -> suppliers (supplier_id));
joinable!(api_keys -> programmes (programme_id));
joinable!(api_keys -> suppliers (supplier_id));
joinable!(api_key_requests -> api_keys (api_key_id));
joinable!(billing_runs -> programmes (programme_id));
joinable!(businesses -> business_associations (association_id));
joinable!(businesses -> suppliers (supplier_id));
joinable!(cancellations -> suppliers (supplier_id));
joinable!(checkouts -> businesses (business_id));
joinable!(checkouts -> coupons (coupon_id));
joinable!(call_queue -> leads (lead_id));
joinable!(call_queue -> suppliers (supplier_id));
joinable!(checkouts -> lead_products (product_id));
joinable!(checkouts -> programmes (programme_id));
joinable!(checkouts -> suppliers (supplier_id));
joinable!(contact_points -> businesses (business_id));
joinable!(contact_points -> suppliers (supplier_id));
joinable!(coupons -> programmes (programme_id));
joinable!(coupons -> suppliers (supplier_id));
joinable!(coverage -> orders (order_id));
joinable!(coverage -> suppliers (supplier_id));
joinable!(credit_notes -> invoice_lines (invoice_line_id));
joinable!(credit_notes -> invoices (invoice_id));
joinable!(credit_notes -> legal_entities (legal_entity_id));
joinable!(credit_notes -> programmes (programme_id));
joinable!(credit_notes -> return_requests (return_request_id));
joinable!(credit_notes -> suppliers (supplier_id));
joinable!(deliveries -> businesses (business_id));
joinable!(deliveries -> lead_products (product_id));
joinable!(deliveries -> leads (lead_id));
joinable!(deliveries -> orders (order_id));
joinable!(deliveries -> programmes (programme_id));
joinable!(deliveries -> resolved_policies (resolved_policy_id));
joinable!(deliveries -> suppliers (supplier_id));
joinable!(invoice_lines -> deliveries (delivery_id));
joinable!(invoice_lines -> invoices (invoice_id));
joinable!(invoices -> billing_runs (billing_run_id));
joinable!(invoices -> legal_entities (legal_entity_id));
joinable!(invoices -> programmes (programme_id));
joinable!(invoices -> suppliers (supplier_id));
joinable!(lead_consents -> leads (lead_id));
joinable!(lead_import_files -> lead_imports (import_id));
joinable!(lead_import_rows -> lead_imports (import_id));
joinable!(lead_imports -> lead_products (product_id));
joinable!(lead_sources -> lead_products (product_id));
joinable!(lead_sources -> programmes (programme_id));
joinable!(lead_imports -> programmes (programme_id));
joinable!(lead_imports -> suppliers (supplier_id));
joinable!(lead_people -> leads (lead_id));
joinable!(lead_products -> programmes (programme_id));
joinable!(lead_traces -> leads (lead_id));
joinable!(lead_verifications -> leads (lead_id));
joinable!(leads -> lead_products (product_id));
joinable!(leads -> programmes (programme_id));
joinable!(leads -> suppliers (owner_supplier_id));
joinable!(ledger_accounts -> legal_entities (legal_entity_id));
joinable!(ledger_accounts -> suppliers (supplier_id));
joinable!(membership_businesses -> businesses (business_id));
joinable!(mails -> notifications (notification_id));
joinable!(mails -> programmes (programme_id));
joinable!(mails -> suppliers (supplier_id));
joinable!(memberships -> suppliers (supplier_id));
joinable!(memberships -> users (user_id));
joinable!(notifications -> programmes (programme_id));
joinable!(order_counters -> orders (order_id));
joinable!(orders -> checkouts (checkout_id));
joinable!(orders -> lead_products (product_id));
joinable!(orders -> programmes (programme_id));
joinable!(orders -> resolved_policies (resolved_policy_id));
joinable!(orders -> suppliers (supplier_id));
joinable!(package_leads -> packages (package_id));
joinable!(payments -> invoices (invoice_id));
joinable!(payments -> suppliers (supplier_id));
joinable!(payment_attempts -> payments (payment_id));
joinable!(payments -> programmes (programme_id));
joinable!(payment_methods -> suppliers (supplier_id));
joinable!(refunds -> payments (payment_id));
joinable!(reconciliation_differences -> reconciliations (reconciliation_id));
joinable!(change_requests -> suppliers (supplier_id));
joinable!(pauses -> orders (order_id));
joinable!(pauses -> suppliers (supplier_id));
joinable!(webhook_endpoints -> suppliers (supplier_id));
joinable!(delivery_targets -> webhook_endpoints (endpoint_id));
joinable!(delivery_targets -> suppliers (supplier_id));
joinable!(delivery_targets -> businesses (business_id));
joinable!(webhook_deliveries -> webhook_endpoints (endpoint_id));
joinable!(webhook_deliveries -> events (event_id));
joinable!(plan_periods -> plan_subscriptions (subscription_id));
joinable!(plan_usage -> plan_subscriptions (subscription_id));
joinable!(policy_versions -> programmes (programme_id));
joinable!(postings -> journal_entries (entry_id));
joinable!(postings -> ledger_accounts (account_id));
joinable!(programmes -> legal_entities (legal_entity_id));
joinable!(redemptions -> checkouts (checkout_id));
joinable!(redemptions -> coupons (coupon_id));
joinable!(rate_reviews -> suppliers (supplier_id));
joinable!(support_tickets -> suppliers (supplier_id));
joinable!(subject_requests -> programmes (programme_id));
joinable!(erasure_notices -> suppliers (supplier_id));
joinable!(retention_passes -> programmes (programme_id));
joinable!(erasure_notices -> deliveries (delivery_id));
joinable!(replacements -> lead_products (product_id));
joinable!(replacements -> orders (order_id));
joinable!(replacements -> programmes (programme_id));
joinable!(replacements -> return_requests (return_request_id));
joinable!(replacements -> suppliers (supplier_id));
joinable!(resolved_policies -> policy_versions (policy_version_id));
joinable!(resolved_policies -> programmes (programme_id));
joinable!(return_requests -> businesses (business_id));
joinable!(return_requests -> deliveries (delivery_id));
joinable!(return_requests -> leads (lead_id));
joinable!(return_requests -> programmes (programme_id));
joinable!(return_requests -> resolved_policies (resolved_policy_id));
joinable!(return_requests -> suppliers (supplier_id));
joinable!(sessions -> users (user_id));
joinable!(staff_roles -> users (user_id));
joinable!(suppliers -> programmes (programme_id));
joinable!(suppliers -> users (account_manager_id));

allow_tables_to_appear_in_same_query!(
    account_credits,
    agreements,
    allocations,
    access_links,
    api_key_requests,
    api_keys,
    audit_entries,
    billing_runs,
    business_associations,
    businesses,
    cancellations,
    call_attempts,
    call_queue,
    checkouts,
    collections,
    contact_points,
    coupons,
    coverage,
    credit_allocations,
    credit_notes,
    credit_refunds,
    debt_excuses,
    delivery_targets,
    deliveries,
    do_not_call,
    events,
    gateway_customers,
    gateway_events,
    idempotency_keys,
    invoice_lines,
    invoices,
    job_leases,
    journal_entries,
    lead_consents,
    lead_holds,
    retention_passes,
    retention_removals,
    lead_fingerprints,
    lead_import_files,
    lead_import_rows,
    lead_imports,
    lead_source_posts,
    lead_sources,
    lead_people,
    lead_products,
    lead_traces,
    lead_verifications,
    leads,
    ledger_accounts,
    impersonations,
    legal_entities,
    mail_templates,
    mail_opt_outs,
    mails,
    market_version,
    membership_businesses,
    memberships,
    month_closes,
    notifications,
    order_counters,
    orders,
    package_leads,
    packages,
    payment_attempts,
    payment_authorisations,
    payment_method_sessions,
    payment_methods,
    payments,
    loyalty_cycles,
    loyalty_subscriptions,
    change_requests,
    pauses,
    plan_periods,
    plan_subscriptions,
    plan_usage,
    policy_versions,
    postings,
    programmes,
    rate_review_runs,
    rate_reviews,
    recovery_codes,
    second_factors,
    sign_in_challenges,
    support_messages,
    support_tickets,
    subject_requests,
    erasure_notices,
    suppressions,
    notice_acceptances,
    redemptions,
    reconciliation_differences,
    reconciliations,
    refunds,
    released_numbers,
    replacements,
    resolved_policies,
    return_requests,
    rule_suspensions,
    sandbox_clock,
    sandbox_gateway_events,
    sandbox_gateway_objects,
    sessions,
    sign_in_throttles,
    staff_roles,
    suppliers,
    users,
    wallet_entries,
    wallets,
    webhook_attempts,
    webhook_deliveries,
    webhook_endpoints,
);
