//! A curve of percentiles as text: latency over the share of all, the tail as wide as the middle.

use super::latency::Percentiles;

/// Columns of the curve.
const WIDTH: usize = 64;

/// Lines of the curve.
const HEIGHT: usize = 8;

/// Blocks of one eighth to eight eighths.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Nines at the right end: the curve goes to 99.99 %.
const NINES: f64 = 4.0;

/// Marks under the curve.
const MARKS: [(&str, f64); 5] = [("p0", 0.0), ("p90", 1.0), ("p99", 2.0), ("p99.9", 3.0), ("p99.99", 4.0)];

/// The curve; heights are logarithms, since a tail is often a hundred times the middle.
pub(crate) fn plot(percentiles: &Percentiles) -> Vec<String> {
    let heights: Vec<f64> =
        (0..WIDTH).map(|column| at(&percentiles.curve, share(column)).max(0.001)).collect();
    let (low, high) = bounds(&heights);
    let eighths: Vec<usize> = heights.iter().map(|height| eighths(*height, low, high)).collect();
    let mut lines: Vec<String> = (0..HEIGHT).rev().map(|line| row(line, &eighths, low, high)).collect();
    lines.push(format!("{:>10} └{}", "", "─".repeat(WIDTH)));
    lines.push(marks());
    lines
}

/// The share of all at a column: each further nine takes the same width.
fn share(column: usize) -> f64 {
    1.0 - 10_f64.powf(-NINES * column as f64 / (WIDTH - 1) as f64)
}

/// The curve between its points.
fn at(curve: &[(f64, f64)], share: f64) -> f64 {
    let behind =
        curve.iter().position(|(quantile, _)| *quantile >= share).unwrap_or(curve.len().saturating_sub(1));
    let (Some(next), Some(last)) = (curve.get(behind), curve.get(behind.saturating_sub(1))) else {
        return 0.0;
    };
    let width = next.0 - last.0;
    if width <= 0.0 { next.1 } else { last.1 + (next.1 - last.1) * (share - last.0) / width }
}

/// Least and greatest height, a factor of two apart at least.
fn bounds(heights: &[f64]) -> (f64, f64) {
    let low = heights.iter().copied().fold(f64::INFINITY, f64::min);
    let high = heights.iter().copied().fold(low * 2.0, f64::max);
    (low, high)
}

fn eighths(height: f64, low: f64, high: f64) -> usize {
    let share = (height / low).ln() / (high / low).ln();
    ((share * (HEIGHT * 8 - 1) as f64).round() as usize).min(HEIGHT * 8 - 1) + 1
}

fn row(line: usize, eighths: &[usize], low: f64, high: f64) -> String {
    let cell = |eighths: &usize| match eighths.saturating_sub(line * 8) {
        0 => ' ',
        filled => BLOCKS[filled.min(8) - 1],
    };
    let label = low * (high / low).powf((line + 1) as f64 / HEIGHT as f64);
    let cells: String = eighths.iter().map(cell).collect();
    format!("{:>10} ┤{}", milliseconds(label), cells.trim_end())
}

/// A latency as people write it.
pub(crate) fn milliseconds(value: f64) -> String {
    match value {
        value if value >= 10_000.0 => format!("{:.1} s", value / 1_000.0),
        value if value >= 100.0 => format!("{value:.0} ms"),
        value if value >= 10.0 => format!("{value:.1} ms"),
        value => format!("{value:.2} ms"),
    }
}

fn marks() -> String {
    let mut line = " ".repeat(12);
    for (mark, nines) in MARKS {
        let column = 12 + (nines / NINES * (WIDTH - 1) as f64).round() as usize;
        let start = if nines >= NINES { column + 1 - mark.len() } else { column };
        line.extend(std::iter::repeat_n(' ', start.saturating_sub(line.len())));
        line.push_str(mark);
    }
    line
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::latency::Latencies;
    use super::*;

    #[test]
    fn a_tail_rises_at_the_right_and_the_axes_fit() {
        let mut latencies = Latencies::new();
        latencies.record(Duration::from_millis(2), 9_850);
        latencies.record(Duration::from_millis(900), 150);
        let lines = plot(&latencies.percentiles().unwrap());
        assert_eq!(lines.len(), HEIGHT + 2);
        assert!(lines.iter().all(|line| line.chars().count() <= 12 + WIDTH), "{lines:#?}");
        let top = lines[0].chars().skip(12).collect::<String>();
        assert!(top.starts_with("   ") && top.ends_with('█'), "{lines:#?}");
        assert!(lines[HEIGHT - 1].contains("▁▁▁"), "{lines:#?}");
        assert!(lines[HEIGHT + 1].ends_with("p99.99"), "{lines:#?}");
    }

    #[test]
    fn equal_latencies_are_a_flat_line() {
        let mut latencies = Latencies::new();
        latencies.record(Duration::from_millis(5), 10);
        let lines = plot(&latencies.percentiles().unwrap());
        assert!(lines[0].ends_with('┤') && lines[HEIGHT - 1].ends_with(&"▁".repeat(WIDTH)), "{lines:#?}");
    }
}
