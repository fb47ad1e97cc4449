//! Pictures of numbers, as SVG with a title, a description, and the numbers themselves behind it.

use leptos::prelude::*;

/// One series of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// What it counts.
    pub name: String,
    /// One number a label.
    pub values: Vec<i64>,
}

const WIDTH: i64 = 760;
const HEIGHT: i64 = 200;
const LEFT: i64 = 56;
const BOTTOM: i64 = 24;
const TOP: i64 = 8;

/// Bars side by side, one group a label.
#[component]
pub fn BarChart(
    /// What it shows.
    #[prop(into)]
    title: String,
    /// What one sees in it, in a sentence.
    #[prop(into)]
    about: String,
    /// The labels below.
    labels: Vec<String>,
    /// The numbers.
    series: Vec<Series>,
) -> impl IntoView {
    let top = ceiling(&series);
    let count = i64::try_from(labels.len().max(1)).unwrap_or(1);
    let groups = i64::try_from(series.len().max(1)).unwrap_or(1);
    let slot = (WIDTH - LEFT) * 100 / count;
    let bar = (slot * 7 / 10 / groups).max(100);
    let bars = series
        .iter()
        .enumerate()
        .flat_map(|(which, one)| {
            let name = one.name.clone();
            let labels = labels.clone();
            one.values.iter().enumerate().map(move |(at, value)| {
                let (at, offset) = (i64::try_from(at).unwrap_or(0), i64::try_from(which).unwrap_or(0));
                let height = scaled(*value, top);
                let x = LEFT * 100 + slot * at + (slot - bar * groups) / 2 + bar * offset;
                let said = format!("{}: {value} {name}", labels.get(usize::try_from(at).unwrap_or(0)).cloned().unwrap_or_default());
                view! {
                    <rect class=format!("series-{which}") x=hundredths(x) y=(HEIGHT - BOTTOM - height).to_string()
                        width=hundredths((bar - 100).max(100)) height=height.to_string() rx="2"><title>{said}</title></rect>
                }
            }).collect::<Vec<_>>()
        })
        .collect_view();
    view! { <ChartFrame title about labels series top>{bars}</ChartFrame> }
}

/// Lines over time.
#[component]
pub fn LineChart(
    /// What it shows.
    #[prop(into)]
    title: String,
    /// What one sees in it, in a sentence.
    #[prop(into)]
    about: String,
    /// The labels below.
    labels: Vec<String>,
    /// The numbers.
    series: Vec<Series>,
) -> impl IntoView {
    let top = ceiling(&series);
    let steps = i64::try_from(labels.len().max(2)).unwrap_or(2) - 1;
    let lines = series
        .iter()
        .enumerate()
        .map(|(which, one)| {
            let points: Vec<String> = one
                .values
                .iter()
                .enumerate()
                .map(|(at, value)| {
                    let x = LEFT * 100 + (WIDTH - LEFT - 4) * 100 * i64::try_from(at).unwrap_or(0) / steps;
                    format!("{},{}", hundredths(x), HEIGHT - BOTTOM - scaled(*value, top))
                })
                .collect();
            view! { <polyline class=format!("line-{which}") points=points.join(" ") /> }
        })
        .collect_view();
    view! { <ChartFrame title about labels series top>{lines}</ChartFrame> }
}

#[component]
fn ChartFrame(
    title: String,
    about: String,
    labels: Vec<String>,
    series: Vec<Series>,
    top: i64,
    children: Children,
) -> impl IntoView {
    let lines = [0, top / 2, top]
        .into_iter()
        .map(|value| {
            let y = HEIGHT - BOTTOM - scaled(value, top);
            view! {
                <line class="grid" x1=LEFT.to_string() x2=WIDTH.to_string() y1=y.to_string() y2=y.to_string() />
                <text class="tick" x=(LEFT - 8).to_string() y=(y + 4).to_string() text-anchor="end">{tick(value, top)}</text>
            }
        })
        .collect_view();
    let count = i64::try_from(labels.len().max(1)).unwrap_or(1);
    // More than about eight labels run into each other.
    let every = labels.len().div_ceil(8).max(1);
    let ticks = labels
        .iter()
        .enumerate()
        .filter(|(at, _)| at % every == 0)
        .map(|(at, label)| {
            let x = LEFT * 100 + (WIDTH - LEFT) * 100 * (2 * i64::try_from(at).unwrap_or(0) + 1) / (2 * count);
            view! { <text class="tick label" x=hundredths(x) y=(HEIGHT - 6).to_string() text-anchor="middle">{label.clone()}</text> }
        })
        .collect_view();
    // One series is what the title says.
    let legend = (series.len() > 1).then(|| {
        let marks = series.iter().enumerate();
        let marks = marks.map(
            |(which, one)| view! { <li><span class=format!("swatch series-{which}")></span>{one.name.clone()}</li> },
        );
        view! { <ul class="legend">{marks.collect_view()}</ul> }
    });
    let head = series
        .iter()
        .map(|one| view! { <th scope="col" class="numeric">{one.name.clone()}</th> })
        .collect_view();
    let rows = labels
        .iter()
        .enumerate()
        .map(|(at, label)| {
            let cells = series
                .iter()
                .map(|one| view! { <td class="numeric">{one.values.get(at).copied().unwrap_or(0).to_string()}</td> });
            view! { <tr><th scope="row">{label.clone()}</th>{cells.collect_view()}</tr> }
        })
        .collect_view();
    view! {
        <figure class="chart">
            <figcaption class="chart-head"><strong>{title.clone()}</strong>{legend}</figcaption>
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=format!("{title}. {about}")>
                <title>{title.clone()}</title>
                <desc>{about.clone()}</desc>
                {lines}
                {children()}
                {ticks}
            </svg>
            <details class="chart-numbers">
                <summary>"Show the numbers"</summary>
                <div class="table-frame" role="region" aria-label=format!("Numbers of {title}") tabindex="0"><table class="table"><thead><tr><th scope="col"></th>{head}</tr></thead><tbody>{rows}</tbody></table></div>
            </details>
        </figure>
    }
}

/// A round number above all values.
fn ceiling(series: &[Series]) -> i64 {
    let most = series
        .iter()
        .flat_map(|one| &one.values)
        .copied()
        .max()
        .unwrap_or(0)
        .max(1);
    let mut step = 1;
    while step * 10 < most {
        step *= 10;
    }
    // Half of it is on the axis too, so below ten only even numbers are round.
    let tenths: &[i64] = if step == 1 {
        &[20, 40, 60, 80, 100]
    } else {
        &[12, 16, 20, 24, 30, 40, 50, 60, 80, 100]
    };
    tenths
        .iter()
        .map(|times| times * step / 10)
        .find(|round| *round >= most)
        .unwrap_or(most)
}

/// A number on the axis; thousands where all of them are large, since phones write them twice as big.
fn tick(value: i64, top: i64) -> String {
    if top >= 10_000 && value % 1_000 == 0 {
        format!("{}k", value / 1_000)
    } else {
        value.to_string()
    }
}

fn scaled(value: i64, top: i64) -> i64 {
    (HEIGHT - BOTTOM - TOP) * value.max(0) / top.max(1)
}

/// A number of hundredths as a decimal.
fn hundredths(value: i64) -> String {
    format!("{}.{:02}", value / 100, value.rem_euclid(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number() {
        let of = |values: &[i64]| {
            ceiling(&[Series {
                name: String::new(),
                values: values.to_vec(),
            }])
        };
        assert_eq!(of(&[]), 2);
        assert_eq!(of(&[3]), 4);
        assert_eq!(of(&[7, 10]), 10);
        assert_eq!(of(&[11]), 12);
        assert_eq!(of(&[106]), 120);
        assert_eq!(of(&[950]), 1000);
    }
}
