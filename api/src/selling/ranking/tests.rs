use super::*;
use proptest::prelude::*;
use rstest::rstest;
use tradepost_contract::Id;

fn contender(id: i64) -> Contender {
    Contender {
        index: usize::try_from(id).unwrap(),
        order: Id::from_i64(id),
        owed: false,
        priority: 0,
        price_minor: 1_000,
        weight: 1,
        sold: 0,
        days: 1,
        last_delivery: 0,
    }
}

fn ranked(ranking: Ranking, mut contenders: Vec<Contender>) -> Vec<i64> {
    rank(ranking, &mut contenders);
    contenders.iter().map(|contender| contender.order.as_i64()).collect()
}

/// R44: what is owed goes first, before any priority or price.
#[rstest]
fn r44_replacements_owed_go_first(
    #[values(Ranking::PriorityThenPrice, Ranking::WeightedShare, Ranking::RoundRobin)] ranking: Ranking,
) {
    let rich = Contender {
        priority: 100,
        price_minor: 90_000,
        ..contender(1)
    };
    let owed = Contender {
        owed: true,
        sold: 50,
        last_delivery: 99,
        ..contender(2)
    };
    assert_eq!(ranked(ranking, vec![rich, owed]), [2, 1]);
}

#[rstest]
fn priority_goes_before_everything_a_policy_looks_at(
    #[values(Ranking::PriorityThenPrice, Ranking::WeightedShare, Ranking::RoundRobin)] ranking: Ranking,
) {
    let first = Contender {
        priority: 2,
        price_minor: 1,
        sold: 100,
        last_delivery: 9,
        ..contender(2)
    };
    assert_eq!(ranked(ranking, vec![contender(1), first]), [2, 1]);
}

#[test]
fn the_better_price_goes_first_and_equal_prices_take_turns() {
    let dear = Contender {
        price_minor: 2_000,
        last_delivery: 50,
        ..contender(3)
    };
    let waited = Contender {
        last_delivery: 10,
        ..contender(2)
    };
    let served = Contender {
        last_delivery: 20,
        ..contender(1)
    };
    let fresh = contender(4);
    assert_eq!(
        ranked(Ranking::PriorityThenPrice, vec![served, waited, dear, fresh]),
        [3, 4, 2, 1]
    );
}

#[test]
fn round_robin_asks_whoever_waited_longest_whatever_it_pays() {
    let dear = Contender {
        price_minor: 2_000,
        last_delivery: 50,
        ..contender(1)
    };
    let cheap = Contender {
        last_delivery: 10,
        ..contender(2)
    };
    assert_eq!(ranked(Ranking::RoundRobin, vec![dear, cheap, contender(3)]), [3, 2, 1]);
}

#[test]
fn a_new_order_joins_with_its_share_instead_of_catching_up() {
    // 300 leads in 30 days against none on the first day; then ten each day.
    let old = Contender {
        sold: 300,
        days: 30,
        last_delivery: 7,
        ..contender(1)
    };
    let new = contender(2);
    assert_eq!(ranked(Ranking::WeightedShare, vec![old, new]), [2, 1]);
    let new = Contender {
        sold: 11,
        last_delivery: 8,
        ..new
    };
    assert_eq!(ranked(Ranking::WeightedShare, vec![old, new]), [1, 2]);
}

#[test]
fn equals_go_by_age_so_that_every_server_agrees() {
    assert_eq!(
        ranked(Ranking::RoundRobin, vec![contender(3), contender(1), contender(2)]),
        [1, 2, 3]
    );
}

fn any_contender() -> impl Strategy<Value = Contender> {
    let numbers = (
        any::<bool>(),
        0..3_i32,
        1..4_i64,
        1..5_i32,
        0..20_i64,
        1..4_i64,
        0..6_i64,
    );
    numbers.prop_map(
        |(owed, priority, price_minor, weight, sold, days, last_delivery)| Contender {
            owed,
            priority,
            price_minor,
            weight,
            sold,
            days,
            last_delivery,
            ..contender(0)
        },
    )
}

fn any_ranking() -> impl Strategy<Value = Ranking> {
    prop_oneof![
        Just(Ranking::PriorityThenPrice),
        Just(Ranking::WeightedShare),
        Just(Ranking::RoundRobin)
    ]
}

proptest! {
    /// The order in which the candidates are found makes no difference.
    #[test]
    fn the_ranking_does_not_depend_on_where_it_starts(
        mut contenders in proptest::collection::vec(any_contender(), 1..12), ranking in any_ranking(), turn in 0..12_usize
    ) {
        for (id, contender) in contenders.iter_mut().enumerate() {
            contender.order = Id::from_i64(id as i64 + 1);
        }
        let mut turned = contenders.clone();
        turned.rotate_left(turn % contenders.len());
        rank(ranking, &mut contenders);
        rank(ranking, &mut turned);
        prop_assert_eq!(contenders, turned);
    }

    /// No lead goes past somebody to whom one is owed, or past a higher priority.
    #[test]
    fn nobody_overtakes_a_debt_or_a_priority(
        mut contenders in proptest::collection::vec(any_contender(), 1..12), ranking in any_ranking()
    ) {
        rank(ranking, &mut contenders);
        for pair in contenders.windows(2) {
            prop_assert!((pair[0].owed, pair[0].priority) >= (pair[1].owed, pair[1].priority));
        }
    }

    /// Shares converge to the weights: after any number of leads nobody is more than a lead per turn away.
    #[test]
    fn shares_follow_the_weights(weights in proptest::collection::vec(1..6_i32, 2..6), leads in 1..200_i64) {
        let mut contenders: Vec<_> = weights
            .iter()
            .enumerate()
            .map(|(id, weight)| Contender { weight: *weight, ..contender(id as i64 + 1) })
            .collect();
        for lead in 1..=leads {
            rank(Ranking::WeightedShare, &mut contenders);
            contenders[0].sold += 1;
            contenders[0].last_delivery = lead;
        }
        let total: i64 = weights.iter().map(|weight| i64::from(*weight)).sum();
        for contender in &contenders {
            let due = leads * i64::from(contender.weight) / total;
            let most_away = i64::try_from(weights.len()).unwrap();
            prop_assert!((contender.sold - due).abs() <= most_away, "{contender:?} is due {due} of {leads}");
        }
    }
}
