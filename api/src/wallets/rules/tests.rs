//! Tables of the rules, and histories of wallets at random.

use super::*;
use rstest::rstest;
use tradepost_contract::Id;

const USD: Currency = Currency::USD;

fn low() -> Terms {
    Terms {
        refill: WalletRefill::LowBalance,
        refill_minor: Some(50_000),
        refill_below_minor: Some(10_000),
        notice_below_minor: Some(20_000),
        limit_minor: 0,
    }
}

fn usd(minor: i64) -> Option<Money> {
    Some(Money::new(minor, USD))
}

/// R11: the form overrides what the policy says, and what it leaves out stays.
#[test]
fn r11_the_form_overrides_the_policy() {
    let asked = WalletTerms {
        refill_amount: usd(70_000),
        ..WalletTerms::default()
    };
    let terms = amended(low(), &asked, USD, 5_000).unwrap();
    assert_eq!(
        terms,
        Terms {
            refill_minor: Some(70_000),
            ..low()
        }
    );
}

#[rstest]
#[case(WalletTerms { refill_amount: usd(4_999), ..WalletTerms::default() }, "/refill_amount/amount")]
#[case(WalletTerms { limit: usd(1), ..WalletTerms::default() }, "/limit/amount")]
#[case(WalletTerms { notice_below: usd(-1), ..WalletTerms::default() }, "/notice_below/amount")]
#[case(WalletTerms { refill_below: Some(Money::new(1, Currency::GBP)), ..WalletTerms::default() }, "/refill_below")]
fn terms_that_cannot_be_kept_are_refused(#[case] asked: WalletTerms, #[case] pointer: &str) {
    let faults = amended(low(), &asked, USD, 5_000).unwrap_err();
    assert_eq!(
        faults.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(),
        [pointer]
    );
}

#[test]
fn filling_by_itself_needs_an_amount() {
    let bare = Terms {
        refill: WalletRefill::Manual,
        refill_minor: None,
        refill_below_minor: None,
        ..low()
    };
    let asked = WalletTerms {
        refill: Some(WalletRefill::LowBalance),
        ..WalletTerms::default()
    };
    assert_eq!(amended(bare, &asked, USD, 1).unwrap_err().len(), 2);
    assert_eq!(amended(bare, &WalletTerms::default(), USD, 1), Ok(bare));
}

#[rstest]
#[case(20_000, 19_999, Some(20_000), true)]
#[case(19_999, 15_000, Some(20_000), false)]
#[case(25_000, 20_000, Some(20_000), false)]
#[case(25_000, 15_000, None, false)]
#[case(5, -5, Some(0), false)]
fn a_crossing_is_one_movement(
    #[case] before: i64,
    #[case] after: i64,
    #[case] notice: Option<i64>,
    #[case] expected: bool,
) {
    assert_eq!(crossed(before, after, notice), expected);
}

#[test]
fn a_top_up_answers_what_is_due_next() {
    let (charge, by_hand) = (PaymentId::from_i64(1), PaymentId::from_i64(2));
    let (then, now) = (Timestamp::from_seconds(1), Timestamp::from_seconds(2));
    let monthly = Terms {
        refill: WalletRefill::MonthlyOn1st,
        ..low()
    };
    // The charge itself brought enough, or too little.
    assert_eq!(
        after_top_up(low(), 50_000, charge, Some((charge, false)), Some(then), now),
        (None, None)
    );
    assert_eq!(
        after_top_up(low(), 9_999, charge, Some((charge, false)), Some(then), now),
        (Some(now), None)
    );
    // Somebody pays in beside a charge that is under way, or after one that failed.
    assert_eq!(
        after_top_up(low(), 90_000, by_hand, Some((charge, true)), Some(then), now),
        (Some(then), Some(charge))
    );
    assert_eq!(
        after_top_up(low(), 90_000, by_hand, Some((charge, false)), Some(then), now),
        (None, None)
    );
    // Before a due charge has begun: enough ends it, the first of the month stays.
    assert_eq!(
        after_top_up(low(), 90_000, by_hand, None, Some(then), now),
        (None, None)
    );
    assert_eq!(
        after_top_up(low(), 9_999, by_hand, None, Some(then), now),
        (Some(then), None)
    );
    assert_eq!(
        after_top_up(monthly, 90_000, by_hand, None, Some(then), now),
        (Some(then), None)
    );
    assert_eq!(
        after_top_up(monthly, 90_000, charge, Some((charge, false)), Some(then), now),
        (None, None)
    );
}

#[rstest]
#[case::pays_for_the_cheapest(4_500, Some(4_500), WalletFunds::Low)]
#[case::short_by_one(4_499, Some(4_500), WalletFunds::Empty)]
#[case::nobody_takes_leads(1, None, WalletFunds::Low)]
#[case::nothing(0, None, WalletFunds::Empty)]
#[case::free_leads(0, Some(0), WalletFunds::Low)]
#[case::at_the_notice(20_000, Some(4_500), WalletFunds::Enough)]
fn r9_a_wallet_is_empty_when_no_lead_can_be_paid(
    #[case] balance: i64,
    #[case] cheapest: Option<i64>,
    #[case] expected: WalletFunds,
) {
    assert_eq!(funds(low(), balance, cheapest), expected);
    // Credit is money, too.
    let credit = Terms {
        limit_minor: -10_000,
        notice_below_minor: None,
        ..low()
    };
    assert_eq!(funds(credit, balance - 5_500, cheapest), WalletFunds::Enough);
}

/// What is due when the terms or the methods change.
#[rstest]
#[case::low(WalletRefill::LowBalance, 9_999, true, None, Some(2))]
#[case::low_since(WalletRefill::LowBalance, 9_999, true, Some(1), Some(1))]
#[case::not_low(WalletRefill::LowBalance, 10_000, true, Some(1), None)]
#[case::first_of_all(WalletRefill::MonthlyOn1st, 0, false, None, Some(2))]
#[case::waits_for_the_first(WalletRefill::MonthlyOn1st, 0, true, None, None)]
#[case::the_first_has_come(WalletRefill::MonthlyOn1st, 90_000, true, Some(1), Some(1))]
#[case::was_put_off(WalletRefill::LowBalance, 9_999, true, Some(3), Some(2))]
#[case::by_hand(WalletRefill::Manual, 0, false, Some(1), None)]
fn r9_what_makes_filling_due(
    #[case] refill: WalletRefill,
    #[case] balance: i64,
    #[case] funded: bool,
    #[case] before: Option<i64>,
    #[case] expected: Option<i64>,
) {
    let terms = Terms { refill, ..low() };
    let at = |seconds: Option<i64>| seconds.map(Timestamp::from_seconds);
    assert_eq!(
        due(terms, balance, funded, at(before), Timestamp::from_seconds(2)),
        at(expected)
    );
}

#[test]
fn one_charge_at_a_time() {
    let (then, now) = (Timestamp::from_seconds(1), Timestamp::from_seconds(2));
    assert!(begins(Some(then), false, now) && begins(Some(now), false, now));
    assert!(!begins(Some(then), true, now), "one is followed");
    assert!(!begins(Some(now), false, then), "it was put off");
    assert!(!begins(None, false, now));
}

mod histories {
    //! A wallet lives through anything that can happen to it, decided by the rules and by the guard of
    //! `store::move_balance`, which is the one thing transcribed here.

    use super::*;
    use proptest::prelude::*;

    /// Something happens.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        Lead(i64),
        LeadReturned,
        PaysIn(i64),
        GivenBack(i64),
        Dispute(i64),
        MonthBegins,
        JobRuns,
        /// The job runs while nothing stored can be charged.
        NothingToCharge,
        ChargeSucceeds,
        ChargeFails,
        MethodCame,
        NewTerms(WalletRefill, i64),
    }

    fn step() -> impl Strategy<Value = Step> {
        let refill = prop_oneof![
            Just(WalletRefill::LowBalance),
            Just(WalletRefill::MonthlyOn1st),
            Just(WalletRefill::Manual)
        ];
        prop_oneof![
            4 => (1..9_000_i64).prop_map(Step::Lead),
            1 => Just(Step::LeadReturned),
            1 => (1..40_000_i64).prop_map(Step::PaysIn),
            1 => (1..20_000_i64).prop_map(Step::GivenBack),
            1 => (1..60_000_i64).prop_map(Step::Dispute),
            1 => Just(Step::MonthBegins),
            3 => Just(Step::JobRuns),
            1 => Just(Step::NothingToCharge),
            2 => Just(Step::ChargeSucceeds),
            1 => Just(Step::ChargeFails),
            1 => Just(Step::MethodCame),
            1 => (refill, -9_000..=0_i64).prop_map(|(refill, limit)| Step::NewTerms(refill, limit)),
        ]
    }

    struct Wallet {
        terms: Terms,
        balance: i64,
        moved: Vec<i64>,
        funded: bool,
        due: Option<Timestamp>,
        followed: Option<PaymentId>,
        /// Charges that may still bring money.
        live: Vec<PaymentId>,
        begun: i64,
        now: Timestamp,
    }

    impl Wallet {
        fn new() -> Self {
            Self {
                terms: low(),
                balance: 0,
                moved: Vec::new(),
                funded: false,
                due: None,
                followed: None,
                live: Vec::new(),
                begun: 0,
                now: Timestamp::from_seconds(0),
            }
        }

        /// The guarded UPDATE.
        fn moves(&mut self, minor: i64) -> bool {
            let after = self.balance + minor;
            if after < self.terms.limit_minor {
                return false;
            }
            let by_low_balance = self.terms.refill == WalletRefill::LowBalance;
            if by_low_balance && self.due.is_none() && self.followed.is_none() && is_low(self.terms, after) {
                self.due = Some(self.now);
            }
            self.balance = after;
            self.moved.push(minor);
            true
        }

        fn pays_in(&mut self, payment: PaymentId, minor: i64) {
            assert!(self.moves(minor), "money that comes is taken");
            self.funded = true;
            self.live.retain(|id| *id != payment);
            let followed = self.followed.map(|id| (id, id != payment && self.live.contains(&id)));
            let (due, followed) = after_top_up(self.terms, self.balance, payment, followed, self.due, self.now);
            (self.due, self.followed) = (due, followed);
        }

        fn reconsiders(&mut self) {
            self.followed = self.followed.filter(|id| self.live.contains(id));
            self.due = due(self.terms, self.balance, self.funded, self.due, self.now);
        }

        fn lives_through(&mut self, step: Step) {
            self.now = self.now.plus(time::Duration::hours(7));
            let by_hand = PaymentId::from_i64(1);
            match step {
                Step::Lead(price) => drop(self.moves(-price)),
                Step::LeadReturned => {
                    if let Some(price) = self.moved.iter().rev().find(|minor| **minor < 0).copied() {
                        self.moves(-price);
                    }
                }
                Step::PaysIn(minor) => self.pays_in(by_hand, minor),
                Step::GivenBack(minor) => drop(self.moves(-minor)),
                Step::Dispute(minor) => drop(self.moves(-self.balance.clamp(0, minor))),
                Step::MonthBegins => {
                    if self.terms.refill == WalletRefill::MonthlyOn1st {
                        self.due = Some(self.now);
                    }
                }
                Step::JobRuns => {
                    if begins(self.due, self.followed.is_some(), self.now) {
                        self.begun += 1;
                        let charge = PaymentId::from_i64(1 + self.begun);
                        self.live.push(charge);
                        self.followed = Some(charge);
                    }
                }
                Step::NothingToCharge => {
                    if begins(self.due, self.followed.is_some(), self.now) {
                        self.due = Some(self.now.plus(time::Duration::days(1)));
                    }
                }
                Step::ChargeSucceeds => {
                    if let Some(charge) = self.live.first().copied() {
                        self.pays_in(charge, self.terms.refill_minor.unwrap_or(1));
                    }
                }
                Step::ChargeFails => self.live.clear(),
                Step::MethodCame => {
                    if !self.followed.is_some_and(|id| self.live.contains(&id)) {
                        self.reconsiders();
                    }
                }
                Step::NewTerms(refill, limit) => {
                    if limit <= self.balance {
                        self.terms.refill = refill;
                        self.terms.limit_minor = limit;
                        self.reconsiders();
                    }
                }
            }
        }
    }

    proptest! {
        /// R9: never below the limit, the movements add up to the balance, one charge at a time, and a wallet that is
        /// low is either charged for, or due to be, or waits for somebody after a charge that failed.
        #[test]
        fn r9_whatever_happens_a_wallet_keeps_its_promises(steps in prop::collection::vec(step(), 1..80)) {
            let mut wallet = Wallet::new();
            wallet.reconsiders();
            for step in steps {
                wallet.lives_through(step);
                prop_assert!(wallet.balance >= wallet.terms.limit_minor);
                prop_assert_eq!(wallet.balance, wallet.moved.iter().sum::<i64>());
                prop_assert!(wallet.live.len() <= 1, "two charges at once: {:?}", wallet.live);
                let filled_when_low = wallet.terms.refill == WalletRefill::LowBalance;
                if filled_when_low && is_low(wallet.terms, wallet.balance) {
                    prop_assert!(wallet.due.is_some() || wallet.followed.is_some(), "forgotten");
                }
                if wallet.terms.refill == WalletRefill::Manual && wallet.live.is_empty() {
                    prop_assert!(!begins(wallet.due, wallet.followed.is_some(), wallet.now), "charged unasked");
                }
            }
        }
    }
}
