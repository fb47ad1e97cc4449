//! The five presets and the neutral ground below them, as files (`presets/*.toml`).

use serde_json::Value;
use std::sync::LazyLock;
use tradepost_contract::programmes::Preset;

static DEFAULT: LazyLock<Value> = LazyLock::new(|| read(include_str!("presets/default.toml")));
static B2B_MONTHLY: LazyLock<Value> = LazyLock::new(|| read(include_str!("presets/b2b-monthly.toml")));
static LEAD_STORE: LazyLock<Value> = LazyLock::new(|| read(include_str!("presets/lead-store.toml")));
static TRADE_WEEKLY: LazyLock<Value> = LazyLock::new(|| read(include_str!("presets/trade-weekly.toml")));
static ISA_CALLING: LazyLock<Value> = LazyLock::new(|| read(include_str!("presets/isa-calling.toml")));
static LOCAL_EXCLUSIVE: LazyLock<Value> = LazyLock::new(|| read(include_str!("presets/local-exclusive.toml")));

/// A file that does not parse becomes null, which is no policy: the tests below read every file.
fn read(text: &str) -> Value {
    toml::from_str(text).unwrap_or_default()
}

/// The ground every programme stands on.
pub(super) fn default_document() -> &'static Value {
    &DEFAULT
}

/// The whole policy of a preset.
pub fn document(preset: Preset) -> &'static Value {
    match preset {
        Preset::B2bMonthly => &B2B_MONTHLY,
        Preset::LeadStore => &LEAD_STORE,
        Preset::TradeWeekly => &TRADE_WEEKLY,
        Preset::IsaCalling => &ISA_CALLING,
        Preset::LocalExclusive => &LOCAL_EXCLUSIVE,
    }
}

#[cfg(test)]
#[path = "presets_tests.rs"]
mod tests;
