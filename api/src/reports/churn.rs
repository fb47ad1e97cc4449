//! Who leaves, and why (R20).

use super::store::{self, About, Leavers};
use crate::db::Conn;
use crate::error::ApiResult;
use std::collections::BTreeMap;
use tradepost_contract::cancellations::{CancelReason, CancellationStatus};
use tradepost_contract::pauses::RequestChannel;
use tradepost_contract::reports::{
    ChurnChannel, ChurnNumbers, ChurnProgramme, ChurnReason, ChurnReport, ChurnTenure, Tenure,
};

/// Numbers that are being added up.
#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    numbers: ChurnNumbers,
    days: i64,
    measured: i64,
}

impl Sum {
    fn add(&mut self, group: &Leavers) {
        let count = group.cancellations;
        let numbers = &mut self.numbers;
        numbers.asked += count;
        *match group.status {
            CancellationStatus::Scheduled => &mut numbers.scheduled,
            CancellationStatus::Effective => &mut numbers.effective,
            CancellationStatus::Withdrawn => &mut numbers.withdrawn,
            CancellationStatus::Renewed => &mut numbers.renewed,
            CancellationStatus::Overtaken => &mut numbers.overtaken,
        } += count;
        if group.reason_skipped {
            numbers.skipped += count;
        }
        if let Some(days) = group.days {
            self.days += days * count;
            self.measured += count;
        }
    }

    fn done(self) -> ChurnNumbers {
        ChurnNumbers {
            average_days: self.days.checked_div(self.measured),
            ..self.numbers
        }
    }
}

pub(super) fn churn(conn: &mut Conn, about: About) -> ApiResult<ChurnReport> {
    let mut total = Sum::default();
    let mut programmes: BTreeMap<(String, _), Sum> = BTreeMap::new();
    let mut reasons: BTreeMap<Option<CancelReason>, Sum> = BTreeMap::new();
    let mut channels: BTreeMap<Option<RequestChannel>, Sum> = BTreeMap::new();
    let mut tenures: BTreeMap<Tenure, i64> = Tenure::ALL.iter().map(|tenure| (*tenure, 0)).collect();
    for group in store::churn(conn, about)? {
        let programme = (group.programme_name.clone(), group.programme_id);
        for sum in [
            &mut total,
            programmes.entry(programme).or_default(),
            reasons.entry(group.reason).or_default(),
            channels.entry(group.channel).or_default(),
        ] {
            sum.add(&group);
        }
        if group.status == CancellationStatus::Effective {
            *tenures.entry(Tenure::of_days(group.days)).or_default() += group.cancellations;
        }
    }
    let mut reasons: Vec<ChurnReason> = reasons
        .into_iter()
        .map(|(reason, sum)| ChurnReason {
            reason,
            numbers: sum.done(),
        })
        .collect();
    reasons.sort_by_key(|line| -line.numbers.asked);
    let mut channels: Vec<ChurnChannel> = channels
        .into_iter()
        .map(|(channel, sum)| ChurnChannel {
            channel,
            numbers: sum.done(),
        })
        .collect();
    channels.sort_by_key(|line| -line.numbers.asked);
    Ok(ChurnReport {
        from: about.from,
        to: about.to,
        total: total.done(),
        programmes: programmes
            .into_iter()
            .map(|((programme_name, programme_id), sum)| ChurnProgramme {
                programme_id,
                programme_name,
                numbers: sum.done(),
            })
            .collect(),
        reasons,
        channels,
        tenures: tenures
            .into_iter()
            .map(|(tenure, accounts)| ChurnTenure { tenure, accounts })
            .collect(),
    })
}
